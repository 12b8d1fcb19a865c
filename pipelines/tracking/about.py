"""A run's description: what it is, of which paper, what came out, and where to read on."""

import ast
import re

from diffrep.methods import METHODS
from diffrep.metrics.catalogue import CATALOGUE
from diffrep.pipelines.core.source_code import source_file
from diffrep.pipelines.tracking.store import RunKey

ANCHORS = {
    "factors": "the true factors as a code: the best that can be had",
    "rotation": "the true factors, rotated: all is told, nothing is disentangled",
    "noise": "a code of noise: what chance scores",
    "pca20": "principal components of the pixels, 20 of them",
    "mean_image": "the mean training image in place of every reconstruction",
    "real": "real images in place of edits: the floor of distances",
    "unedited": "the source handed back in place of every edit",
}
SENTENCE = re.compile(r"(?<=\.) (?=[A-Z])")
LINKS = (
    (re.compile(r"arXiv:(\d{4}\.\d{4,5})"), r"[arXiv:\1](https://arxiv.org/abs/\1)"),
    (re.compile(r"DOI (10\.\d+/\S+?)(?=[,.;)]?(?:\s|$))"), r"[DOI \1](https://doi.org/\1)"),
    (re.compile(r"(reference: )([\w.-]+/[\w-]+)"), r"\1[\2](https://github.com/\2)"),
)


def description(key: RunKey, adapter: str, numbers: dict[str, float]) -> str:
    """The description in Markdown.

    adapter  name or module:Class of a method's adapter; its file's text says what it is
    numbers  the headline
    """
    about = of_adapter(adapter) if key.kind == "method" else f"Anchor: {ANCHORS.get(key.row, key.row)}."
    seed = "" if key.seed is None else f", seed {key.seed}"
    page = f"; with the spread over seeds: reports/methods/{key.row}.html" if key.kind == "method" else ""
    whose = f"`{key.row}` on `{key.dataset}`{seed}{page}"
    return "\n\n".join(part for part in (about, headline_line(numbers), whose) if part)


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


def headline_line(numbers: dict[str, float]) -> str:
    """Numbers in one line, under their titles in tables: MLflow shows four lines of a description, and no table."""
    columns = (CATALOGUE[name] for name in numbers)
    return " · ".join(f"{column.heading} {numbers[column.name]:.{column.digits}f}" for column in columns)
