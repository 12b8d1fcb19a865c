"""The tables of a data set as they are read: rounded entries, dashes that lead to their reasons, warnings."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase

from diffrep.metrics.catalogue import Number
from diffrep.reports.rows.columns import GROUP_METRIC, TABLE_GROUPS, VIEW_COLUMNS, by_group
from diffrep.reports.rows.scores import NO_RESULT, OverSeeds, TableRow, metrics_of

DASH = "–"
VIEWS_TITLE = "Views"
APART = "§"  # beside a number that is not compared with other rows'


@dataclass(frozen=True)
class TableCell:
    """One entry as it is read: its text, the letters of its footnotes, and the number to sort by."""

    text: str
    marks: tuple[str, ...] = ()
    number: float | None = None
    bold: bool = False

    def dressed(self, text: str, bold: str, raised: str) -> str:
        """`text` in bold where this cell is, the letters of its footnotes behind it, both in a format's own form."""
        marks = raised.format(",".join(self.marks)) if self.marks else ""
        return (bold.format(text) if self.bold else text) + marks


@dataclass(frozen=True)
class Table:
    """A readable table: `lines` are (row, its cells); `footnotes` maps a letter to its text; `notes` stand below."""

    title: str
    columns: list[Number]
    lines: list[tuple[TableRow, list[TableCell]]]
    footnotes: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def readable(rows: list[TableRow], views: list[TableRow]) -> list[Table]:
    """One table per group of metrics that some row has, the summary first, and one of the codes' views."""
    tables = []
    for group, title in TABLE_GROUPS.items():
        columns = [c for c in by_group(group, metrics_of(rows)) if _measured(c, rows)]
        if columns:
            tables.append(table_of(title, columns, rows))
    columns = [c for c in VIEW_COLUMNS if any(_touched(row.scores[c.name]) for row in views)]
    return [*tables, table_of(VIEWS_TITLE, columns, views)] if views else tables


def _measured(column: Number, rows: list[TableRow]) -> bool:
    return any(row.scores[column.name].values for row in rows)


def unmeasured(rows: list[TableRow]) -> list[str]:
    """The columns that no row has, by the reason that most results give: "reason (column; column)"."""
    found: dict[str, dict[str, None]] = {}
    for column in (c for group in TABLE_GROUPS if group != "summary" for c in by_group(group, metrics_of(rows))):
        reasons = Counter(why for row in rows for why in row.scores[column.name].absent if why != NO_RESULT)
        if reasons and not _measured(column, rows):
            found.setdefault(reasons.most_common(1)[0][0], {})[column.title] = None
    return [f"{reason} ({'; '.join(titles)})" for reason, titles in found.items()]


def table_of(title: str, columns: list[Number], rows: list[TableRow]) -> Table:
    """The rows in these columns; anchors that have none of them are left out."""
    letters: dict[str, str] = {}
    shown = [row for row in rows if row.kind == "method" or any(_touched(row.scores[c.name]) for c in columns)]
    lines = [(row, [_cell(row.scores[c.name], c.digits, letters) for c in columns]) for row in shown]
    footnotes = {letter: reason for reason, letter in letters.items()} | apart(columns, shown)
    return Table(title, columns, lines, footnotes, _chance(columns, rows))


def apart(columns: Sequence[Number], rows: Sequence[TableRow]) -> dict[str, str]:
    """The footnote of numbers that are not compared with other rows'; empty where all are."""
    scores = (row.scores[column.name] for row in rows for column in columns)
    reasons = dict.fromkeys(score.apart for score in scores if score.apart and score.values)
    return {APART: "; ".join(reasons)} if reasons else {}


def _touched(score: OverSeeds) -> bool:
    return bool(score.values or score.absent)


def _cell(score: OverSeeds, digits: int, letters: dict[str, str]) -> TableCell:
    marks = [letters.setdefault(reason, letter(len(letters))) for reason in _reasons(score)]
    beside = [APART] if score.apart and score.values else []
    return TableCell(number_text(score, digits), (*beside, *marks), score.mean)


def _reasons(score: OverSeeds) -> list[str]:
    """Footnotes of one cell, each once; a seed not run needs no mention where the metric does not apply anyway."""
    reasons = list(dict.fromkeys(score.absent))
    if score.values:
        of = len(score.values) + len(score.absent)
        remarks = [score.remark] if score.remark else []
        return remarks + [f"mean over {len(score.values)} of {of} seeds; the rest: {reason}" for reason in reasons]
    return [reason for reason in reasons if reason != NO_RESULT or len(reasons) == 1]


def letter(index: int) -> str:
    """0, 1, ... as a, b, ..., z, aa, ab, ..."""
    head = letter(index // 26 - 1) if index >= 26 else ""
    return head + ascii_lowercase[index % 26]


def number_text(score: OverSeeds, digits: int) -> str:
    """`0.536 ± 0.012`; without the spread for one seed, a dash for none. Counts alike in all seeds stand alone."""
    if score.mean is None:
        return DASH
    if score.sd is None or (digits == 0 and score.sd == 0):
        return f"{score.mean:,.{digits}f}"
    return f"{score.mean:,.{digits}f} ± {score.sd:,.{digits}f}"


def _chance(columns: list[Number], rows: list[TableRow]) -> tuple[str, ...]:
    """The prevalence of each attribute group, where the results hold it: what AP is by chance."""
    shares = []
    for column in columns:
        name = column.name.replace(GROUP_METRIC, "prevalence_", 1)
        found = [row.scores[name].mean for row in rows if name != column.name and name in row.scores]
        shares += [f"{column.title} {mean:.3f}" for mean in found[:1] if mean is not None]
    return (f"Chance is the prevalence: {', '.join(shares)}.",) if shares else ()
