"""The facts of every number, by family; catalogue.py is where they are read."""
