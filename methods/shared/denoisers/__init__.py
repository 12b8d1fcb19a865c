"""Denoisers that are told a code, and the base model that some of them stand on."""
