"""How long the steps along a probe are that are tried on pairs that are not judged.

Of the way between the centres of two values: 1 is from the one to the other. Shortest first; the range is our own.
"""

STRENGTHS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
