"""Mathematics and parts that several methods use."""
