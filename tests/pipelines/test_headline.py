"""A finished report is told in a few lines, with the headline table of each data set that has one."""

import io
import re
from pathlib import Path

from rich.console import Console
from tiny_cells import ROOT

from diffrep.pipelines.headline import BOLD, STARS, headline_table, tell_headline, tell_made

TABLE = """\
kind,method,remarks,AP ↑,"MSE, random start ↓",minutes ↓
method,alpha,our own,**0.600 ± 0.100**,0.0100 ± 0.0000,1.5
control,[beta],,0.250 ± 0.000†,–,0.2
"""


def told(capsys) -> list[str]:
    tell_headline(Path(), ["squares", "unborn"])
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def test_what_was_made_is_counted(capsys):
    tell_made(Path("reports"), ["index.html", "tables/a.csv", "tables/a.md", "pictures/a.png", "pictures/a.rows.json"])
    assert capsys.readouterr().out.splitlines() == [
        "Made in reports: 1 pages, 2 tables, 1 pictures.",
        "Begin with reports/index.html.",
    ]


def test_controls_stand_below_the_methods(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("tables").mkdir()
    Path("tables", "squares-headline.csv").write_text(TABLE)
    assert told(capsys) == [
        "",
        f"squares: {STARS}",
        "MSE,",
        "method AP ↑ random start ↓ minutes ↓",
        "alpha* **0.600 ± 0.100** 0.0100 ± 0.0000 1.5",
        "controls:",
        "[beta] 0.250 ± 0.000† – 0.2",
    ]


def test_a_terminal_has_bold_where_a_pipe_has_stars():
    console = Console(file=io.StringIO(), width=120, force_terminal=True, color_system="standard")
    console.print(headline_table(TABLE, bold=True))
    assert re.search(r"\x1b\[1m *0\.600 ± 0\.100\x1b", console.file.getvalue())
    assert "**" not in console.file.getvalue()
    assert "bold" in BOLD
    assert "**" in STARS


def test_nothing_is_shown_of_what_has_no_table(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert told(capsys) == []


def test_no_number_of_the_committed_table_is_cut(capsys):
    tell_headline(ROOT / "reports", ["shapes3d_rendered"])
    printed = capsys.readouterr().out
    assert "pdae" in printed
    assert "…" not in printed
