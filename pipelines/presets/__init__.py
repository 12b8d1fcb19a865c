"""Published settings, and what they need of a GPU."""
