"""Two processes train what one does, and go on bit for bit after one of them was killed."""

import os
import subprocess
import sys
from pathlib import Path

import distributed
import pytest
import torch
from distributed import networks, saved

pytestmark = pytest.mark.long

NAMES = ("pdae", "diti", "diffae", "drl", "drl_joint", "vdrl", "encdiff", "encdiff_skip", "encdiff_latent", "vae")
PATIENCE = 1200  # seconds
LAUNCH = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", distributed.__file__)


def two_processes(folder: Path, what: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    words = [sys.executable, *LAUNCH, str(folder), what]
    return subprocess.run(words, env=environment, check=False, capture_output=True, text=True, timeout=PATIENCE)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """What one process and two have trained: {name: (one, two)}."""
    torch.set_num_threads(1)
    folders = [tmp_path_factory.mktemp(name) for name in ("one", "two")]
    done = two_processes(folders[1], "methods")
    assert done.returncode == 0, done.stderr
    for name, net in networks().items():
        distributed.gradients_of(folders[0], name, net, devices=1)
    assert list(folders[1].glob("* of process 1.pt")) == []
    return {name: [torch.load(saved(folder, name), weights_only=True) for folder in folders] for name in networks()}


def distance(one: dict, other: dict) -> float:
    """The norm of what two sets of tensors differ by, beside that of the first."""
    flat = [torch.cat([each[name].flatten().double() for name in one]) for each in (one, other)]
    return float((flat[0] - flat[1]).norm() / flat[0].norm())


def test_every_method_whose_images_do_not_meet_in_its_loss_is_tried(both):
    assert tuple(both) == NAMES


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("part", "tolerance"), [("gradients", 1e-6), ("weights", 2e-6), ("averages", 2e-6)])
def test_two_processes_are_one_with_the_same_batch(both, name, part, tolerance):
    """Gradients of the first step; weights after 20: sums are taken in another order, and Adam's steps add that up."""
    one, two = both[name]
    assert one[part].keys() == two[part].keys()
    assert distance(one[part], two[part]) < tolerance


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """A folder in which a process of two was killed and both then went on, beside an undisturbed run; what was said."""
    folder = tmp_path_factory.mktemp("broken")
    killed = two_processes(folder, "killed")
    assert killed.returncode != 0
    assert not saved(folder, "broken").exists()
    done = two_processes(folder, "resumed")
    assert done.returncode == 0, done.stderr
    return folder, done.stderr


def test_after_a_kill_of_one_process_training_goes_on_bit_for_bit(broken):
    folder, words = broken
    assert words.count("tiny: going on from the last checkpoint") == 1
    found, expected = (torch.load(saved(folder, name), weights_only=True) for name in ("broken", "unbroken"))
    assert found["rows"] == expected["rows"]
    assert found["weights"].keys() == expected["weights"].keys() == {"raw", "ema", "3", "7"}
    for which, weights in found["weights"].items():
        assert all(torch.equal(value, expected["weights"][which][name]) for name, value in weights.items())


def test_only_the_first_process_is_given_what_was_trained(broken):
    assert {path.name for path in broken[0].glob("*.pt")} == {f"{n} of process 0.pt" for n in ("broken", "unbroken")}
