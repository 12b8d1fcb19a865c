"""The contract: every row of params.yaml keeps it, every way of breaking it is caught, and the command says so."""

import copy
import re
from pathlib import Path
from typing import ClassVar

import pytest
import torch
import yaml
from click.testing import CliRunner
from torch import nn

from diffrep.methods.shared.part import Part
from diffrep.methods.shared.schedule import Schedule
from diffrep.pipelines.cli import cli
from diffrep.pipelines.contract import PROMISES, title, tried
from diffrep.pipelines.errors import UserError
from diffrep.pipelines.subject import Subject, subject

ROOT = Path(__file__).parents[1]
PARAMS = yaml.safe_load((ROOT / "params.yaml").read_text())
STEPS = 80  # DiTi opens late: after 40 it hardly uses its code
NETWORK = {"channels": [8, 8], "layers": 1, "attention_levels": [], "norm_groups": 4, "dropout": 0.1, "patch": 4}
SMALL = NETWORK | {"prediction_type": "sample"}
NAMES = {title(promise): promise for promise in PROMISES}


@pytest.fixture(scope="module", params=[pytest.param(n, marks=pytest.mark.xdist_group(n)) for n in PARAMS["methods"]])
def row(request):
    torch.set_num_threads(1)
    return subject(PARAMS, request.param, None, 32, STEPS)


@pytest.mark.parametrize("promise", PROMISES, ids=title)
def test_every_row_keeps_the_contract(row, promise):
    verdict = tried(promise, row)
    assert verdict.state != "failed", verdict.reason


class Good(nn.Module):
    """Keeps every promise: an affine code of the image, and a decoder that sees the code and the noisy image."""

    needs: ClassVar = ("base",)
    parts: ClassVar = [Part("first", (0, 1)), Part("second", (2, 3))]
    cannot: ClassVar = {}

    def __init__(self, image_shape, base, *, width):
        super().__init__()
        self.image_shape, pixels = image_shape, image_shape[0] * image_shape[1] * image_shape[2]
        self.base, self.schedule = base.requires_grad_(False), Schedule()
        self.encoder, self.drop = nn.Linear(pixels, width), nn.Dropout(0.1)
        self.decoder = nn.Linear(width + pixels, pixels)

    def train(self, mode=True):
        super().train(mode)
        self.base.eval()
        return self

    def encode(self, images):
        return {"z": self.encoder(images.flatten(1))}

    def noised(self, images, noise, timesteps):
        return self.schedule.add_noise(images, noise, timesteps)

    def denoise(self, noisy, timesteps, codes):
        return self.decoder(torch.cat([self.drop(codes), noisy.flatten(1)], 1)).view(-1, *self.image_shape)

    def loss(self, images, generator):
        timesteps = torch.randint(1000, (len(images),), generator=generator, device=images.device)
        noise = torch.randn(images.shape, generator=generator, device=images.device)
        noisy = self.noised(images, noise, timesteps)
        return (self.denoise(noisy, timesteps, self.encode(images)["z"]) - images).pow(2).mean()

    @torch.no_grad()
    def decode(self, codes, start, *, steps):
        return self.denoise(start, torch.full((len(start),), 999), codes)

    @torch.no_grad()
    def invert(self, images, codes, *, steps):
        return images


class Unseeded(Good):
    def __init__(self, image_shape, base, *, width):
        super().__init__(image_shape, base, width=width)
        self.encoder.weight.data = torch.empty_like(self.encoder.weight).uniform_(generator=FREE) / 50


class NoInvert(Good):
    invert = None


class SaysItCannot(Good):
    cannot: ClassVar = {"invert": "it has no way back"}


class MisnamedAbility(Good):
    cannot: ClassVar = {"generate": "it has no prior"}


class DeepCodes(Good):
    def encode(self, images):
        return {"z": super().encode(images)["z"][:, :, None]}


class BareCodes(Good):
    def encode(self, images):
        return super().encode(images)["z"]


class SmallImages(Good):
    def decode(self, codes, start, *, steps):
        return super().decode(codes, start, steps=steps)[:, :, ::2]


class EndlessImages(Good):
    def invert(self, images, codes, *, steps):
        return images / 0


class PartsBeyond(Good):
    parts: ClassVar = [Part("first", (0, 8))]


class NamesakeParts(Good):
    parts: ClassVar = [Part("one", (0,)), Part("one", (1,))]


class ChanceInCodes(Good):
    def encode(self, images):
        return {"z": super().encode(images)["z"] + 0.01 * torch.randn(len(images), 1)}


class ChanceInImages(Good):
    def decode(self, codes, start, *, steps):
        return super().decode(codes, torch.randn_like(start), steps=steps)


class BatchInCodes(Good):
    def encode(self, images):
        codes = super().encode(images)["z"]
        return {"z": codes - codes.mean(0)}


class Detached(Good):
    def encode(self, images):
        return {"z": super().encode(images)["z"].detach()}


class TrainsTheBase(Good):
    def __init__(self, image_shape, base, *, width):
        super().__init__(image_shape, base, width=width)
        base.requires_grad_(True)


