"""MLflow, filled from the result files."""
