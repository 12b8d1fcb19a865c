"""Morpho-MNIST: measures belong to the images that the table's index says, perturbations to theirs."""

import pickle

import numpy as np
import pandas as pd
import pytest
from idx_writer import write_idx

from diffrep.datasets.files.faults import Faults
from diffrep.datasets.morphomnist import MEASURES, MorphoMNIST
from diffrep.datasets.prepared import Prepared
from diffrep.datasets.writing import write

SETTINGS = {"size": 28, "splits": "official", "train": 0, "valid": 10, "test": 0, "seed": 0}
COUNTS = {"train": 40, "t10k": 20}
DRAWN = np.random.default_rng(0)
IMAGES = DRAWN.integers(0, 256, (60, 28, 28), dtype=np.uint8)
LABELS = np.arange(60, dtype=np.uint8) % 10
MEASURED = DRAWN.normal(20, 5, (60, 6))
PERTURBED = DRAWN.permutation(np.array([0, 3, 4] * 20))


def frame(part, start):
    return pd.DataFrame(MEASURED[start : start + COUNTS[part]], columns=list(MEASURES)).rename_axis("index")


def put(folder, *, perturbed=True, kind=np.int32):
    for part, start in (("train", 0), ("t10k", 40)):
        rows = slice(start, start + COUNTS[part])
        write_idx(folder / f"{part}-images-idx3-ubyte.gz", IMAGES[rows])
        write_idx(folder / f"{part}-labels-idx1-ubyte.gz", LABELS[rows])
        frame(part, start).to_csv(folder / f"{part}-morpho.csv")
        if perturbed:
            write_idx(folder / f"{part}-pert-idx1-ubyte.gz", PERTURBED[rows].astype(kind))
    return str(folder)


def places(images):
    known = {image.tobytes(): place for place, image in enumerate(IMAGES)}
    return np.array([known[np.ascontiguousarray(image).tobytes()] for image in images[..., 0]])


@pytest.mark.parametrize("kind", [np.uint8, np.int32])
def test_all_that_is_known_belongs_to_its_image(tmp_path, kind):
    source = MorphoMNIST(folder=put(tmp_path, kind=kind), **SETTINGS)
    rows = np.arange(60)
    place = places(source.images(rows))
    assert sorted(place) == list(range(60))
    np.testing.assert_allclose(source.targets(rows), MEASURED[place], rtol=1e-6)
    assert source.targets(rows).dtype == np.float32
    assert source.target_names == ("area", "length", "thickness", "slant", "width", "height")
    known = source.attributes(rows)
    np.testing.assert_array_equal(known[:, :10], np.eye(10)[LABELS[place]])
    np.testing.assert_array_equal(known[:, 10:], PERTURBED[place][:, None] == [0, 3, 4])
    assert source.attribute_names[10:] == ("plain", "swollen", "fractured")
    assert source.attribute_groups == ("class",) * 10 + ("perturbation",) * 3
    assert (place[source.splits()["test"]] >= 40).all()


def test_rows_are_matched_by_index_not_by_place_and_columns_by_name(tmp_path):
    folder = put(tmp_path)
    whole = MorphoMNIST(folder=folder, **SETTINGS)
    shuffled = frame("train", 0).sample(frac=1, random_state=0)[[*MEASURES[::-1]]]
    shuffled.assign(more=1.5).to_csv(tmp_path / "train-morpho.csv")
    again = MorphoMNIST(folder=folder, **SETTINGS)
    np.testing.assert_array_equal(again.targets(np.arange(60)), whole.targets(np.arange(60)))


def test_without_labels_of_perturbations_attributes_are_digits(tmp_path):
    source = MorphoMNIST(folder=put(tmp_path, perturbed=False), **SETTINGS)
    assert source.attribute_names == tuple("0123456789")
    assert "which the files do not say" in source.source


def test_tables_that_do_not_fit_are_named(tmp_path):
    folder, path = put(tmp_path), tmp_path / "train-morpho.csv"
    frame("train", 0)[:39].to_csv(path)
    with pytest.raises(ValueError, match="has 39 rows, whose index is not 0 to 39 for as many images"):
        MorphoMNIST(folder=folder, **SETTINGS)
    frame("train", 0).drop(columns=["slant", "area"]).to_csv(path)
    with pytest.raises(Faults, match=r"no column 'area': .*no column 'slant'"):
        MorphoMNIST(folder=folder, **SETTINGS)
    frame("train", 0).assign(slant=np.nan).to_csv(path)
    with pytest.raises(Faults, match="row 2: 'slant' is empty"):
        MorphoMNIST(folder=folder, **SETTINGS)
    frame("train", 0).assign(slant="inf").to_csv(path)
    with pytest.raises(Faults, match="no finite measures of image 0"):
        MorphoMNIST(folder=folder, **SETTINGS)
    frame("train", 0).assign(slant="x").to_csv(path)
    with pytest.raises(ValueError, match="has measures that are no numbers"):
        MorphoMNIST(folder=folder, **SETTINGS)
    path.unlink()
    with pytest.raises(FileNotFoundError, match=r"train-morpho.csv is missing"):
        MorphoMNIST(folder=folder, **SETTINGS)


def test_perturbations_that_do_not_fit_are_named(tmp_path):
    folder, path = put(tmp_path), tmp_path / "t10k-pert-idx1-ubyte.gz"
    for wrong in (PERTURBED[:19], PERTURBED[:20] + 5):
        write_idx(path, wrong.astype(np.uint8))
        with pytest.raises(
            ValueError, match=r"t10k-pert-idx1-ubyte.gz has no number from 0 to 4 for each of 20 images"
        ):
            MorphoMNIST(folder=folder, **SETTINGS)
    path.unlink()
    with pytest.raises(FileNotFoundError, match=r"has train-pert-idx1-ubyte.gz alone"):
        MorphoMNIST(folder=folder, **SETTINGS)


def test_it_is_the_same_every_time_and_can_be_prepared(tmp_path):
    source = MorphoMNIST(folder=put(tmp_path), **SETTINGS | {"size": 32, "splits": "drawn", "train": 30, "test": 20})
    rows = np.arange(60)
    copy = pickle.loads(pickle.dumps(source))
    np.testing.assert_array_equal(copy.images(rows), source.images(rows))
    np.testing.assert_array_equal(copy.targets(rows), source.targets(rows))
    write(source, tmp_path / "out")
    np.testing.assert_array_equal(Prepared(tmp_path / "out").attributes, source.attributes(rows))
    np.testing.assert_array_equal(Prepared(tmp_path / "out").targets, source.targets(rows))
