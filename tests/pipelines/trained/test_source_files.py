"""Base models in repositories of the Hugging Face Hub: asked for by revision, known again by the commit."""

import shutil
from pathlib import Path

import huggingface_hub
import pytest
from diffusers_folders import edit, of_2022
from imported_models import PICKLE, TENSORS, imported, told
from local_hub import LocalHub, served

from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.trained.imported import network_settings, record

THEIRS = "somebody/theirs"
FIRST, SECOND = 40 * "a", 40 * "b"
CONFIGS = {"scheduler_config.json", "config.json"}


@pytest.fixture
def hub(theirs, tmp_path):
    """The Hub with one repository that has the folder for its first commit, and other settings in its second."""
    found = LocalHub(THEIRS)
    found.commits = {FIRST: theirs, SECOND: tmp_path / "later"}
    shutil.copytree(theirs, found.commits[SECOND])
    edit(found.commits[SECOND] / "scheduler_config.json", prediction_type="sample")
    found.names = {"main": FIRST, "v2": SECOND, "refs/pr/1": SECOND}
    with served(found, tmp_path / "cache"):
        yield found


def recorded(small_values, source):
    return record(parsed({**small_values, "base": {"from": source}}))


def files(hub):
    return {file for _, _, file in hub.asked}


def test_a_repository_is_asked_for_what_it_is_made_of_alone(hub):
    network_settings(THEIRS)
    assert files(hub) == CONFIGS
    hub.asked.clear()
    imported(THEIRS)
    assert files(hub) == {TENSORS, PICKLE}


def test_a_folder_of_that_name_comes_first(hub):
    of_2022(Path(THEIRS))
    imported(THEIRS)
    assert hub.asked == []


def test_what_is_in_the_cache_is_not_asked_for(hub, monkeypatch):
    imported(THEIRS)
    hub.asked.clear()
    imported(THEIRS)
    assert hub.asked == []
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    imported(THEIRS)


def test_what_others_have_put_into_the_cache_does(hub, monkeypatch):
    """Nothing there says that the files are not elsewhere in the repository."""
    hub.commits[FIRST].joinpath("scheduler").mkdir()
    hub.commits[FIRST].joinpath("scheduler_config.json").rename(hub.commits[FIRST] / "scheduler/scheduler_config.json")
    for name in ("scheduler/scheduler_config.json", "config.json", PICKLE):
        huggingface_hub.hf_hub_download(THEIRS, name)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    imported(THEIRS)


@pytest.mark.parametrize("revision", ["v2", "refs/pr/1", SECOND])
def test_a_revision_is_what_is_asked_for(hub, revision):
    assert network_settings(THEIRS)["prediction_type"] == "epsilon"
    assert network_settings(f"{THEIRS}@{revision}")["prediction_type"] == "sample"
    imported(f"{THEIRS}@{revision}")


def test_all_files_are_of_one_commit_when_a_branch_goes_on(hub):
    network_settings(THEIRS)
    hub.names["main"] = SECOND
    hub.asked.clear()
    imported(THEIRS)
    assert {revision for _, revision, _ in hub.asked} == {FIRST}


def test_it_is_known_again_by_its_commit_which_needs_no_network(hub, small_values, monkeypatch):
    assert recorded(small_values, THEIRS) == {"from": THEIRS, "commit": FIRST}
    assert recorded(small_values, f"{THEIRS}@v2") == {"from": f"{THEIRS}@v2", "commit": SECOND}
    assert files(hub) == {"scheduler_config.json"}
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    assert recorded(small_values, THEIRS)["commit"] == FIRST


def test_other_weights_under_the_same_name_are_another_model(hub, small_values, tmp_path, monkeypatch):
    """In a cache that has the branch's later commit, though the files that describe the model are the same."""
    before = recorded(small_values, THEIRS)
    hub.names["main"] = SECOND
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "other"))
    assert recorded(small_values, THEIRS) != before


def test_a_revision_that_there_is_not_is_one_line(hub):
    found = told(f"{THEIRS}@v3")
    assert found.startswith(
        "params.yaml: base.from: there is no folder somebody/theirs@v3, and the Hugging Face Hub does not give "
        "scheduler_config.json of such a repository at v3: "
    )
    assert "\n" not in found


def test_a_repository_that_there_is_not_is_one_line(hub):
    assert told("owner/name").startswith(
        "params.yaml: base.from: there is no folder owner/name, and the Hugging Face Hub does not give "
        "scheduler_config.json of such a repository at main: "
    )


def test_a_name_that_the_hub_allows_nobody_is_one_line(hub):
    assert told("owner/na--me").startswith("params.yaml: base.from: there is no folder owner/na--me, and the Hugging")


def test_a_repository_of_something_else_is_one_line(hub):
    for name in ("scheduler_config.json", "config.json"):
        (hub.commits[FIRST] / name).unlink()
    expected = f"{THEIRS} has no scheduler_config.json, nor scheduler/scheduler_config.json"
    assert told(THEIRS) == f"params.yaml: base.from: {expected}"


def test_offline_the_hub_itself_is_one_line(theirs, monkeypatch):
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    assert told("owner/name").startswith("params.yaml: base.from: there is no folder owner/name, and the Hugging Face")
