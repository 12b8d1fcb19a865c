"""Networks that several methods use."""
