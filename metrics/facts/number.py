"""What is said of a number, wherever it is written or shown."""

import functools
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from diffrep.metrics.facts.sample import Sample

ARROWS = {"up": "↑", "down": "↓", "": ""}
UNIT = "0 to 1"  # the ranges of many
ERROR = "0 or more"
TOTAL_DIMS = "0 to total dims"
NO_TABLE = ""  # a group that stands in the CSV only
DETAIL = "detail"  # a group that explains other numbers: in result files, after all others in the CSV
FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Number:
    """One number of a result file or of `diffrep score`.

    name       as files have it; with {fields} in it, the name of a whole family, whose rows `filled` gives
    title      as tables have it
    group      which table shows it
    better     up, down or empty (neither)
    digits     after the decimal point
    chance     what a code or a decoder that says nothing has, in words; `chance_of` computes it where that can be
    meaning    one or two sentences
    summary    whether it stands in the first table, whose numbers methods are compared by
    paired     whether those tests pair the values by training seed, settled before the results that they are made on
               were there: only where the difference of two methods had hardly more than half of the variance of both,
               since pairing halves the degrees of freedom too (comparison.py has what was measured)
    """

    name: str
    title: str
    group: str
    better: str
    digits: int
    range: str
    chance: str
    meaning: str
    summary: bool = False
    chance_of: Callable[[Sample], float] | None = None
    paired: bool = False

    @property
    def arrow(self) -> str:
        """Which way is better, as a sign."""
        return ARROWS[self.better]

    @property
    def heading(self) -> str:
        """Title and arrow."""
        return f"{self.title} {self.arrow}".strip()

    def chance_on(self, sample: Sample) -> str:
        """What chance gives on these rows, as a number where that is known."""
        if self.chance_of is None:
            return self.chance
        value = self.chance_of(sample)
        return "" if math.isnan(value) else f"{value:.3f}"

    def filled(self, name: str) -> "Number | None":
        """The row of `name`, if it belongs to this family."""
        found = _pattern(self.name).fullmatch(name)
        if found is None:
            return None
        title, meaning = (text.format(**found.groupdict()) for text in (self.title, self.meaning))
        return replace(self, name=name, title=title, meaning=meaning)


@functools.cache
def _pattern(family: str) -> re.Pattern[str]:
    """What the names of a family look like: a whole number for {t}, any words for every other field."""
    return re.compile(FIELD.sub(lambda field: rf"(?P<{field[1]}>{'[0-9]+' if field[1] == 't' else '.+'})", family))
