"""Rows of tables: numbers over seeds, what has to be known of them, what they cost, how they differ."""
