"""Formats of files, how a file is known again, and grids of factors: what is split, drawn together and held out."""
