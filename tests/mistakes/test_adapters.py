"""Methods of one's own that fail: each is told before anything is trained, with its file and its line."""

import sys
from pathlib import Path

import pytest
from mistakes import Mistake, expect_told
from own_adapter import CLASS, WORDS, files
from quick_yaml import write
from tiny_cells import small_values

from diffrep.pipelines.cli import run as main
from diffrep.pipelines.core.errors import UserError

BODY_LINE = 9  # the second line of a method that the class begins with


def wrong(kind: str, define: str, body: str, told: str, line: int = BODY_LINE - 1) -> Mistake:
    """A good adapter with one method or member in another way; the line is that of the definition, or of its body."""
    text = f"{CLASS}    {define}\n" + (f"        {body}\n" if body else "")
    return Mistake(
        f"adapter: {kind}",
        files(text),
        WORDS,
        rf"method 'mine' \(learned:Mine\) in \S*learned.py, line {line}: .*{told}",
    )


def member(kind: str, define: str, told: str) -> Mistake:
    """The same where what is wrong has no line of its own: that of the class is told."""
    return wrong(kind, define, "", told, line=7)


INIT = "def __init__(self, image_shape, base, *, width):"
LOSS = "def loss(self, images, **drawn):"
DRAW = "def draw(self, shape, generator):"
ENCODE = "def encode(self, images):"
DECODE = "def decode(self, codes, start, *, steps):"
INVERT = "def invert(self, images, codes, *, steps):"
CODES = "super().encode(images)['z']"
MISTAKES = [
    wrong("raises in __init__", INIT, "raise RuntimeError('no weights')", "RuntimeError: no weights", BODY_LINE),
    wrong("a ValueError in __init__", INIT, "raise ValueError('width=8')", "ValueError: width=8", BODY_LINE),
    wrong("an error of two lines", LOSS, "raise KeyError('a\\nb')", r"KeyError: 'a\\nb'", BODY_LINE),
    wrong(
        "forgets super().__init__", INIT, "self.encoder = nn.Linear(2, 2)", "AttributeError: cannot assign", BODY_LINE
    ),
    wrong("forgets super().__init__ and all else", INIT, "pass", r"__init__ forgets super\(\).__init__\(\)"),
    wrong("raises in loss", LOSS, "raise RuntimeError('boom')", "RuntimeError: boom", BODY_LINE),
    wrong(
        "raises in encode", ENCODE, "return self.nosuch", "AttributeError: 'Mine' object has no attribute", BODY_LINE
    ),
    wrong("raises in decode", DECODE, "return 1 / 0", "ZeroDivisionError: division by zero", BODY_LINE),
    wrong("raises in invert", INVERT, "raise NotImplementedError", "NotImplementedError$", BODY_LINE),
    wrong(
        "loss of another shape of images", LOSS, "return (images - images[:, :2]).mean()", "RuntimeError: The size", 9
    ),
    wrong("sys.exit in __init__", INIT, "sys.exit()", r"calls sys.exit\(\)", BODY_LINE),
    wrong("sys.exit in loss", LOSS, "sys.exit(0)", r"calls sys.exit\(0\)", BODY_LINE),
    wrong("sys.exit in encode", ENCODE, "sys.exit(3)", r"calls sys.exit\(3\)", BODY_LINE),
    wrong(
        "an error that is no Exception",
        LOSS,
        "raise type('Odd', (BaseException,), {})('no layer')",
        "Odd: no layer",
        BODY_LINE,
    ),
    wrong("loss returns None", LOSS, "pass", "loss returns None, not a tensor"),
    wrong("loss returns a float", LOSS, "return 0.5", "loss returns a float, not a tensor"),
    wrong(
        "loss returns a vector",
        LOSS,
        "return super().loss(images, **drawn).expand(4)",
        r"the loss has the shape \[4\]",
    ),
    wrong(
        "a dict without loss", LOSS, "return {'mse': super().loss(images, **drawn)}", r"without 'loss', .* \['mse'\]"
    ),
    wrong("a loss without gradient", LOSS, "return super().loss(images, **drawn).detach()", "the loss has no gradient"),
    wrong("a loss of NaN", LOSS, "return super().loss(images, **drawn) * torch.nan", "loss gives nan at step 1"),
    wrong("a loss without end", LOSS, "return super().loss(images, **drawn) / 0", "loss gives inf at step 1"),
    wrong(
        "loss without what is drawn",
        "def loss(self, images):",
        "return 0",
        r"TypeError: Mine.loss\(\) got an unexpected keyword argument",
    ),
    wrong("draw returns None", DRAW, "pass", "draw returns None, not a dict"),
    wrong("raises in draw", DRAW, "return 1 / 0", "ZeroDivisionError", BODY_LINE),
    wrong(
        "draws half the rows",
        DRAW,
        "return {k: v[::2] for k, v in super().draw(shape, generator).items()}",
        r"draw gives 'timesteps' the shape \[\d+\] for \d+ images",
    ),
    wrong("encode returns None", ENCODE, "pass", "encode returns None, not a dict of views"),
    wrong("encode returns a tensor", ENCODE, f"return {CODES}", "encode returns a Tensor, not a dict of views"),
    wrong(
        "codes in numpy", ENCODE, f"return {{'z': {CODES}.detach().numpy()}}", "view 'z' as a ndarray, not as a tensor"
    ),
    wrong("half the rows", ENCODE, f"return {{'z': {CODES}[::2]}}", r"view 'z' of 8 images the shape \[4, 8\]"),
    wrong("codes of width nought", ENCODE, f"return {{'z': {CODES}[:, :0]}}", r"the first view the shape \[8, 0\]"),
    wrong(
        "codes as wide as the batch",
        ENCODE,
        f"return {{'z': {CODES}[:, :len(images)]}}",
        r"{'z': \[3\]}, before it gave",
    ),
    wrong("codes of four axes", ENCODE, f"return {{'z': {CODES}[:, :, None, None]}}", r"the shape \[8, 8, 1, 1\], not"),
    wrong("codes of NaN", ENCODE, f"return {{'z': {CODES} * torch.nan}}", "view 'z' holds NaN or infinities", 7),
    wrong(
        "times without an axis of their own",
        ENCODE,
        f"return {{'z': {CODES}, 'times': {CODES}}}",
        r"view 'times' the shape \[8, 8\], not \[n, T, d\]",
    ),
    wrong("complex codes", ENCODE, f"return {{'z': {CODES} * 1j}}", "view 'z' as complex64, not as real numbers"),
    wrong("codes that count", ENCODE, f"return {{'z': {CODES}.long()}}", "view 'z' as int64, not as real numbers"),
    wrong("a view that is a number", ENCODE, f"return {{0: {CODES}}}", "encode names a view 0, which is no word"),
    wrong(
        "encode of another signature",
        "def encode(self):",
        "return {}",
        r"TypeError: Mine.encode\(\) takes 1 positional",
    ),
    wrong("decode returns None", DECODE, "pass", "decode returns None, not a tensor"),
    wrong(
        "decode of smaller images",
        DECODE,
        "return start[:, :, ::2]",
        r"decode gives \[8, 3, 8, 16\] for \[8, 3, 16, 16\]",
    ),
    wrong("decode without steps", "def decode(self, codes, start):", "return start", "TypeError: .* argument 'steps'"),
    wrong("invert of NaN", INVERT, "return images * torch.nan", "invert gives NaN or infinities"),
    wrong(
        "trains what it was given",
        LOSS,
        "self.base.unet.conv_in.bias.data += 1; return super().loss(images, **drawn)",
        "changed by training: base.unet.conv_in.bias",
        7,
    ),
    wrong(
        "keeps what it learned to itself",
        LOSS,
        "self.kept = 1; return super().loss(images, **drawn)\n\n    "
        f"{ENCODE}\n        return {{'z': {CODES} * (3 if hasattr(self, 'kept') else 1)}}",
        "view 'z' differs: state_dict does not hold all of it",
        7,
    ),
    wrong(
        "state that is no tensor",
        "def get_extra_state(self):",
        "return 'words'",
        "state_dict holds '_extra_state', .*: only te",
        7,
    ),
    member("parts that are no Parts", "parts = ['first']", "parts holds 'first', not a Part"),
    member(
        "parts beyond the code", "parts = [Part('first', (0, 9))]", r"part 'first' has dims \[0, 9\] of a code of 8"
    ),
    member("parts that are missing", "parts = None", "there are no parts: an empty list would do"),
    member("no invert and no reason", "invert = None", "there is no invert, and cannot gives no reason"),
    wrong(
        "choices of a code that it decodes",
        f"choices = ['a', 'b']\n\n    {DECODE}",
        "return start",
        "there are choices and decode: the stages that decode know of no choice",
        line=10,
    ),
    Mistake(
        "adapter: choices without candidates",
        files(
            f"{CLASS}    choices = 'a', 'b'\n    cannot = dict(decode='no', invert='no')\n    decode = invert = None\n"
        ),
        WORDS,
        r"method 'mine' \(learned:Mine\) in .*: there are choices, but no candidates",
    ),
    Mistake(
        "adapter: a reason against what is there",
        files(f"{CLASS}    cannot = {{'decode': 'no'}}\n"),
        WORDS,
        r"method 'mine' \(learned:Mine\) in .*: decode is there, but cannot says: no",
    ),
]


def test_a_traceback_is_there_for_the_asking(own, tmp_path, monkeypatch):
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("DIFFREP_TRACEBACK", "1")
    write(Path("params.yaml"), small_values())
    files(f"{CLASS}    {LOSS}\n        raise RuntimeError('boom')\n")(Path())
    monkeypatch.setattr(sys, "argv", ["diffrep", "code"])
    with pytest.raises(UserError) as caught:
        main()
    assert repr(caught.value.__cause__) == "RuntimeError('boom')"


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.kind)
def test_it_is_told_in_one_line(mistake, own, tmp_path, capsys):
    expect_told(mistake, tmp_path / "work", capsys)
