"""Files below a folder: in the order of their names, through links, and never in circles."""

import pytest

from diffrep.datasets.files.walk import files_below
from diffrep.datasets.readers.stores import FolderPictures, pictures_below
from diffrep.pipelines.sources.stamps import files_stamp


@pytest.fixture
def folder(tmp_path):
    """With a folder and two links to others, which were made in no order."""
    for name in ("mine/b", "other", "mine/.hidden", "mine/__MACOSX"):
        (tmp_path / name).mkdir(parents=True)
    files = ("mine/z.png", "mine/b/2.png", "mine/b/10.txt", "other/1.png", "mine/.hidden/0.png", "mine/__MACOSX/1.png")
    for name in files:
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "mine" / "c").symlink_to(tmp_path / "other")
    (tmp_path / "mine" / "a").symlink_to("../other")
    return tmp_path / "mine"


def test_files_stand_in_the_order_of_their_names(folder):
    assert files_below(folder) == ["a/1.png", "b/10.txt", "b/2.png", "c/1.png", "z.png"]
    assert pictures_below(folder) == ["a/1.png", "b/2.png", "c/1.png", "z.png"]
    assert FolderPictures(folder).names().tolist() == [name.encode() for name in pictures_below(folder)]


@pytest.mark.parametrize("target", ["mine", ".", "other"])
def test_a_link_that_leads_back_is_named(folder, target):
    (folder.parent / "other" / "back").symlink_to(folder.parent / target)
    with pytest.raises(ValueError, match=r"mine/[ac]/back is a link back to .*, in which it lies: remove it"):
        files_below(folder)


def test_two_links_that_lead_to_each_other_are_named(tmp_path):
    for name, other in (("one", "two"), ("two", "one")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "on").symlink_to(tmp_path / other)
    with pytest.raises(ValueError, match="one/on/on is a link back to"):
        files_below(tmp_path / "one")


def test_what_a_link_leads_to_counts_where_work_is_gone_on_with(folder):
    before = files_stamp({"folder": str(folder)})
    (folder.parent / "other" / "1.png").write_bytes(b"longer")
    assert files_stamp({"folder": str(folder)}) != before
