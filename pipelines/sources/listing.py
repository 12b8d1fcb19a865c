"""Which data sets there are, what of them is here and what is missing, and all that there is to know of one."""

import textwrap
from collections.abc import Iterable
from typing import Any

import yaml

from diffrep.datasets import DATASETS
from diffrep.datasets.files.about import About
from diffrep.datasets.prepared import read_card
from diffrep.pipelines.core.errors import UserError, one_line
from diffrep.pipelines.core.names import brief, hint, lookup
from diffrep.pipelines.core.own_code import raised
from diffrep.pipelines.core.params import FILE, Params
from diffrep.pipelines.core.paths import Shared
from diffrep.pipelines.sources.keys import Key, example, factors_of, keys_of, prose
from diffrep.pipelines.trained.adapters import data_source

WIDTH = 100  # characters of a line
FIRST, SECOND = 20, 22  # columns at which texts begin
HEAD = "Data sets, and the sections of params.yaml that use them; diffrep datasets NAME shows all of one."


def listed(params: Params | None) -> str:
    """All data sets of ours and of params.yaml, where there is one, in a few lines each."""
    own = {} if params is None else {section.adapter for section in params.datasets.values() if ":" in section.adapter}
    return "\n\n".join([HEAD, *(entry(adapter, params) for adapter in [*DATASETS, *sorted(own)])])


def entry(adapter: str, params: Params | None) -> str:
    """A data set: title and licence, size, what it needs, and each section that uses it."""
    try:
        about = about_of(data_set(adapter))
    except UserError as error:
        return f"{adapter}\n{indented('', str(error))}"
    lines = [indented(adapter, f"{about.title}; licence: {about.licence}"), indented("", about.size)]
    lines += [indented("", f"needs {install(about)}")] if about.extra else []
    sections = sections_of(adapter, params)
    lines += [indented(f"  {name}", state(params, name)) for name in sections if params is not None]
    return "\n".join(lines + ([] if sections else [indented("", f"no section in {FILE}")]))


def shown(params: Params | None, name: str) -> str:
    """All of one data set: of ours, of a section of params.yaml, or package.module:Class.

    UserError, with the nearest name, where it is none of these.
    """
    section = params.datasets.get(name) if params is not None else None
    adapter = (section.adapter or name) if section is not None else name
    if ":" not in adapter and adapter not in DATASETS:
        known = {*DATASETS, *(params.datasets if params is not None else ())}
        raise UserError(f"no data set {brief(name)}: {hint(name, known)}")
    cls = data_set(adapter)
    about = about_of(cls)
    facts = {"cite": about.citation, "licence": about.licence, "size": about.size, "what to put where": about.place}
    facts |= {"install": install(about)} if about.extra else {}
    return "\n\n".join(
        [
            f"{adapter}: {about.title}",
            "\n".join(indented(label, text) for label, text in facts.items() if text),
            "\n\n".join(wrapped(part) for part in prose(cls)),
            "\n".join([f"Keys of its section in {FILE}:", *map(key_line, keys_of(cls))]),
            *factor_lines(cls),
            "\n".join(section_lines(adapter, cls, params)),
        ]
    )


def factor_lines(cls: type) -> list[str]:
    """The factors of a data set with their values, as one paragraph; none where the class knows none."""
    lines = [indented(f"  {name}", values, SECOND) for name, values in factors_of(cls).items()]
    return ["\n".join(["Factors, and their values from 0 on:", *lines])] if lines else []


def section_lines(adapter: str, cls: type, params: Params | None) -> Iterable[str]:
    """The sections that use a data set, as they are, each with what is here of it; or one to begin with."""
    names = sections_of(adapter, params)
    if params is None or not names:
        yield "A section to begin with:"
        yield in_yaml(adapter if ":" not in adapter else "mine", adapter, example(cls))
        return
    for name in names:
        yield wrapped(f"In {FILE}, {state(params, name)}:")
        yield in_yaml(name, adapter, params.datasets[name].settings)


def in_yaml(name: str, adapter: str, settings: dict[str, Any]) -> str:
    """A section as it stands in params.yaml."""
    section = ({} if adapter == name else {"adapter": adapter}) | settings
    text = yaml.safe_dump({"datasets": {name: section}}, sort_keys=False, default_flow_style=False, width=WIDTH - 4)
    return textwrap.indent(text.rstrip(), "  ")


def state(params: Params, name: str) -> str:
    """What is here of a section's data set: what is missing, or how many images of what size; and whether prepared."""
    try:
        source = data_source(params, name)
        counts = ", ".join(f"{len(rows):,} {split}" for split, rows in source.splits().items())
    except Exception as error:
        return one_line(error) or raised(error)
    shape = " x ".join(map(str, source.image_shape))
    return f"ready, {shape}: {counts}; {prepared(name, source)}"


def prepared(name: str, source: Any) -> str:
    """Whether the prepared folder of a section is there, and of this data set."""
    folder = Shared(name).data
    try:
        card = read_card(folder)
    except FileNotFoundError:
        return "not prepared yet"
    except ValueError as error:
        return str(error)
    counts = {split: len(rows) for split, rows in source.splits().items()}
    known = {"source": source.source, "image_shape": list(source.image_shape), "counts": counts}
    alike = all(card.get(key) == value for key, value in known.items())
    return f"prepared in {folder}" if alike else f"{folder} was prepared from other files or settings"


def sections_of(adapter: str, params: Params | None) -> list[str]:
    """The sections of params.yaml that use a data set."""
    return [] if params is None else [name for name in params.datasets if params.adapter("datasets", name) == adapter]


def data_set(adapter: str) -> Any:
    """The class of a data set; UserError where there is none."""
    cls = lookup(DATASETS, adapter, "data set")
    if not isinstance(cls, type):
        raise UserError(f"data set {brief(adapter)} is no class: datasets/source.Source says what one must hold")
    return cls


def about_of(cls: type) -> About:
    """What a class says of itself; one from outside need not."""
    said = getattr(cls, "about", None)
    if isinstance(said, About):
        return said
    licence = getattr(cls, "licence", "not stated")
    return About(cls.__name__, "", licence if isinstance(licence, str) else "not stated", "of unknown size", "")


def install(about: About) -> str:
    """The extra of the install that a data set's reader needs."""
    return f"pip install 'diffrep[{about.extra}]'"


def key_line(key: Key) -> str:
    """A key with what it holds and means."""
    optional = "; may be left out" if key.optional else ""
    return indented(f"  {key.name}", f"({key.holds}{optional}) {key.meaning}".rstrip(), SECOND)


def indented(label: str, text: str, column: int = FIRST) -> str:
    """A text beside its label; below it, where that is too long."""
    above = f"{label}\n" if len(label) >= column else ""
    return above + wrapped(text, "".ljust(column) if above else label.ljust(column), " " * column)


def wrapped(text: str, first: str = "", others: str = "") -> str:
    """A text in lines of at most `WIDTH` characters, unless a word is longer."""
    return textwrap.fill(
        text, WIDTH, initial_indent=first, subsequent_indent=others, break_long_words=False, break_on_hyphens=False
    )
