"""What papers print is data that nothing changes, and its reader refuses what does not fit."""

import shutil
from collections import Counter
from hashlib import sha256

import pytest

from diffrep.reports.reading.published import PUBLISHED, published

SUMS = {  # a changed file needs a person who looked at the source again, and a new sum here
    "contradictions.yaml": "bb1e86f5b6e6178348f8fcf06b8f7498c50c0f781cbdb2cd3599a4d297f11f88",
    "data_sets.csv": "9a3391ff4e9afb2cbdeeae621837d07eab74005a9efb22479fb9f0043cf8e189",
    "methods.csv": "8d671f05ad55445e106b7726fc5dff48c7270c6b9e12e8f94d4e9f16e61210af",
    "metrics.csv": "0bc94299bcacaf35c640a420aa8f058cae81c2bfce4baf91b3475f2b58972867",
    "numbers.csv": "eaa9c9656c08db90e0a76a93364e68cd5a8890f6846962928a5fd1e678bd1731",
    "protocols.csv": "1c9d1d050327734aa1bee843bf6750c1473180b280d142d0d9c05a7d508ff106",
    "sources.csv": "1f54d16d9747ac80341fe39651aedfca66f1a182ac5bace66e09f26215b6473e",
}
COUNTS = {"pdae": 110, "pdae_readme": 2, "dbae": 60, "diffae_note": 6, "diffae_files": 1, "listing": 5, "encdiff": 60}
COUNTS |= {"encdiff_notes": 73, "hybrid": 6, "fdae": 183, "fdae_supplement": 18, "disdis": 12, "drl_notes": 55}
COUNTS |= {"vae_vdm": 4, "solo_learn": 4, "ddae": 18, "soda_unofficial": 6, "ldm": 7, "ldae": 24}


@pytest.fixture(scope="module")
def papers():
    return published()


@pytest.fixture
def folder(tmp_path):
    """A copy of the files, to damage."""
    return shutil.copytree(PUBLISHED, tmp_path / "published")


def test_the_files_are_those_that_were_checked():
    assert {path.name: sha256(path.read_bytes()).hexdigest() for path in PUBLISHED.iterdir()} == SUMS


def test_every_source_has_as_many_numbers_as_were_read_there(papers):
    assert Counter(row.source for row in papers.numbers) == COUNTS
    assert len(papers.numbers) == 654


def test_no_card_is_of_nothing(papers):
    for column in ("source", "data_set", "method", "protocol"):
        cards = {"data_set": papers.data_sets, "source": papers.sources, "method": papers.methods}
        used = {getattr(row, column) for row in papers.numbers}
        assert cards.get(column, papers.protocols).keys() == used, column
    assert papers.metrics.keys() <= {row.metric for row in papers.numbers}


def test_seeds_are_known_of_few(papers):
    assert Counter(row.seeds for row in papers.numbers) == {None: 624, 10: 18, 15: 6, 1: 6}
    assert sum(row.spread is not None for row in papers.numbers) == 224


@pytest.mark.parametrize(
    ("text", "number", "decimals"),
    [("0.969", 0.969, 3), ("3.84e-5", 3.84e-5, 7), ("60", 60.0, 0), ("0.990-0.997", None, 3)],
)
def test_a_value_is_a_number_as_exact_as_it_is_printed(papers, text, number, decimals):
    row = next(row for row in papers.numbers if row.value == text)
    assert (row.number, row.decimals) == (number, decimals)


