"""Plumbing that knows no method, no metric and no data set."""
