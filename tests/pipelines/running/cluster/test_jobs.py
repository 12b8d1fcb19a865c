"""Which tasks make an array, in which order arrays are handed over, and how each waits."""

from pathlib import Path

import pytest

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.running.cluster.jobs import Array, Job, arrays_of, known_arrays, read_array
from diffrep.pipelines.running.cluster.needs import Need

SMALL, LARGE = (Need(gpus=0, cpus=1, memory_gib=2, minutes=minutes) for minutes in (10, 60))
CELLS = ("room-pca-0", "room-pca-1", "room-vae-0", "room-vae-1")


def job(name: str, *needs: str) -> Job:
    return Job(name=name, command="true", deps=(), params=(), outs=(), needs=needs)


def grid() -> list[Job]:
    """One data set, trainings and encodings of two methods at two seeds, and a stage for all of them."""
    trained = [job(f"train@{cell}", "prepare@room") for cell in CELLS]
    encoded = [job(f"encode@{cell}", f"train@{cell}", "prepare@room") for cell in CELLS]
    return [*encoded, job("size@room", *(f"encode@{cell}" for cell in CELLS)), *trained, job("prepare@room")]


def arrays(large: tuple[str, ...] = (), most: int = 100) -> list[Array]:
    made = grid()
    needs = {each.name: LARGE if each.name in large else SMALL for each in made}
    return arrays_of(made, needs, frozenset({"train"}), "run", most)


def names(array: Array) -> list[str]:
    return [each.name for each in array.jobs]


def test_what_asks_for_the_same_is_one_array_behind_what_it_needs():
    made = arrays()
    assert [array.uid for array in made] == ["run-000-prepare", "run-001-train", "run-002-encode", "run-003-size"]
    assert names(made[1]) == [f"train@{cell}" for cell in CELLS]
    assert [array.resumes for array in made] == [False, True, False, False]


def test_a_cell_waits_for_its_own_and_what_is_of_many_for_all():
    prepare, train, encode, size = arrays()
    assert prepare.after == {}
    assert train.after == {prepare.uid: "afterany"}
    assert encode.after == {prepare.uid: "afterany", train.uid: "aftercorr"}
    assert size.after == {encode.uid: "afterany"}


def test_a_method_that_asks_for_more_keeps_its_cells_together_at_every_stage():
    made = {array.uid: array for array in arrays(large=("train@room-vae-0", "train@room-vae-1"))}
    trained, encoded = ([array for uid, array in made.items() if uid.endswith(stage)] for stage in ("train", "encode"))
    assert sorted(array.need.minutes for array in trained) == [10, 60]
    for array in encoded:
        (alike,) = [uid for uid, how in array.after.items() if how == "aftercorr"]
        assert [each.place for each in made[alike].jobs] == [each.place for each in array.jobs]
    assert [uid for array in encoded for uid in array.after if uid.endswith("train")] == [a.uid for a in trained]


def test_an_array_has_no_more_tasks_than_the_cluster_allows():
    made = arrays(most=3)
    assert [len(array.jobs) for array in made if array.uid.endswith("train")] == [3, 1]
    assert {name for array in made for name in names(array)} == {each.name for each in grid()}


def test_what_was_queued_earlier_is_waited_for_to_its_end():
    earlier = arrays()[:2]
    made = [each for each in grid() if each.stage in ("encode", "size")]
    later = arrays_of(made, dict.fromkeys((each.name for each in made), SMALL), frozenset(), "again", 100, earlier)
    assert later[0].after == {array.uid: "afterany" for array in earlier}
    assert later[1].after == {later[0].uid: "afterany"}


def test_a_task_finds_its_array_as_it_was_handed_over(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = arrays()
    for array in made:
        array.write()
    Path("runs/logs/cluster/arrays/.run-9.json").write_text("{")  # half written
    assert list(known_arrays().values()) == made
    with pytest.raises(UserError, match=r"arrays/run-9\.json: no array of tasks"):
        read_array("run-9")
    Path("runs/logs/cluster/arrays/run-000-prepare.json").write_text("{}")
    with pytest.raises(UserError, match="no array of tasks"):
        read_array("run-000-prepare")
