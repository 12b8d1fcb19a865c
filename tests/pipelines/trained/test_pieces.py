"""Rows through a network in pieces: on a CPU as many as asked for, on a GPU as many as fit, found once.

A GPU is simulated: a function for which more rows than fit raise what torch raises there.
"""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.progress import Meter
from diffrep.pipelines.edits.extractors import piecewise
from diffrep.pipelines.edits.oracle import OracleNetwork
from diffrep.pipelines.evaluation.choosing import candidates
from diffrep.pipelines.trained import pieces
from diffrep.pipelines.trained.decoder import Decoder
from diffrep.pipelines.trained.encoding import all_codes
from diffrep.pipelines.trained.pieces import PIXELS, in_pieces

ROWS = np.random.default_rng(0).normal(size=(100, 3))
FIRST = 64  # rows of the first piece on the GPU
CPU = torch.device("cpu")
OUT_OF_MEMORY = torch.OutOfMemoryError("CUDA out of memory")


@pytest.fixture
def gpu(monkeypatch):
    """Take the CPU for a GPU of which nothing is known yet; {what fits of what is done to it}."""
    monkeypatch.setattr(pieces, "has_own_memory", lambda device: True)
    monkeypatch.setattr(pieces, "fitting", {})
    return pieces.fitting


class Memory:
    """Of a GPU: work on more than `rows` rows does not fit into it; `asked` are the rows of each attempt."""

    def __init__(self, rows: int, error: RuntimeError = OUT_OF_MEMORY) -> None:
        self.rows, self.asked, self.error = rows, [], error

    def take(self, rows: int) -> None:
        self.asked.append(rows)
        if rows > self.rows:
            raise self.error


