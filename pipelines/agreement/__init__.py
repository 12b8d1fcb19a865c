"""Two trees of results, told apart number by number."""
