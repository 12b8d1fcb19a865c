"""The made-up pipeline that these tests hand over."""

from cluster_pipeline import project

__all__ = ["project"]
