"""Adapters and networks from sections as params.yaml has them, read as the pipeline reads them."""

from diffrep.pipelines.core.arguments import arguments


def built(cls, shape, *needed, **section):
    """`cls` from its section, whose key `adapter` says nothing to it."""
    return cls(shape, *needed, **arguments(cls, "row", {k: v for k, v in section.items() if k != "adapter"}))


def nested(section, changes):
    """The section with some keys changed, those of its nested sections too."""
    both = {key: nested(section[key], value) for key, value in changes.items() if isinstance(section.get(key), dict)}
    return {**section, **changes, **both}
