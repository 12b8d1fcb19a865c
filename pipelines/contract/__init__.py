"""The contract of a method, tried promise by promise."""
