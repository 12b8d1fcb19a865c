"""What linear probes read from codes."""
