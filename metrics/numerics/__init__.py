"""Numerical tools that several metrics stand on."""
