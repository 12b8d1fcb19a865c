"""Folders of pictures: every kind of picture, tables and class folders, and all that can be wrong with them."""

import numpy as np
import pytest
from own_pictures import ALL, COUNT, drawn, places, read, table

from diffrep.datasets.files.faults import Faults


def test_pictures_in_folders_of_one_name_have_no_attributes(tmp_path):
    drawn(tmp_path, [f"all/{n // 3}/{n:02}.png" for n in range(COUNT)])
    (tmp_path / "all" / "notes.txt").write_text("no picture")
    (tmp_path / "all" / "._00.png").write_text("a Mac's")
    source = read(tmp_path)
    assert sorted(set(places(source.images(ALL)))) == sorted(source._drawn)
    assert source.attribute_names == source.factor_names == source.target_names == ()
    assert source.factors(ALL) is None
    assert "12 pictures" in source.source


def test_folders_are_classes(tmp_path):
    drawn(tmp_path, [f"{['dog', 'cat', 'ox'][n % 3]}/deeper{n % 2}/{n:02}.png" for n in range(COUNT)])
    source = read(tmp_path)
    assert source.attribute_names == ("cat", "dog", "ox")
    expected = np.array([1, 0, 2])[places(source.images(ALL)) % 3]
    np.testing.assert_array_equal(source.attributes(ALL), np.eye(3)[expected])
    assert set(source.attribute_sources) == {"class folder"}


def test_folders_of_numbers_are_classes_not_splits(tmp_path):
    drawn(tmp_path, [f"{n % 3}/{n:02}.png" for n in range(COUNT)])
    source = read(tmp_path)
    assert source.attribute_names == ("0", "1", "2")
    with pytest.raises(ValueError, match="says of no image which split it is in: splits is drawn"):
        read(tmp_path, splits="official")


def test_folders_of_splits_hold_folders_of_classes(tmp_path):
    words = ["Train", "val", "test"]
    drawn(tmp_path, [f"{words[n % 3]}/{'ab'[n // 3 % 2]}/{n:02}.png" for n in range(COUNT)])
    source = read(tmp_path, splits="official", train=0, valid=2, test=0)
    found = {name: places(source.images(rows)) for name, rows in source.splits().items()}
    assert {name: len(place) for name, place in found.items()} == {"train": 4, "valid": 2, "test": 4}
    assert all((place % 3 == n).all() for n, place in enumerate(found.values()))
    assert source.attribute_names == ("a", "b")
    np.testing.assert_array_equal(source.attributes(ALL)[:, 1], np.concatenate(list(found.values())) // 3 % 2)


def test_a_picture_beside_class_folders_is_named(tmp_path):
    drawn(tmp_path, ["stray.png"] + [f"{'ab'[n % 2]}/{n:02}.png" for n in range(1, COUNT)])
    with pytest.raises(Faults, match=r"stray.png lies beside the folders of classes"):
        read(tmp_path)


def test_a_folder_that_is_a_link_is_followed(tmp_path):
    drawn(tmp_path / "elsewhere")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "link").symlink_to(tmp_path / "elsewhere")
    assert len(read(tmp_path / "mine")._pictures) == COUNT
    (tmp_path / "elsewhere" / "back").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ValueError, match=r"link/back is a link back to .*elsewhere, in which it lies: remove it"):
        read(tmp_path / "mine")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("key", ["path", "name", "Windows"])
def test_columns_are_told_apart_by_what_stands_in_them(tmp_path, separator, key):
    paths = drawn(tmp_path, [f"x{n % 2}/{n:02}.png" for n in range(COUNT)])
    names = {
        "path": paths,
        "name": [path.rpartition("/")[2] for path in paths],
        "Windows": [path.replace("/", "\\") for path in paths],
    }
    header = ["bit", "sign", "word", "truth", "pose", "hue", "age", "note"]
    rows = [
        (n % 2, n % 2 * 2 - 1, ["No", "yes"][n % 2], ["True", "false"][n % 2], n % 3 + 5, "rgb"[n % 3], n / 7, "x")
        for n in range(COUNT)
    ]
    shuffled = np.random.default_rng(1).permutation(COUNT)  # rows are matched by name, not by place
    table(tmp_path, [names[key][n] for n in shuffled], header, [rows[n] for n in shuffled], separator)
    source = read(tmp_path, table="mine.csv", factors=("pose", "hue"), ignore=("note",))
    place = places(source.images(ALL))
    assert source.attribute_names == ("bit", "sign", "word", "truth")
    odd = place % 2
    np.testing.assert_array_equal(source.attributes(ALL), np.stack([odd, odd, odd, 1 - odd], axis=1))
    assert (source.factor_names, source.factor_sizes) == (("pose", "hue"), (3, 3))
    np.testing.assert_array_equal(source.factors(ALL), np.stack([place % 3, np.array([2, 1, 0])[place % 3]], axis=1))
    assert source.target_names == ("age",)
    np.testing.assert_allclose(source.targets(ALL)[:, 0], place / 7, rtol=1e-6)


