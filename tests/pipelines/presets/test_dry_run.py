"""diffrep dry-run: counts are those of the sources, and a wrong count is one line."""

import re
import sys

import pytest

from diffrep.pipelines.cli import run as main
from diffrep.pipelines.presets import dry_run as module
from diffrep.pipelines.presets.dry_run import PEAKS, SHARES, duration, in_half, line, speed_of
from diffrep.pipelines.presets.flops import Cost, cost
from diffrep.pipelines.presets.presets import preset_rows


def command(monkeypatch, *words):
    """Run `diffrep dry-run words`."""
    monkeypatch.setattr(sys, "argv", ["diffrep", "dry-run", *words])
    main()


def row(preset, name):
    return next(row for row in preset_rows(preset) if row.name == name)


@pytest.fixture(scope="module")
def cells():
    """Those of PDAE on CelebA, as a row of the table."""
    pdae = row("pdae-celeba64", "pdae")
    return line(pdae, pdae.build(), speed_of("a100", 10))


def test_time_is_that_of_the_arithmetic_or_of_the_calls():
    speed = speed_of("a100", 2)
    assert speed.seconds(Cost(flops=4 * 10**12, state=0, activations=0, operations=10), "32-true") == 2
    assert speed.seconds(Cost(flops=4, state=0, activations=0, operations=300_000), "32-true") == pytest.approx(3)


@pytest.mark.parametrize(("method", "kind", "images"), [("pdae", 0, 81.57), ("diffae", 1, 75.41)])
def test_the_assumed_shares_are_those_of_the_published_throughputs(method, kind, images):
    """Images/s on one A100 at 128 x 128, arXiv:2212.12990, section 4.1."""
    published = row(f"{method}-ffhq128", method)
    flops = cost(published.build(), published.image_shape, batch_size=1).flops
    assert images * flops == pytest.approx(SHARES[kind] * PEAKS["a100"][kind] * 1e12, rel=0.03)
    assert in_half(published.budget["precision"]) == kind


def test_a_row_of_the_table(cells):
    assert cells[:4] == ("pdae", "117,452,934", "53,494,915", "yes")
    assert len(cells) == len(module.HEADINGS)
    assert cells[8:10] == ("296,875", "128")
    days = 296_875 * 128 * float(cells[4]) * 1e9 / (10 * 1e12) / 86400
    assert float(cells[10].removesuffix(" days")) == pytest.approx(days, abs=0.06)


def test_memory_is_the_sum_of_both(cells):
    state, kept, memory = (float(cell.removesuffix(" GiB")) for cell in cells[5:8])
    assert memory == pytest.approx(state + kept, abs=0.011)  # each is rounded
    assert min(state, kept) > 0.1


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.04, "0.0 seconds"), (90, "1.5 minutes"), (5400, "1.5 hours"), (129600, "1.5 days")]
)
def test_durations(seconds, words):
    assert duration(seconds) == words


def test_of_params_too(monkeypatch, capsys, tmp_path):
    command(monkeypatch, "--method", "random")
    told = capsys.readouterr().out
    assert "params.yaml on shapes3d_rendered" in told
    assert "249,744" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["pdae-celeba"], "no preset 'pdae-celeba': did you mean 'pdae-celeba64'?"),
        (["pdae-celeba64", "--method", "pdea"], "no row 'pdea': did you mean 'pdae'?"),
        (["pdae-celeba64", "--gpu", "a10"], "no GPU 'a10': did you mean 'a100'? (or give --tflops)"),
    ],
)
def test_what_is_not_there_is_one_line(monkeypatch, words, told):
    with pytest.raises(SystemExit, match="^" + re.escape(f"diffrep: error: {told}")):
        command(monkeypatch, *words)


def test_a_count_that_differs_is_one_line(monkeypatch):
    base = row("pdae-celeba64", "base")
    base.stated["total"] += 1
    monkeypatch.setattr(module, "preset_rows", lambda name: [base])
    told = r"pdae-celeba64, base: total has 63,958,019 parameters, but 63,958,020 are stated$"
    with pytest.raises(SystemExit, match=told):
        command(monkeypatch, "pdae-celeba64")
