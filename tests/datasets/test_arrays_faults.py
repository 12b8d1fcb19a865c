"""Arrays that do not fit, that are damaged, compressed or large: told in a line, or read within bounds."""

import multiprocessing
import pickle
import zipfile

import numpy as np
import pytest
from own_arrays import ALL, IMAGES, KNOWN, SETTINGS, saved

from diffrep.datasets.arrays import Arrays
from diffrep.datasets.files import npy
from diffrep.datasets.files.faults import Faults
from diffrep.datasets.prepared import Prepared
from diffrep.datasets.writing import write


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        ({"image": IMAGES}, "has no images: its keys are image; name them images, attributes"),
        (
            {"images": IMAGES, "attribute": KNOWN["attributes"]},
            "has 'attribute', which nothing reads: did you mean 'attri",
        ),
        ({"images": IMAGES, "xyz": np.arange(4)}, "has 'xyz', which nothing reads: leave it out; there are images"),
        ({"images": IMAGES, "factors": np.zeros((40, 1), int)}, "'factor_0' has one value, 0, and nothing can be"),
        ({"images": IMAGES, "factors": np.arange(2000)[:40] / 7}, "'factor_0' is float64: whole numbers or words do"),
        (
            {"images": IMAGES, "factors": np.zeros((39, 1), int)},
            r"has the shape \[39, 1\] for 40 images: \[40, columns\]",
        ),
        ({"images": IMAGES, "attributes": np.arange(40)}, "'attribute_0' has values 0, 1, 2, 3: 0 and 1, or -1 and 1"),
        ({"images": IMAGES, "targets": np.full(40, np.nan)}, "'target_0' has entries that are no finite numbers"),
        ({"images": IMAGES, "splits": np.array(["dev"] * 40)}, "a split is called 'dev': train, valid, test"),
        ({"images": IMAGES, "splits": np.array(["train"] * 9)}, "has 9 entries for 40 images"),
        ({"images": IMAGES, "attribute_names": np.array(["a"])}, "there are attribute_names, but no attributes"),
        ({"images": IMAGES, **KNOWN, "factor_names": np.array(["a", "b"])}, "has 1 columns, and names are a, b: one"),
        ({"images": IMAGES, **KNOWN, "target_names": np.arange(3)}, r"np.array\(\[...\]\) of words would do"),
        ({"images": IMAGES, **KNOWN, "attribute_groups": np.array(["a"])}, "has 1 words for 2 attributes: one each"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, arrays, told):
    with pytest.raises(ValueError, match=told):
        Arrays(file=saved(tmp_path, **arrays), **SETTINGS)


def test_all_faults_are_told_at_once(tmp_path):
    wrong = {"factors": np.zeros((40, 1), int), "attributes": np.full((40, 2), 7), "targets": np.zeros((9, 1))}
    with pytest.raises(Faults) as error:
        Arrays(file=saved(tmp_path, images=IMAGES / 256, **wrong), **SETTINGS | {"levels": "zero_to_one"})
    assert len(error.value.faults) == 5


def test_pickles_are_never_loaded(tmp_path):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("unpickled",))

    for name in ("images", "factors"):
        arrays = {"images": IMAGES, name: np.array([Trap()] * 40, dtype=object)}
        np.savez(tmp_path / "mine.npz", allow_pickle=True, **arrays)
        with pytest.raises(
            ValueError, match=rf"'{name}' in .*mine.npz holds Python objects, which are never unpickled"
        ):
            Arrays(file=str(tmp_path / "mine.npz"), **SETTINGS)


def test_missing_file_is_named():
    with pytest.raises(FileNotFoundError, match=r"no file nowhere\.npz: file is an .npz, a folder"):
        Arrays(file="nowhere.npz", **SETTINGS)


@pytest.mark.parametrize("name", ["mine.npz", "mine.npy"])
@pytest.mark.parametrize("share", [0.5, 0.999])
def test_half_a_file_is_named(tmp_path, name, share):
    (np.savez if name.endswith("z") else np.save)(tmp_path / name, IMAGES)
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[: int(share * len(content))])
    with pytest.raises(ValueError, match=rf"{name} is (no sound npz file|truncated)"):
        Arrays(file=str(tmp_path / name), **SETTINGS)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<!DOCTYPE html><html>", "is a web page saved under that name"),
        (b"", "is empty"),
        (b"\x89PNG and more", "is no array of numpy"),
    ],
)
def test_what_is_no_array_is_named(tmp_path, content, told):
    (tmp_path / "mine.npz").write_bytes(content)
    with pytest.raises(ValueError, match=told):
        Arrays(file=str(tmp_path / "mine.npz"), **SETTINGS)


