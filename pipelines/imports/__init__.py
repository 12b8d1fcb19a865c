"""Weights that others have published, read without running anything of their files, as rows and models of ours."""
