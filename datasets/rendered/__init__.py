"""Scenes drawn from their factors."""
