"""Figures: every function returns a PNG as bytes, the same for the same results, or None."""