def test_a_member_that_is_damaged_is_named(tmp_path):
    np.savez_compressed(tmp_path / "mine.npz", images=IMAGES)
    content = bytearray((tmp_path / "mine.npz").read_bytes())
    content[len(content) // 2] ^= 255
    (tmp_path / "mine.npz").write_bytes(content)
    with pytest.raises(ValueError, match=r"'images' in .*mine.npz is damaged"):
        Arrays(file=str(tmp_path / "mine.npz"), **SETTINGS)


def test_what_would_fill_the_memory_is_refused(tmp_path):
    with (
        zipfile.ZipFile(tmp_path / "mine.npz", "w", zipfile.ZIP_DEFLATED) as file,
        file.open("images.npy", "w") as head,
    ):
        np.lib.format.write_array_header_1_0(
            head, {"descr": "|u1", "fortran_order": False, "shape": (40, 20000, 20000, 3)}
        )
    with pytest.raises(ValueError, match="is truncated: 0 of its 48,000,000,000 bytes are there"):
        Arrays(file=str(tmp_path / "mine.npz"), **SETTINGS)


def test_what_is_compressed_and_large_is_told_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(npy, "MOST_UNPACKED", 1000)
    np.savez_compressed(tmp_path / "mine.npz", images=IMAGES / 255)
    with pytest.raises(ValueError, match=r"is compressed, 0.0 GiB when unpacked: save it again by np.savez or np.save"):
        Arrays(file=str(tmp_path / "mine.npz"), **SETTINGS | {"levels": "zero_to_one"})
    plain = saved(tmp_path, images=IMAGES / 255)
    assert len(Arrays(file=plain, **SETTINGS | {"levels": "zero_to_one"})) == 30


def test_large_compressed_images_are_laid_open_beside_the_file_once(tmp_path, monkeypatch):
    np.savez_compressed(tmp_path / "mine.npz", images=IMAGES, factors=KNOWN["factors"])
    expected = Arrays(file=str(tmp_path / "mine.npz"), **SETTINGS).images(ALL)
    assert len(list(tmp_path.iterdir())) == 1
    monkeypatch.setattr(npy, "IN_MEMORY", 1000)
    monkeypatch.setattr(npy, "BLOCK", 7)
    source = Arrays(file=str(tmp_path / "mine.npz"), **SETTINGS)
    np.testing.assert_array_equal(source.images(ALL), expected)
    assert isinstance(source._images.array(), np.memmap)
    (made,) = tmp_path.glob("mine.npz.images-crc32-*.unpacked.npy")
    time = made.stat().st_mtime_ns
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(source)).images(ALL), expected)
    assert made.stat().st_mtime_ns == time
    np.savez_compressed(tmp_path / "mine.npz", images=255 - IMAGES)  # other content under the same name
    np.testing.assert_array_equal(Arrays(file=str(tmp_path / "mine.npz"), **SETTINGS).images(ALL), 255 - expected)


def test_several_processes_read_the_same(tmp_path):
    source = Arrays(file=saved(tmp_path, images=IMAGES), **SETTINGS)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        chunks = pool.map(source.images, np.split(ALL, 5))
    np.testing.assert_array_equal(np.concatenate(chunks), source.images(ALL))


def test_other_sizes_are_cut_from_the_middle_and_brought_to_size(tmp_path):
    wide = np.zeros((40, 8, 12, 3), np.uint8)
    wide[:, :, 2:10] = IMAGES
    source = Arrays(file=saved(tmp_path, images=wide), **SETTINGS | {"size": 4})
    whole = Arrays(file=saved(tmp_path, images=IMAGES), **SETTINGS).images(ALL).reshape(30, 4, 2, 4, 2, 3)
    assert np.abs(source.images(ALL) - whole.mean((2, 4))).max() <= 1


def test_too_many_rows_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"together at most the 40 of .*: got 31 \+ 4 \+ 6"):
        Arrays(file=saved(tmp_path, images=IMAGES), **SETTINGS | {"train": 31})
    with pytest.raises(ValueError, match="says of no image which split it is in: splits is drawn"):
        Arrays(file=saved(tmp_path, images=IMAGES), **SETTINGS | {"splits": "official"})


def test_a_copy_of_another_process_gives_the_same(tmp_path):
    source = Arrays(file=saved(tmp_path, images=IMAGES, **KNOWN), **SETTINGS)
    first = source.images(ALL)
    copy = pickle.loads(pickle.dumps(source))
    np.testing.assert_array_equal(copy.images(ALL), first)
    assert len(pickle.dumps(source)) < IMAGES.nbytes / 2
    assert (Arrays(file=saved(tmp_path, images=IMAGES), **SETTINGS | {"seed": 1}).images(ALL) != first).any()


def test_it_can_be_prepared(tmp_path):
    source = Arrays(file=saved(tmp_path, images=IMAGES, **KNOWN), **SETTINGS)
    write(source, tmp_path / "out")
    data = Prepared(tmp_path / "out")
    np.testing.assert_array_equal(data.images, source.images(ALL))
    np.testing.assert_array_equal(data.targets, source.targets(ALL))
    np.testing.assert_array_equal(data.factors, source.factors(ALL))


def test_images_alone_can_be_prepared(tmp_path):
    source = Arrays(file=saved(tmp_path, images=IMAGES), **SETTINGS)
    write(source, tmp_path / "out")
    data = Prepared(tmp_path / "out")
    assert data.factors is data.targets is None
    assert data.attributes.shape == (30, 0)
