"""Stages as tasks of a cluster's job arrays, outside DVC's lock; what they leave is recorded in dvc.lock afterwards."""
