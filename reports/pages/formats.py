"""The tables of a data set in files: full precision as CSV, the readable form as Markdown and LaTeX."""

import csv
import io
from collections.abc import Sequence

from diffrep.reports.pages.readable import Table
from diffrep.reports.rows.columns import ordered
from diffrep.reports.rows.scores import TableRow, metrics_of


def to_csv(rows: list[TableRow]) -> str:
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


def to_markdown(
    dataset: str, tables: list[Table], missing: Sequence[str] = (), known: Sequence[tuple[str, str]] = ()
) -> str:
    """All tables of a data set, footnotes below each, what is `missing` (`unmeasured`) last; anchors in italics.

    known  what has to be known of the data before the tables, as (name, text)
    """
    parts = [f"# {dataset}", "Mean ± sd over training seeds. Rows in italics are anchors: they give the scale."]
    parts += [f"{name}: {text}." for name, text in known]
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
