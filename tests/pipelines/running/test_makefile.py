"""What `make repro` would run, by its words."""

import subprocess

import pytest
from tiny_cells import ROOT

PARTS = ("rooms", "faces", "correlated")


def told(*words: str) -> list[str]:
    """The commands of `diffrep` that make would give, each with the folder it is given in."""
    done = subprocess.run(["make", "-n", "repro", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return [" ".join(line.split()) for line in done.stdout.splitlines() if line.startswith(("diffrep", "cd "))]


@pytest.mark.parametrize("words", [(), ("PROFILE=default",)])
def test_the_default_runs_where_one_is(words):
    assert told(*words) == ["diffrep repro"]
    assert told(*words, "JOBS=4", "SEED=0") == ["diffrep repro --jobs 4 --seed 0"]


def test_the_reference_is_three_workspaces_one_after_the_other():
    assert told("PROFILE=reference", "JOBS=2") == [
        line
        for name in PARTS
        for line in (
            f"diffrep workspace --profile reference_{name} reports/reference/{name}",
            f"cd reports/reference/{name} && diffrep repro --jobs 2",
        )
    ]


def test_one_of_them_runs_alone_and_a_seed_of_it():
    assert told("PROFILE=reference_faces", "SEED=1") == [
        "diffrep workspace --profile reference_faces reports/reference/faces",
        "cd reports/reference/faces && diffrep repro --seed 1",
    ]


def test_another_profile_has_a_folder_of_its_own():
    assert told("PROFILE=diffsiam") == [
        "diffrep workspace --profile diffsiam workspaces/diffsiam",
        "cd workspaces/diffsiam && diffrep repro",
    ]
