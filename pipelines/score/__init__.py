"""diffrep score: metrics of a file of codes."""
