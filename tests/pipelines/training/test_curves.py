"""Curves: means of the losses since the last point, validation at its step, and what is sent while it runs."""

import math
from types import SimpleNamespace

import pytest
import torch

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.training.curves import Record

POINTS = [(1.0, 0.5), (2.0, 0.25), (6.0, 0.125), (4.0, 0.0625)]  # the loss and the learning rate of each step


class Trainer(SimpleNamespace):
    """As much of a trainer as a record asks for, in a training of one process."""

    def __init__(self):
        same = lambda value, reduce_op: value  # noqa: E731
        super().__init__(
            global_step=0,
            world_size=1,
            is_global_zero=True,
            should_stop=False,
            callback_metrics={},
            strategy=SimpleNamespace(reduce=same, root_device="cpu"),
            optimizers=[SimpleNamespace(param_groups=[{"lr": 0.0}])],
            logger=None,
        )
        self.sent = []
        self.logger = SimpleNamespace(log_metrics=lambda values, step: self.sent.append((step, values)))

    def step(self, record, loss, rate):
        self.global_step += 1
        self.optimizers[0].param_groups[0]["lr"] = rate
        record.on_train_batch_end(self, None, {"loss": torch.tensor(loss)}, (torch.zeros(8),), 0)

    def validate(self, record, loss):
        self.callback_metrics["valid_loss"] = torch.tensor(loss)
        record.on_validation_end(self, None)


@pytest.fixture
def ran():
    """Four steps, a point every two, validated after the third and the fourth."""
    trainer, record = Trainer(), Record("test", 2, 4)
    record.on_train_start(trainer, None)
    for step, point in enumerate(POINTS, start=1):
        trainer.step(record, *point)
        if step >= 3:
            trainer.validate(record, 10.0 * step)
    return trainer, record


def test_a_finite_loss_beyond_all_measure_has_diverged():
    trainer, record = Trainer(), Record("test", 2, 4)
    record.on_train_start(trainer, None)
    trainer.step(record, 3.0, 0.1)
    with pytest.raises(UserError, match=r"test: the loss became 1\.9\d+e\+25 between steps 0 and 2; no checkpoint"):
        trainer.step(record, 4e25, 0.1)


@pytest.mark.parametrize("first", [1e25, -1e25, 1e13])
def test_a_first_loss_beyond_all_measure_is_no_measure(first):
    trainer, record = Trainer(), Record("test", 1, 4)
    record.on_train_start(trainer, None)
    with pytest.raises(UserError, match=r"^test: the loss became \S+ between steps 0 and 1; no checkpoint"):
        trainer.step(record, first, 0.1)


@pytest.mark.parametrize(("first", "later"), [(1e8, 9e11), (0.01, 9e5), (1e4, 9e9), (-2.0, -1.9e6)])
def test_a_loss_that_is_merely_large_goes_on(first, later):
    trainer, record = Trainer(), Record("test", 1, 4)
    record.on_train_start(trainer, None)
    trainer.step(record, first, 0.1)
    trainer.step(record, later, 0.1)
    assert len(record.rows) == 2


def test_a_point_is_the_mean_of_the_losses_since_the_last_one(ran):
    assert ran[1].rows == [
        {"step": 2, "loss": 1.5, "valid_loss": None, "learning_rate": 0.25},
        {"step": 3, "loss": None, "valid_loss": 30.0, "learning_rate": None},
        {"step": 4, "loss": 5.0, "valid_loss": 40.0, "learning_rate": 0.0625},
    ]


def test_points_are_sent_under_their_step(ran):
    assert ran[0].sent == [
        (2, {"train/loss": 1.5, "train/learning_rate": 0.25}),
        (3, {"train/valid_loss": 30.0}),
        (4, {"train/loss": 5.0, "train/learning_rate": 0.0625}),
        (4, {"train/valid_loss": 40.0}),
    ]


def test_the_last_step_ends_the_training(ran):
    assert ran[0].should_stop


def test_a_record_goes_on_where_its_checkpoint_was():
    trainer, record = Trainer(), Record("test", 2, 4)
    record.on_train_start(trainer, None)
    for point in POINTS[:3]:
        trainer.step(record, *point)
    state, again = record.state_dict(), Record("test", 2, 4)
    again.load_state_dict(state)
    again.on_train_start(trainer, None)
    trainer.step(again, *POINTS[3])
    assert [row["loss"] for row in again.rows] == [1.5, 5.0]
    assert 0 <= again.earlier.wall == state["spent"]["wall"]
    assert 0 <= again.earlier.cpu == state["spent"]["cpu"]


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_validation_that_is_no_number_ends_the_training(value):
    trainer, record = Trainer(), Record("test", 2, 4)
    record.on_train_start(trainer, None)
    trainer.step(record, *POINTS[0])
    with pytest.raises(UserError, match=rf"^test: the loss became {value} between steps 0 and 1; no checkpoint was"):
        trainer.validate(record, value)
