"""Running stages side by side."""
