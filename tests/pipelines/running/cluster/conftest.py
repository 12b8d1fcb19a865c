"""The made-up pipeline that these tests hand over."""

from cluster_pipeline import project  # noqa: F401
