"""A data set is prepared from its own section, with counts that git keeps and a contact sheet that it does not."""

import json
import subprocess

import numpy as np
from own_data import Dots
from PIL import Image
from tiny_cells import ROOMS, ROOT
from tiny_edits import result, run

from diffrep.datasets.prepared import Prepared
from diffrep.datasets.writing import write
from diffrep.pipelines.core.paths import CONTACT, Shared
from diffrep.pipelines.core.pictures import tiled
from diffrep.pipelines.sources.contact_sheet import CAPTION, COLUMNS, caption, contact_sheet
from diffrep.pipelines.sources.counts import described
from diffrep.pipelines.trained.adapters import data_source

SHARED = Shared(ROOMS)


def test_what_is_on_disk_is_what_the_source_draws(studied, study_params):
    data, source = Prepared(SHARED.data), data_source(study_params, ROOMS)
    rows = np.arange(0, len(source), 29)
    np.testing.assert_array_equal(data.images[rows], source.images(rows))
    np.testing.assert_array_equal(data.factors[rows], source.factors(rows))
    assert {name: len(split) for name, split in data.splits.items()} == {"train": 64, "valid": 40, "test": 40}
    assert data.image_shape == (3, 16, 16)


def test_counts_and_where_it_comes_from_stand_in_its_result(studied, study_params):
    data, record = Prepared(SHARED.data), result(SHARED.results("prepare"))
    assert {name: record[name] for name in ("n_train", "n_valid", "n_test")} == {
        "n_train": 64,
        "n_valid": 40,
        "n_test": 40,
    }
    assert record["data_sha256"] == data.checksum
    notes = record["notes"]
    assert notes["about"]["title"] == "Rendered rooms"
    assert notes["licence"] == data.card["licence"]
    assert notes["factors"] == dict(zip(data.card["factor_names"], data.card["factor_sizes"], strict=True))
    assert list(notes["attributes"]) == data.card["attribute_names"]
    cube = data.attributes[:, data.card["attribute_names"].index("cube")]
    shares = {name: round(float(cube[rows].mean()), 6) for name, rows in data.splits.items()}
    assert notes["attributes"]["cube"] == {"group": "shape", "source": "factor rule", **shares}
    assert notes["targets"] == {}


def test_the_contact_sheet_shows_test_images_and_each_factor_alone(studied, study_params):
    data, source = Prepared(SHARED.data), data_source(study_params, ROOMS)
    folder = SHARED.pictures("prepare")
    rows = contact_sheet(data, source)
    assert json.loads((folder / "contact.rows.json").read_text()) == {"rows": list(rows), "caption": CAPTION}
    assert list(rows) == ["test images 1", "test images 2", "test images 3", *data.card["factor_names"]]
    np.testing.assert_array_equal(rows["test images 2"], data.images[data.splits["test"][10:20]])
    first = data.factors[data.splits["test"][:1]]
    for column, (name, size) in enumerate(zip(data.card["factor_names"], data.card["factor_sizes"], strict=True)):
        shown = min(size, COLUMNS)
        assert (rows[name][shown:] == 255).all()
        edited = first.copy()
        edited[0, column] = size - 1
        np.testing.assert_array_equal(rows[name][shown - 1], source.redrawn(edited, first)[0])
    np.testing.assert_array_equal(np.asarray(Image.open(folder / "contact.png")), tiled(list(rows.values())))


def test_results_are_the_same_to_the_byte(project, study_params):
    folders = SHARED.results("prepare"), SHARED.pictures("prepare")
    before = {path: path.read_bytes() for folder in folders for path in folder.iterdir()}
    run(study_params, "prepare", SHARED)
    assert {path: path.read_bytes() for folder in folders for path in folder.iterdir()} == before


def test_git_keeps_no_picture_of_a_data_set():
    """Many may not be passed on."""
    sheet = SHARED.pictures("prepare") / CONTACT
    assert subprocess.run(["git", "check-ignore", "-q", str(sheet)], cwd=ROOT).returncode == 0
    assert not sheet.is_relative_to(SHARED.results("prepare"))  # all of which the cost beside it vouches for


class Seen(Dots):
    """Dots of which those that are red are in test images alone."""

    def __init__(self, *, seed):
        super().__init__(seed=seed)
        self.known[:50, 1] = 0


def test_attributes_that_a_split_cannot_tell_apart_are_noted(tmp_path):
    for source in (Dots(seed=0), Seen(seed=0)):
        write(source, tmp_path / type(source).__name__)
    assert "alike" not in described(Prepared(tmp_path / "Dots"), Dots(seed=0))
    noted = described(Prepared(tmp_path / "Seen"), Seen(seed=0))["alike"]
    assert noted == {"train": ["red"], "valid": ["red"]}


class Ages(Dots):
    """Dots of other sides and one target, of which images cannot be redrawn."""

    image_shape = (1, 100, 200)
    target_names = ("age",)

    def images(self, rows):
        return super().images(rows)[..., :1].repeat(100 // 8 + 1, 1).repeat(200 // 8, 2)[:, :100, :200]

    def targets(self, rows):
        return self.level[rows].astype(np.float32) * 3


def test_targets_have_mean_and_sd_over_training_images(tmp_path):
    write(Ages(seed=0), tmp_path / "ages")
    notes = described(Prepared(tmp_path / "ages"), Ages(seed=0))
    known = 3.0 * Ages(seed=0).level[:40, 0]
    assert notes["targets"] == {"age": {"mean": round(known.mean(), 6), "sd": round(known.std(), 6)}}
    assert notes["about"] == {}


def test_a_contact_sheet_of_large_images_is_small(tmp_path):
    write(Ages(seed=0), tmp_path / "ages")
    rows = contact_sheet(Prepared(tmp_path / "ages"), Ages(seed=0))
    assert {name: images.shape for name, images in rows.items()} == {"test images 1": (COLUMNS, 24, 48, 1)}
    assert caption(rows) == ""
