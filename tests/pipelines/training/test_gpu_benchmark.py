"""tests/benchmarks/gpu.py without a GPU: it runs to its end, and what fails on the way is a line."""

import json
import os
import sys
import time

import pytest
import torch
from tiny_cells import ROOT

sys.path.append(str(ROOT / "tests" / "benchmarks"))
import gpu
import gpu_card
import gpu_training
from gpu_worker import Worker

PATIENCE = 900.0
JOB = gpu_training.Job("encdiff-shapes3d", "encdiff_code", {"device": "cpu"}, 0.0, False)


@pytest.mark.long
def test_the_columns_of_a_row_are_measured(tmp_path, monkeypatch, capsys):
    """Two of them, for the sake of time."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(gpu, "COLUMNS", {name: gpu.COLUMNS[name] for name in (gpu.PLAIN, gpu.LAST)})
    monkeypatch.setattr(gpu, "EAGER", {True: PATIENCE})
    monkeypatch.setattr(gpu, "START", PATIENCE)
    file = tmp_path / "gpu.json"
    assert gpu.main(["--device", "cpu", "--quick", "--no-smoke", "--json", str(file), "encdiff_code"]) == 0
    found = json.loads(file.read_text())
    *eager, compiled = found["trainings"]
    assert [training["column"] for training in eager] == list(gpu.COLUMNS)
    for training in eager:
        assert training["images_per_second"] > 0
        assert training["ratio"] == pytest.approx(training["images_per_second"] / training["bare_images_per_second"])
        assert training["tflops"] == pytest.approx(training["images_per_second"] * training["gflop_per_image"] / 1e3)
    assert compiled["compile"]
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 2 + len(found["trainings"])  # of the card and of the columns


def test_without_a_gpu_it_is_one_line(monkeypatch, capsys):
    monkeypatch.setattr(gpu, "Worker", Near)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert gpu.main([]) == 1
    assert capsys.readouterr().out == "torch finds no GPU here: --device cpu --quick tries the script without one\n"


class Near:
    """A worker in this process."""

    def ask(self, function, *arguments, seconds):
        return function(*arguments)

    def close(self):
        pass


def test_the_largest_half_that_fits_is_measured(monkeypatch):
    tried = []

    def at(batch_size, row, job):
        tried.append(batch_size)
        if batch_size > 32:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return {"batch_size": batch_size}

    monkeypatch.setattr(gpu_training, "measured_at", at)
    assert gpu_training.measure(JOB) == {"batch_size": 32}
    assert tried == [128, 64, 32]


def test_where_no_image_fits_is_told(monkeypatch):
    def at(batch_size, row, job):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried\nmore")

    monkeypatch.setattr(gpu_training, "measured_at", at)
    assert gpu_training.measure(JOB) == {"failed": "not one image fits: CUDA out of memory. Tried"}


def test_a_worker_that_fails_is_replaced():
    worker = Worker()
    try:
        assert worker.ask(len, "abc", seconds=PATIENCE) == 3
        assert worker.ask(len, 3, seconds=PATIENCE) == {"failed": "TypeError: object of type 'int' has no len()"}
        assert worker.ask(os._exit, 1, seconds=PATIENCE) == {"failed": "its process died"}
        assert worker.ask(time.sleep, PATIENCE, seconds=0.1) == {"failed": "not done in 0 s"}
        assert worker.ask(len, "ab", seconds=PATIENCE) == 2
    finally:
        worker.close()


@pytest.mark.parametrize(
    ("name", "known"),
    [("NVIDIA H200", (494, 989)), ("NVIDIA A100-SXM4-80GB", (156, 312)), ("NVIDIA H100 PCIe", ()), ("Tesla T4", ())],
)
def test_peaks_go_by_the_cards_name(name, known):
    assert tuple(gpu_card.peaks(name).values()) == known


def test_published_rows_are_what_is_trained():
    for row, preset in gpu.PRESETS.items():
        found = gpu_training.row_of(gpu_training.Job(preset, row, {}, 0.0, False))
        settings = gpu_training.optimiser(found.budget, found.budget["batch_size"])
        assert (settings.batch_size, found.image_shape[0]) == (128, 3)


def test_a_short_measurement_leaves_out_warm_steps():
    clock = gpu_training.Clock("cpu", 0.0)
    steps = 0
    while clock.tick():
        steps += 1
    assert steps == gpu_training.WARM + 1
    assert clock.steps == 1
