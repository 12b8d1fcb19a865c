"""The tables of a data set: full precision as CSV, the readable form as Markdown and LaTeX."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase

from diffrep.metrics.catalogue import Number as Column
from diffrep.reports.columns import GROUP_METRIC, GROUPS, VIEW_COLUMNS, by_group, ordered
from diffrep.reports.scores import NO_RESULT, Row, Score, metrics_of

DASH = "–"


@dataclass(frozen=True)
class Cell:
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
    columns: list[Column]
    lines: list[tuple[Row, list[Cell]]]
    footnotes: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def to_csv(rows: list[Row]) -> str:
    """One line per row: method, n_seeds, <metric>_mean, <metric>_sd, note; numbers as repr, absent ones blank."""
    metrics = ordered(metrics_of(rows))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["method", "n_seeds", *(f"{m}_{part}" for m in metrics for part in ("mean", "sd")), "note"])
    for row in rows:
        pairs = [(row.scores[m].mean, row.scores[m].sd) for m in metrics]
        numbers = ("" if x is None else repr(x) for pair in pairs for x in pair)
        note = "; ".join(filter(None, [row.remarks, row.warning]))
        writer.writerow([row.name, row.n_seeds, *numbers, note])
    return text.getvalue()


def readable(rows: list[Row], views: list[Row]) -> list[Table]:
    """One table per group of metrics that some row has, the summary first, and one of the codes' views."""
    tables = []
    for group, title in GROUPS.items():
        columns = [c for c in by_group(group, metrics_of(rows)) if _measured(c, rows)]
        if columns:
            tables.append(_table(title, columns, rows))
    columns = [c for c in VIEW_COLUMNS if any(_touched(row.scores[c.name]) for row in views)]
    return [*tables, _table("Views", columns, views)] if views else tables


def _measured(column: Column, rows: list[Row]) -> bool:
    return any(row.scores[column.name].values for row in rows)


def unmeasured(rows: list[Row]) -> list[str]:
    """The columns that no row has, by the reason that most results give: "reason (column; column)"."""
    found: dict[str, dict[str, None]] = {}
    for column in (c for group in GROUPS if group != "summary" for c in by_group(group, metrics_of(rows))):
        reasons = Counter(why for row in rows for why in row.scores[column.name].absent if why != NO_RESULT)
        if reasons and not _measured(column, rows):
            found.setdefault(reasons.most_common(1)[0][0], {})[column.title] = None
    return [f"{reason} ({'; '.join(titles)})" for reason, titles in found.items()]


def _table(title: str, columns: list[Column], rows: list[Row]) -> Table:
    letters: dict[str, str] = {}
    shown = [row for row in rows if row.kind == "method" or any(_touched(row.scores[c.name]) for c in columns)]
    lines = [(row, [_cell(row.scores[c.name], c.digits, letters) for c in columns]) for row in shown]
    footnotes = {letter: reason for reason, letter in letters.items()}
    return Table(title, columns, lines, footnotes, _chance(columns, rows))


def _touched(score: Score) -> bool:
    return bool(score.values or score.absent)


def _cell(score: Score, digits: int, letters: dict[str, str]) -> Cell:
    marks = (letters.setdefault(reason, letter(len(letters))) for reason in _reasons(score))
    return Cell(number_text(score, digits), tuple(marks), score.mean)


def _reasons(score: Score) -> list[str]:
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


def number_text(score: Score, digits: int) -> str:
    """`0.536 ± 0.012`; without the spread for one seed, a dash for none. Counts alike in all seeds stand alone."""
    if score.mean is None:
        return DASH
    if score.sd is None or (digits == 0 and score.sd == 0):
        return f"{score.mean:,.{digits}f}"
    return f"{score.mean:,.{digits}f} ± {score.sd:,.{digits}f}"


def _chance(columns: list[Column], rows: list[Row]) -> tuple[str, ...]:
    """The prevalence of each attribute group, where the results hold it: what AP is by chance."""
    shares = []
    for column in columns:
        name = column.name.replace(GROUP_METRIC, "prevalence_", 1)
        found = [row.scores[name].mean for row in rows if name != column.name and name in row.scores]
        shares += [f"{column.title} {mean:.3f}" for mean in found[:1] if mean is not None]
    return (f"Chance is the prevalence: {', '.join(shares)}.",) if shares else ()


def to_markdown(dataset: str, tables: list[Table], missing: Sequence[str] = ()) -> str:
    """All tables of a data set, footnotes below each, what is `missing` (`unmeasured`) last; anchors in italics."""
    parts = [f"# {dataset}", "Mean ± sd over training seeds. Rows in italics are anchors: they give the scale."]
    ending = [f"Without a value in any row: {text}." for text in missing]
    return "\n\n".join([*parts, *(_markdown(table) for table in tables), *ending]) + "\n"


def _markdown(table: Table) -> str:
    lines = [["method", "seeds", *(c.heading for c in table.columns)], ["---"] + ["---:"] * (len(table.columns) + 1)]
    for row, cells in table.lines:
        name = f"*{row.title}*" if row.kind == "anchor" else row.title
        lines.append([name, str(row.n_seeds), *(c.dressed(c.text, "**{}**", "<sup>{}</sup>") for c in cells)])
    grid = "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
    below = [f"<sup>{letter}</sup> {text}" for letter, text in table.footnotes.items()] + list(table.notes)
    return "\n\n".join([f"## {table.title}", grid] + (["<br>\n".join(below)] if below else []))


TEX = {"\\": r"\textbackslash{}", "±": r"$\pm$", "↑": r"$\uparrow$", "↓": r"$\downarrow$", "–": "--", "−": "$-$"}
TEX |= {c: "\\" + c for c in "&%$#_{}"} | {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


def _tex_escape(text: str) -> str:
    return "".join(TEX.get(letter, letter) for letter in text)


def to_latex(dataset: str, tables: list[Table]) -> str:
    """The same tables as `tabular`s for a document with \\usepackage{booktabs}; anchors below a rule."""
    head = f"% {dataset}: mean and standard deviation over training seeds; needs \\usepackage{{booktabs}}\n"
    return head + "\n".join(_latex(table) for table in tables)


def _latex(table: Table) -> str:
    heading = ["method", "seeds", *(c.heading for c in table.columns)]
    body = [f"% {table.title}", rf"\begin{{tabular}}{{l{'r' * (len(heading) - 1)}}}", r"\toprule"]
    body += [" & ".join(map(_tex_escape, heading)) + r" \\", r"\midrule"]
    kinds = [row.kind for row, _ in table.lines]
    for i, (row, cells) in enumerate(table.lines):
        if i and kinds[i - 1] != kinds[i]:
            body.append(r"\midrule")
        texts = [c.dressed(_tex_escape(c.text), r"\textbf{{{}}}", r"\textsuperscript{{{}}}") for c in cells]
        body.append(" & ".join([_tex_escape(row.title), str(row.n_seeds), *texts]) + r" \\")
    body += [r"\bottomrule", r"\end{tabular}"]
    body += [rf"\par\textsuperscript{{{mark}}} {_tex_escape(text)}" for mark, text in table.footnotes.items()]
    return "\n".join([*body, *(rf"\par {_tex_escape(note)}" for note in table.notes)]) + "\n"
