"""What edits change, keep and miss."""