def test_numbers_of_a_factor_stand_in_their_order_not_in_that_of_words(tmp_path):
    names = drawn(tmp_path)
    table(tmp_path, names, ["angle"], [[[10, 9, 100][n % 3]] for n in range(COUNT)])
    source = read(tmp_path, table="mine.csv", factors=("angle",))
    place = places(source.images(ALL))
    np.testing.assert_array_equal(source.factors(ALL)[:, 0], np.array([1, 0, 2])[place % 3])


def test_a_column_called_split_keeps_splits(tmp_path):
    names = drawn(tmp_path)
    table(tmp_path, names, ["split"], [["train" if n < 9 else "test"] for n in range(COUNT)])
    source = read(tmp_path, table=str(tmp_path / "mine.csv"), splits="official", train=0, valid=3, test=0)
    found = {name: set(places(source.images(rows))) for name, rows in source.splits().items()}
    assert found["test"] == {9, 10, 11}
    assert (len(found["train"]), len(found["valid"])) == (6, 3)


@pytest.mark.parametrize(
    ("header", "cell", "told"),
    [
        ("hue", "red", "column 'hue' has 'red', which is no number: name it in `factors` or in `ignore`"),
        ("hue", "nan", "column 'hue' has 'nan', which is no number"),
        ("hue", "", "row 4: 'hue' is empty"),
        ("file", "1", "has the column 'file' twice"),
        ("", "1", "column 2 has no name"),
        ("hue", "1,2", "row 4: 3 entries, the header has 2"),
        ("split", "holdout", "a split is called 'holdout'"),
    ],
)
def test_a_column_that_is_nothing_is_named(tmp_path, header, cell, told):
    names = drawn(tmp_path)
    other = "train" if header == "split" else "0"
    table(tmp_path, names, [header], [[cell if n == 2 else other] for n in range(COUNT)])
    with pytest.raises(Faults, match=told):
        read(tmp_path, table="mine.csv")


def test_factors_and_ignored_columns_that_are_not_there_are_named(tmp_path):
    table(tmp_path, drawn(tmp_path), ["pose"], [[n % 2] for n in range(COUNT)])
    with pytest.raises(Faults, match=r"no column 'angle': pose; .*no column 'hue'"):
        read(tmp_path, table="mine.csv", factors=("angle",), ignore=("hue",))
    table(tmp_path, drawn(tmp_path), ["pose"], [[3]] * COUNT)
    with pytest.raises(Faults, match="factor 'pose' has one value"):
        read(tmp_path, table="mine.csv", factors=("pose",))


def test_pictures_without_row_and_rows_without_picture_are_all_named(tmp_path):
    names = drawn(tmp_path)
    table(tmp_path, [*names[:9], "gone.png", "00.png", "also.png"], ["bit"], [[0]] * COUNT)
    with pytest.raises(Faults) as error:
        read(tmp_path, table="mine.csv")
    told = "\n".join(error.value.faults)
    assert len(error.value.faults) == 6
    assert "row 11: there is no picture gone.png" in told
    assert "row 12: 00.png stands in row 2 already" in told
    assert all(f"{name} has no row in" in told for name in names[9:])


def test_a_name_of_two_pictures_is_no_key(tmp_path):
    paths = drawn(tmp_path, [f"{n // 6}/{n % 6}.png" for n in range(COUNT)])
    table(tmp_path, ["0.png", *paths[1:]], ["bit"], [[0]] * COUNT)
    with pytest.raises(Faults, match=r"row 2: 0.png might be 0/0.png or 1/0.png"):
        read(tmp_path, table="mine.csv")


def test_accents_are_the_same_in_either_spelling(tmp_path):
    names = drawn(tmp_path, [f"e\u0301{n:02}.png" for n in range(COUNT)])
    table(tmp_path, [name.replace("e\u0301", "\u00e9") for name in names], ["bit"], [[n % 2] for n in range(COUNT)])
    source = read(tmp_path, table="mine.csv")
    np.testing.assert_array_equal(source.attributes(ALL)[:, 0], places(source.images(ALL)) % 2)


@pytest.mark.parametrize("text", ["file,bit\n", "\n\n", "file"])
def test_a_table_without_rows_is_named(tmp_path, text):
    drawn(tmp_path)
    (tmp_path / "mine.csv").write_text(text)
    with pytest.raises(ValueError, match="has no rows below its header"):
        read(tmp_path, table="mine.csv")


def test_a_table_that_is_no_text_or_missing_is_named(tmp_path):
    drawn(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"mine.csv is missing"):
        read(tmp_path, table="mine.csv")
    (tmp_path / "mine.csv").write_bytes("file,bit\n\xe4.png,1\n".encode("latin-1"))
    with pytest.raises(ValueError, match="is no text in UTF-8"):
        read(tmp_path, table="mine.csv")
    (tmp_path / "mine.csv").write_bytes(
        "\ufefffile,bit\n".encode() + b"".join(b"%02d.png,1\n" % n for n in range(COUNT))
    )
    assert read(tmp_path, table="mine.csv").attributes(ALL).all()
