"""Data sets before they are prepared: which there are, what is wrong with their files, and what they look like."""
