"""What an adapter is and of which paper, by the text of its file."""

import ast
import re

from diffrep.methods import METHODS
from diffrep.pipelines.core.source_code import source_file

SENTENCE = re.compile(r"(?<=\.) (?=[A-Z])")
LINKS = (
    (re.compile(r"arXiv:(\d{4}\.\d{4,5})"), r"[arXiv:\1](https://arxiv.org/abs/\1)"),
    (re.compile(r"DOI (10\.\d+/\S+?)(?=[,.;)]?(?:\s|$))"), r"[DOI \1](https://doi.org/\1)"),
    (re.compile(r"(reference: )([\w.-]+/[\w-]+)"), r"\1[\2](https://github.com/\2)"),
)


def of_adapter(adapter: str) -> str:
    """What the text of an adapter's file says first, and of which paper, with links; nothing where it has none."""
    file = source_file(METHODS.get(adapter, adapter).partition(":")[0])
    text = ast.get_docstring(ast.parse(file.read_bytes())) if file else None
    first, _, rest = (text or "").partition("\n\n")
    paper = SENTENCE.split(" ".join(rest.partition("\n\n")[0].split()))[0]
    return " ".join(part for part in (f"**{' '.join(first.split())}**" if first else "", linked(paper)) if part)


def linked(text: str) -> str:
    """Papers and repositories in a text as links."""
    for pattern, link in LINKS:
        text = pattern.sub(link, text)
    return text
