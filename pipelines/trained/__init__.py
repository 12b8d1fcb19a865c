"""What later stages read of trained methods."""