def through(memory: Memory, count: int = len(ROWS), what: str = "doubling", size: int = 10) -> np.ndarray:
    """The rows doubled by way of a GPU of that memory."""

    def run(part: slice) -> np.ndarray:
        memory.take(len(ROWS[part]))
        return 2 * ROWS[part]

    found = in_pieces(run, count, what=what, pixels=PIXELS // FIRST, size=size, device=CPU)
    return np.concatenate(list(found))


@pytest.mark.parametrize(
    "words",
    [
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
        "cuDNN error: CUDNN_STATUS_NOT_SUPPORTED. This error may appear if you passed in a non-contiguous input.",
        "CUDA error: out of memory",
    ],
)
def test_libraries_of_a_gpu_that_run_out_of_memory_are_heard_too(gpu, words):
    memory = Memory(20, RuntimeError(words))
    np.testing.assert_array_equal(through(memory), 2 * ROWS)
    assert gpu["doubling"] == 16


def test_another_error_is_told(gpu):
    with pytest.raises(RuntimeError, match=r"^shapes do not match$"):
        through(Memory(20, RuntimeError("shapes do not match")))


def test_a_cpu_takes_pieces_of_the_size_that_is_set():
    memory = Memory(10)
    np.testing.assert_array_equal(through(memory), 2 * ROWS)
    assert memory.asked == [10] * 10
    assert list(in_pieces(lambda part: part, 5, what="slices", pixels=1, size=2, device=CPU)) == [
        slice(0, 2),
        slice(2, 4),
        slice(4, 5),
    ]
    assert pieces.fitting == {}


def test_on_a_cpu_what_runs_out_is_not_hidden():
    with pytest.raises(torch.OutOfMemoryError):
        through(Memory(9))


@pytest.mark.parametrize("fits", [1, 2, 7, 16, 63, 64, 1000])
def test_whatever_fits_the_rows_are_the_same(gpu, fits):
    np.testing.assert_array_equal(through(Memory(fits)), 2 * ROWS)


def test_the_largest_piece_is_found_once_and_kept(gpu):
    memory = Memory(20)
    through(memory)
    assert memory.asked == [64, 32, 16, 16, 16, 16, 16, 16, 4]
    memory.asked.clear()
    through(memory)
    assert memory.asked == [16, 16, 16, 16, 16, 16, 4]
    assert gpu == {"doubling": 16}


def test_what_is_done_otherwise_needs_another_memory(gpu):
    through(Memory(20))
    memory = Memory(1000)
    through(memory, what="encoding")
    assert memory.asked == [64, 36]
    assert gpu == {"doubling": 16, "encoding": 64}


def test_few_rows_that_do_not_fit_are_halved_too(gpu):
    memory = Memory(4)
    through(memory, count=9)
    assert memory.asked == [9, 4, 4, 1]


def test_memory_that_runs_short_later_is_met_as_well(gpu):
    memory = Memory(1000)
    through(memory)
    memory.rows = 40
    memory.asked.clear()
    np.testing.assert_array_equal(through(memory), 2 * ROWS)
    assert memory.asked == [64, 32, 32, 32, 4]


def test_the_cache_is_emptied_once_the_error_is_gone(gpu, monkeypatch):
    held = []

    class Held:
        def __init__(self):
            held.append(1)

        def __del__(self):
            held.pop()

    def run(part: slice) -> int:
        activations = Held()
        if part.stop - part.start > 16:
            raise torch.OutOfMemoryError
        return id(activations)

    emptied = []
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: emptied.append(len(held)))
    list(in_pieces(run, 100, what="holding", pixels=PIXELS // FIRST, size=1, device=CPU))
    assert emptied == [0, 0]


def test_a_single_row_that_does_not_fit_is_one_line(gpu):
    with pytest.raises(UserError, match=r"^doubling: the memory of the GPU does not hold it for a single image: take"):
        through(Memory(0))


def test_images_larger_than_the_first_piece_go_one_by_one(gpu):
    found = in_pieces(lambda part: part, 2, what="large", pixels=PIXELS + 1, size=10, device=CPU)
    assert list(found) == [slice(0, 1), slice(1, 2)]


def test_only_a_gpu_has_memory_of_its_own():
    assert {name: pieces.has_own_memory(torch.device(name)) for name in ("cpu", "mps", "meta", "cuda", "cuda:1")} == {
        **dict.fromkeys(("cpu", "mps", "meta"), False),
        **dict.fromkeys(("cuda", "cuda:1"), True),
    }


IMAGES = np.random.default_rng(0).integers(0, 256, (100, 16, 16, 3), dtype=np.uint8)
SPLITS = {"train": np.arange(60), "valid": np.arange(60, 80), "test": np.arange(80, 100)}
DATA = SimpleNamespace(images=IMAGES, splits=SPLITS)
CODES = ROWS.astype(np.float32)
STARTS = torch.randn(100, 1, 16, 16, generator=torch.Generator().manual_seed(0))


class Small(torch.nn.Module):
    """A method in a small memory."""

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self.memory = memory

    def encode(self, images):
        self.memory.take(len(images))
        return {"z": images.flatten(1)[:, :3]}

    def candidates(self, images):
        return [self.encode(images)["z"], 2 * images.flatten(1)]

    def decode(self, codes, start, *, steps):
        self.memory.take(len(codes))
        return start + steps * codes[:, :1, None, None]

    def invert(self, images, codes, *, steps):
        return self.decode(-codes, images, steps=steps)


def of_oracle(memory: Memory) -> list[np.ndarray]:
    torch.manual_seed(0)
    network = OracleNetwork((1, 16, 16), [2, 3], [8]).eval()
    network.features.register_forward_pre_hook(lambda _, given: memory.take(len(given[0])))
    return network.logits(STARTS, 10)


def of_features(memory: Memory) -> list[np.ndarray]:
    def features(images, *, batch_size, device):
        memory.take(len(images))
        assert batch_size == len(images)
        return images.reshape(len(images), -1)

    return [piecewise(features, "features", 16 * 16, 10, CPU)(IMAGES)]


def decoded(memory: Memory, name: str) -> list[torch.Tensor]:
    decoder = Decoder(Small(memory), 10, Meter("small", 100, shown=False))
    given = (CODES, STARTS) if name == "decode" else (STARTS, CODES)
    found = getattr(decoder, name)(*given, 2)
    assert decoder.shown.done == 100
    return [found]


PLACES = {
    "codes": lambda memory: list(all_codes(Small(memory), DATA, 10, "small").values()),
    "choices": lambda memory: candidates(Small(memory), IMAGES, np.arange(100), 10),
    "decodes": lambda memory: decoded(memory, "decode"),
    "starts": lambda memory: decoded(memory, "invert"),
    "oracle": of_oracle,
    "features": of_features,
}


@pytest.mark.parametrize("place", PLACES)
def test_everything_that_sees_images_goes_through_in_pieces_that_fit(gpu, place, monkeypatch):
    memory = Memory(20)
    on_gpu = PLACES[place](memory)
    assert max(memory.asked[-5:]) <= 20 < memory.asked[0]
    assert len(gpu) == 1
    monkeypatch.setattr(pieces, "has_own_memory", lambda device: False)
    memory = Memory(10)
    on_cpu = PLACES[place](memory)
    assert set(memory.asked) == {10}
    for one, other in zip(on_gpu, on_cpu, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