class WakesTheBase(Good):
    def train(self, mode=True):
        return nn.Module.train(self, mode)


class ChangesTheBase(Good):
    def loss(self, images, generator):
        self.base.unet.conv_in.bias.data += 1e-6
        return super().loss(images, generator)


class ChangesWhatIsFrozen(Good):
    def __init__(self, image_shape, base, *, width):
        super().__init__(image_shape, base, width=width)
        self.scale = nn.Parameter(torch.ones(1), requires_grad=False)

    def loss(self, images, generator):
        self.scale.data += 1e-6
        return super().loss(images, generator)


class ChanceOfItsOwn(Good):
    def loss(self, images, generator):
        return super().loss(images, torch.Generator().manual_seed(int(torch.randint(99, (1,)))))


class ForgetsItsCode(Good):
    """Keeps what it learned where state_dict does not look."""

    def loss(self, images, generator):
        self.kept = [images.mean()]
        return super().loss(images, generator)

    def encode(self, images):
        codes = super().encode(images)["z"]
        return {"z": codes + self.kept[0] if hasattr(self, "kept") else codes}


class IgnoresItsCode(Good):
    def denoise(self, noisy, timesteps, codes):
        return super().denoise(noisy, timesteps, codes * 0)


class ColourOnly(Good):
    def encode(self, images):
        red, green, blue = images.unbind(1)
        return super().encode(torch.stack([red, green, blue], 1))


class SinglePrecision(Good):
    def encode(self, images):
        return super().encode(images.float())


class AtHomeOnly(Good):
    def encode(self, images):
        return {"z": super().encode(images)["z"] + torch.zeros(1, device="cpu")}


class KnowsThatItCompiles(Good):
    def encode(self, images):
        return {"z": super().encode(images)["z"] * (2 if torch.compiler.is_compiling() else 1)}


class NoTensorAtAll(Good):
    def loss(self, images, generator):
        raise RuntimeError("a bug\nof two lines")


FREE = torch.Generator()

BROKEN = [
    (Unseeded, "is built from its section", "two builds after torch.manual_seed.0. differ in encoder.weight"),
    (NoInvert, "cannot is true", "there is no invert, and cannot gives no reason for it"),
    (SaysItCannot, "cannot is true", "there is a invert, but cannot says: it has no way back"),
    (MisnamedAbility, "cannot is true", r"cannot names \['generate'\]: there are decode, invert, denoise"),
    (DeepCodes, "shapes of codes", r"the first view has the shape \[8, 8, 1\], not \[n, d\]"),
    (BareCodes, "shapes of codes", "encode returns Tensor, not a dict of views"),
    (SmallImages, "shapes of images", r"decode gives \[8, 3, 8, 16\] for \[8, 3, 16, 16\]"),
    (EndlessImages, "shapes of images", "invert gives NaN or infinities"),
    (PartsBeyond, "parts lie within the code", r"part 'first' has dims \[0, 8\] of a code of 8"),
    (NamesakeParts, "parts lie within the code", "two parts have the same name"),
    (ChanceInCodes, "nothing is left to chance", "encode, view 'z': two calls in eval mode differ"),
    (ChanceInImages, "nothing is left to chance", "decode: two calls in eval mode differ"),
    (BatchInCodes, "a code is its images own", "view 'z' of an image alone is another than among 8"),
    (Detached, "gradient reaches the encoder", "leaves the codes as they were"),
    (TrainsTheBase, "frozen parts stay", "what was supplied would be trained: unet"),
    (WakesTheBase, "frozen parts stay", r"train\(\) takes BaseDPM out of eval mode: override it"),
    (ChangesTheBase, "frozen parts stay", "changed by training: base.unet.conv_in.bias"),
    (ChangesWhatIsFrozen, "frozen parts stay", "changed by training: scale"),
    (ChanceOfItsOwn, "same seed same loss", "one seed of the generator, two losses: "),
    (ForgetsItsCode, "saved and loaded", "view 'z' differs: state_dict does not hold all of it"),
    (IgnoresItsCode, "the code is used", "with its own code, .* with another image's, after 10 steps"),
    (ColourOnly, "grey images too", "ValueError: not enough values to unpack"),
    (SinglePrecision, "other precisions", "RuntimeError: "),
    (AtHomeOnly, "other devices", ""),
    (KnowsThatItCompiles, "it compiles", "compiled, encode gives other codes"),
    (NoTensorAtAll, "same seed same loss", "^RuntimeError: a bug of two lines$"),
]


def small(cls):
    torch.set_num_threads(1)
    return Subject(cls, {"width": 8}, {"base": SMALL}, 16, 10)


@pytest.mark.parametrize("promise", PROMISES, ids=title)
def test_a_good_adapter_passes(promise):
    assert tried(promise, small(Good)).state == "ok"


@pytest.mark.parametrize(("cls", "name", "reason"), BROKEN, ids=lambda value: getattr(value, "__name__", ""))
def test_a_broken_promise_is_caught(cls, name, reason):
    verdict = tried(NAMES[name], small(cls))
    assert verdict.state == "failed"
    assert re.search(reason, verdict.reason), verdict.reason


