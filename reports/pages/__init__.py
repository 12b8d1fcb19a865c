"""Tables as CSV, Markdown and LaTeX, and the pages that show them."""
