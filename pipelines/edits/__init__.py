"""Edits of test images through their codes."""