def test_what_an_adapter_raises_is_let_through_where_a_traceback_is_wanted(monkeypatch):
    monkeypatch.setenv("DIFFREP_TRACEBACK", "1")
    with pytest.raises(RuntimeError, match="a bug"):
        tried(NAMES["same seed same loss"], small(NoTensorAtAll))


def test_a_method_without_a_loss_need_not_keep_promises_of_steps(random_row):
    verdicts = {name: tried(promise, random_row) for name, promise in NAMES.items()}
    states = {name: verdict.state for name, verdict in verdicts.items()}
    assert states == {
        **dict.fromkeys(NAMES, "ok"),
        **dict.fromkeys(
            (
                "shapes of images",
                "parts lie within the code",
                "gradient reaches the encoder",
                "frozen parts stay",
                "same seed same loss",
                "the code is used",
            ),
            "not applicable",
        ),
    }
    assert verdicts["the code is used"].reason == "an untrained encoder decodes nothing"


@pytest.fixture(scope="module")
def random_row():
    return subject(PARAMS, "random", None, 32, STEPS)


@pytest.fixture
def params():
    """Two rows, one of them of another adapter than its name."""
    rows = {name: PARAMS["methods"][name] for name in ("pca", "random")}
    return {**PARAMS, "methods": {**copy.deepcopy(rows), "mine": {"adapter": "diffrep.methods.pca:PCA", "code_dim": 3}}}


def test_a_row_is_found_by_its_name_and_by_its_adapter(params):
    assert subject(params, "pca", None, 32, 1).given == {"code_dim": 16}
    assert subject(params, "diffrep.methods.pca:PCA", None, 32, 1).given == {"code_dim": 3}


def test_settings_of_a_file_stand_before_those_of_the_row(params, tmp_path):
    (tmp_path / "mine.yaml").write_text("code_dim: 5\n")
    assert subject(params, "pca", tmp_path / "mine.yaml", 32, 1).given == {"code_dim": 5}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("pcaa", None, "no method 'pcaa': did you mean 'pca'?"),
        ("vae", None, "params.yaml has no section for vae: add a row, or give its section with --settings FILE.yaml"),
        ("own.file:Class", None, "params.yaml has no section for own.file:Class: add a row, or give its section with"),
        ("own.file:Class", "{}", "cannot import method 'own.file:Class': No module named 'own'"),
        ("pca", "code_dimm: 4", "methods.pca: unknown key 'code_dimm': did you mean 'code_dim'?"),
        ("pca", "{}", "params.yaml: methods.pca lacks the key 'code_dim'"),
        ("pca", "- 4", "mine.yaml must hold the keys of one section of methods:, such as code_dim: 16"),
        ("pca", "a: [", "mine.yaml is not YAML: "),
    ],
)
def test_what_cannot_be_tried_is_one_line(params, tmp_path, name, text, message):
    file = None
    if text is not None:
        file = tmp_path / "mine.yaml"
        file.write_text(text)
    with pytest.raises(UserError, match=re.escape(message)):
        subject(params, name, file, 32, 1)


def told(*words):
    return CliRunner().invoke(cli, ["contract", *words])


def test_the_command_tells_every_promise(monkeypatch):
    monkeypatch.chdir(ROOT)
    done = told("pca")
    lines = done.output.splitlines()
    assert done.exit_code == 0, done.output
    assert [line[:32].rstrip() for line in lines[:-1]] == list(NAMES)
    assert lines[-1] == "pca keeps the contract"


def test_the_command_fails_where_a_promise_is_broken(monkeypatch, tmp_path):
    (tmp_path / "own_pca.py").write_text(
        "from diffrep.methods.pca import PCA\n\n\n"
        "class Loud(PCA):\n    def encode(self, images):\n        return {'z': super().encode(images)['z'] / 0}\n"
    )
    (tmp_path / "own.yaml").write_text("code_dim: 4\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(ROOT)
    done = told("own_pca:Loud", "--settings", str(tmp_path / "own.yaml"))
    assert done.exit_code == 1
    assert re.search(r"^shapes of codes +failed +view 'z' holds NaN or infinities$", done.output, re.MULTILINE)
    assert re.search(r"^own_pca:Loud breaks \d of 16 promises$", done.output, re.MULTILINE)


def test_what_cannot_be_built_is_not_tried_further(monkeypatch, tmp_path):
    (tmp_path / "own.yaml").write_text("code_dim: 0\n")
    monkeypatch.chdir(ROOT)
    done = told("pca", "--settings", str(tmp_path / "own.yaml"))
    assert done.exit_code == 1
    assert done.output.splitlines()[0].startswith(
        "is built from its section       failed          ValueError: code_dim=0"
    )
    assert done.output.splitlines()[1:] == ["pca cannot be built: nothing else was tried"]


def test_a_need_that_nobody_supplies(monkeypatch):
    monkeypatch.setattr(Good, "needs", ("oracle",))
    verdict = tried(PROMISES[0], small(Good))
    assert verdict == ("failed", "needs ['oracle']: the pipeline supplies base")
