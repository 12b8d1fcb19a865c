"""CelebA: its forms, what meets by number, the crops, and every way its files can be wrong."""

import pickle

import numpy as np
import pandas as pd
from celeba_files import BY_NAME, FILES, FLAGS, PARTS, PICTURES, expected, found
from face_files import (
    attributes_csv,
    attributes_text,
    folder_of,
    numbered,
    put,
    zip_of,
)
from PIL import Image

from diffrep.datasets.celeba import CelebA
from diffrep.datasets.celeba_attributes import GROUPS, NAMES
from diffrep.datasets.prepared import Prepared
from diffrep.datasets.writing import write


def test_pictures_attributes_and_splits_meet_by_number(put_in):
    assert found(CelebA(**put_in)) == expected()


def test_the_zip_and_the_lmdb_hold_the_same(put_in, tmp_path):
    members = {f"img_align_celeba/{name}": image for name, image in reversed(BY_NAME.items())}
    members["__MACOSX/img_align_celeba/._000001.jpg"] = PICTURES[0]
    archive = zip_of(tmp_path / "pictures", members)
    database = numbered(tmp_path / "celeba.lmdb", PICTURES, "None", 7)
    for pictures in (archive, database):
        assert found(CelebA(**put_in | {"pictures": str(pictures)})) == expected()


def test_kaggles_folder_in_a_folder_and_its_tables(put_in, tmp_path):
    nested = folder_of(tmp_path / "kaggle/img_align_celeba/img_align_celeba", BY_NAME).parent
    table = put(tmp_path / "list_attr_celeba.csv", attributes_csv(FILES, FLAGS))
    rows = "".join(f"{name},{part}\r\n" for name, part in zip(FILES, PARTS, strict=True))
    parts = put(tmp_path / "list_eval_partition.csv", "image_id,partition\r\n" + rows)
    kaggle = put_in | {"pictures": str(nested), "attributes": str(table), "partition": str(parts)}
    assert found(CelebA(**kaggle)) == expected()


def test_the_table_reads_as_pandas_reads_it(put_in):
    known = pd.read_csv(put_in["attributes"], sep=r"\s+", skiprows=1)
    faces = CelebA(**put_in | {"splits": "drawn", "train": 7, "valid": 1, "test": 1})
    for row, name in enumerate(faces._names):
        assert ((known.loc[name.decode()] == 1) == faces.attributes(np.array([row]))[0]).all()
    assert list(known.columns) == list(NAMES)


def test_columns_are_found_by_name(put_in, tmp_path):
    turned = np.random.default_rng(0).permutation(40)
    text = attributes_text(FILES, FLAGS[:, turned], tuple(NAMES[n] for n in turned))
    assert found(CelebA(**put_in | {"attributes": str(put(tmp_path / "turned.txt", text))})) == expected()


def test_forty_names_in_the_order_of_the_published_file():
    assert len(NAMES) == 40
    assert (NAMES[0], NAMES[9], NAMES[20], NAMES[39]) == ("5_o_Clock_Shadow", "Blond_Hair", "Male", "Young")
    assert sum(map(len, GROUPS.values())) == len(CelebA.attribute_groups) == 40


def test_centre64_is_the_short_side_at_96_and_64_of_the_middle(put_in):
    faces = CelebA(**put_in | {"crop": "centre64", "size": 64})
    number = int(faces._names[0][:6]) - 1
    whole = np.asarray(Image.fromarray(PICTURES[number]).resize((96, 117), Image.Resampling.BILINEAR))
    np.testing.assert_array_equal(faces.images(np.array([0]))[0], whole[26:90, 16:80])


def test_no_crop_presses_the_whole_picture_into_the_square(put_in):
    faces = CelebA(**put_in | {"crop": "none", "size": 32})
    number = int(faces._names[0][:6]) - 1
    whole = np.asarray(Image.fromarray(PICTURES[number]).resize((32, 32), Image.Resampling.BILINEAR))
    np.testing.assert_array_equal(faces.images(np.array([0]))[0], whole)


def test_fewer_are_drawn_of_each_official_split(put_in):
    some = put_in | {"train": 2, "valid": 1, "test": 2}
    drawn = found(CelebA(**some))
    assert sorted(drawn.values()) == ["test", "test", "train", "train", "valid"]
    assert drawn.items() <= expected().items()
    assert found(CelebA(**some)) == drawn
    assert any(found(CelebA(**some | {"seed": seed})) != drawn for seed in range(1, 5))


def test_pickled_and_written_as_any_data_set(put_in, tmp_path):
    faces = CelebA(**put_in | {"size": 32, "pictures": str(zip_of(tmp_path / "faces.zip", BY_NAME))})
    faces.images(np.arange(2))
    again = pickle.loads(pickle.dumps(faces))
    np.testing.assert_array_equal(again.images(np.array([8, 0])), faces.images(np.array([8, 0])))
    write(faces, tmp_path / "celeba")
    kept = Prepared(tmp_path / "celeba")
    np.testing.assert_array_equal(kept.images, faces.images(np.arange(9)))
    assert kept.card["attribute_groups"][NAMES.index("Eyeglasses")] == "accessories"
    assert kept.card["source"] == "CelebA, 9 of the 202,599 aligned pictures, official splits, crop d2c"


def test_a_published_table_is_known_by_its_sum(put_in, monkeypatch):
    told = CelebA(**put_in).checksum
    assert told.count("unlike any published") == 2
    monkeypatch.setattr("diffrep.datasets.celeba.PUBLISHED", {told[4:36]: "list_attr_celeba.txt"})
    assert "list_attr_celeba.txt as published; " in CelebA(**put_in).checksum
