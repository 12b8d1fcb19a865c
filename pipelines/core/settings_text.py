"""Settings as they are written: values put into a file that has comments, one comment beside each key."""

from collections.abc import Mapping
from io import StringIO
from itertools import dropwhile
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

WIDTH = 120
COLUMN = 26  # where comments stand
SHORT = 80  # letters of a mapping that stands on one line


def fill(section: CommentedMap, values: Mapping[str, Any]) -> None:
    """Put `values` into a section: mappings into mappings, all else in place of what is there."""
    for key, value in values.items():
        if isinstance(value, dict) and section.get(key):
            fill(section[key], value)
        else:
            section[key] = styled(value)


def styled(value: Any) -> Any:
    """A value as it is written: lists, and mappings that are short, on one line."""
    if isinstance(value, (list, tuple)):
        found: Any = CommentedSeq(value)
        found.fa.set_flow_style()
        return found
    if not isinstance(value, dict):
        return value
    found = CommentedMap({key: styled(item) for key, item in value.items()})
    if len(str(value)) < SHORT:
        found.fa.set_flow_style()
    return found


def dumped(whole: CommentedMap) -> str:
    """The YAML of all sections, an empty line between two."""
    writer, text = YAML(), StringIO()
    writer.width = WIDTH
    writer.dump(whole, text)
    lines = [line for line in text.getvalue().splitlines() if line.strip()]
    lines = list(dropwhile(lambda line: line.startswith("#"), lines))
    return "".join(f"{aligned(line)}\n" if line.startswith(" ") else f"\n{aligned(line)}\n" for line in lines)


def aligned(line: str) -> str:
    """A line of YAML with its comment where all others stand, or as near as it is long."""
    content, comment = line.partition(" # ")[::2]
    return f"{content.rstrip():<{COLUMN - 1}} # {comment}" if comment else line
