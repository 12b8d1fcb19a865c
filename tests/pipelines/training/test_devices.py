"""Training on several devices: what each process sees, finds and is told."""

from pathlib import Path

import lightning.pytorch as pl
import pytest
import torch
from tiny_training import IMAGES, OPTIMISER, network, train

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.training.batches import Batches
from diffrep.pipelines.training.fit import own_environment, resumable, share_out


def test_the_shares_of_two_processes_are_the_batch():
    batches = Batches((IMAGES,), torch.arange(50).numpy(), 4, seed=0)
    whole = batches[3][0]
    shares = []
    for rank in range(2):
        batches.shard = (rank, 2)
        shares.append(batches[3][0])
    assert torch.equal(torch.stack(shares, 1).flatten(0, 1), whole)


def test_a_batch_that_cannot_be_shared_evenly_is_one_line():
    with pytest.raises(UserError, match="batch_size 10 cannot be shared out evenly to 4 devices"):
        share_out(10, 4)


@pytest.mark.parametrize("same", [True, False])
def test_other_processes_find_the_same_checkpoint_and_change_nothing(tmp_path, same):
    train(tmp_path, network())
    identity = {"seed": 0, "settings": OPTIMISER.model_dump(mode="json")} if same else {"seed": 1}
    before = content(tmp_path)
    other = resumable(tmp_path, identity, "tiny", first=False)
    assert content(tmp_path) == before
    assert (other is not None) == same
    assert other == resumable(tmp_path, identity, "tiny", first=True)
    assert other == resumable(tmp_path, identity, "tiny", first=False)


def content(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_on_one_node_a_batch_jobs_variables_do_not_count(monkeypatch):
    """Four tasks of SLURM around a run are no four processes of a training."""
    for name, value in {
        "SLURM_NTASKS": "4",
        "SLURM_JOB_ID": "7",
        "SLURM_JOB_NAME": "bench",
        "SLURM_PROCID": "3",
    }.items():
        monkeypatch.setenv(name, value)
    (environment,) = own_environment(nodes=1)
    trainer = pl.Trainer(accelerator="cpu", devices=1, plugins=[environment], logger=False)
    assert (trainer.world_size, trainer.global_rank) == (1, 0)
    assert own_environment(nodes=2) == []
