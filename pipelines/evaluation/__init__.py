"""Scores of codes and decodes, as the stages join them."""