def change(file, old, new):
    """Replace the first of `old` below the head."""
    head, _, rest = file.read_text().partition("\n")
    assert old in rest
    file.write_text(f"{head}\n{rest.replace(old, new, 1)}")


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        pytest.param("numbers.csv", ",0.597,", ",about 0.6,", "line 2: value is 'about 0.6'", id="no number"),
        pytest.param("numbers.csv", ",0.597,,", ",0.597,-1,", "line 2: spread is '-1'", id="spread"),
        pytest.param("numbers.csv", ",0.597,,,", ",0.597,,0,", "line 2: seeds is '0'", id="no seeds"),
        pytest.param("numbers.csv", ",quoted,", ",heard,", "line 2: measured is 'heard'", id="measured by nobody"),
        pytest.param("numbers.csv", "dbae,Table 1,", "dbae,,", "line 2: table is ''", id="no table"),
        pytest.param("numbers.csv", "dbae,Table 1,", "dbae,", "line 2 has more or fewer cells", id="a cell too few"),
        pytest.param("numbers.csv", "dbae,Table 1,", "dbea,Table 1,", "line 2: no card of source 'dbea'", id="source"),
        pytest.param("numbers.csv", ",average_precision,", ",ap,", "line 2: metric 'ap' must stand in", id="metric"),
        pytest.param("metrics.csv", "ssim,", "mig,", "metric 'ssim' must stand in", id="a metric of the catalogue"),
        pytest.param("sources.csv", ",full text\n", ",hearsay\n", "evidence is 'hearsay'", id="evidence"),
        pytest.param("sources.csv", "pdae_readme,", "pdae,", "has 'pdae' twice", id="a card twice"),
        pytest.param("contradictions.yaml", "shown:", "said:", "entry 1: shown is", id="a field too few"),
        pytest.param("contradictions.yaml", "method: fdae,", "method: pdae,", "nobody prints", id="of none"),
        pytest.param("contradictions.yaml", "method: fdae,", "row: fdae,", "asks for the column 'row'", id="no column"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_in_one_line(folder, file, old, new, says):
    change(folder / file, old, new)
    with pytest.raises(ValueError, match=says) as error:
        published(folder)
    assert len(str(error.value).splitlines()) == 1
    assert file in str(error.value) or file == "metrics.csv"


def test_another_head_is_refused(folder):
    file = folder / "numbers.csv"
    file.write_text(file.read_text().replace("spread", "sd", 1))
    with pytest.raises(ValueError, match="has the columns"):
        published(folder)


def test_one_number_twice_is_refused(folder):
    file = folder / "numbers.csv"
    file.write_text(file.read_text() + file.read_text().splitlines()[1] + "\n")
    with pytest.raises(ValueError, match="lines 2 and 656 are one number twice"):
        published(folder)


def about(papers, key):
    entry = next(entry for entry in papers.contradictions if entry.key == key)
    return papers.about(entry)


def test_the_baselines_of_two_renderings_are_the_same_to_the_digit(papers):
    rows = [row for row in about(papers, "mpi3d_renderings") if row.method != "encdiff"]
    printed = {(row.method, row.metric): (row.value, row.spread) for row in rows if row.data_set == "mpi3d"}
    again = {(row.method, row.metric): (row.value, row.spread) for row in rows if row.data_set == "mpi3d_real"}
    assert len(printed) == 7 * 2
    assert printed.items() <= again.items()


def test_the_misprinted_pair_is_of_two_means(papers):
    printed, right, neighbour = about(papers, "disdis_dci")
    assert (printed.value, printed.spread) == (neighbour.value, right.number)


def test_the_quoted_diffae_is_named_for_what_it_is(papers):
    quoted = [row for row in about(papers, "tad_diffae") if row.method == "diffae_infodiffusion"]
    assert [row.value for row in quoted] == ["0.155", "22.7"]
    assert papers.methods["diffae_infodiffusion"].ours == ""


def test_drawn_features_stand_beside_those_that_are_not(papers):
    rows = {(row.method, row.metric, row.protocol): row.value for row in about(papers, "drawn_features")}
    assert rows["dbae", "average_precision", "diti_faces_celeba64_drawn"] == "0.655"
    assert rows["dbae_deterministic", "average_precision", "diti_faces_celeba64"] == "0.650"


def test_what_the_text_quotes_is_what_is_printed(papers):
    values = {"pdae_sampler": ("0.993", "5.48e-5", "3.84e-5"), "diffae_size": ("67.8",), "cars3d_indices": ("0.976",)}
    for key, quoted in values.items():
        text = next(f"{entry.shown} {entry.open}" for entry in papers.contradictions if entry.key == key)
        assert all(value in text for value in quoted)
        assert set(quoted) <= {row.value for row in about(papers, key)}
