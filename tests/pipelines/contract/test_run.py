"""The contract: all the code of params.yaml's rows keeps it, and every way of breaking it is caught."""

import re
from functools import cache
from pathlib import Path

import broken_adapters as broken
import broken_choices as open_codes
import pytest
import torch
from diffusers_folders import of_2022
from sections import nested
from tiny_cells import COMMITTED

from diffrep.methods.encdiff import EncDiff
from diffrep.methods.shared.denoisers.base import DPMSettings
from diffrep.pipelines.contract.promises import title, tried
from diffrep.pipelines.contract.run import PROMISES
from diffrep.pipelines.contract.subject import Subject, subject
from diffrep.pipelines.core.params import load, parsed

ROOT = Path(__file__).parents[3]
PARAMS = load(ROOT)
FLAT = parsed(
    nested(
        COMMITTED,
        {
            "base": {"network": {"channels": [32]}},
            "methods": {"encdiff_latent": {"network": {"channels": [32], "attention_levels": [0]}}},
        },
    )
)
SIDE, STEPS = 16, 40
SAME_CODE = {  # rows that are another row with other numbers in a table
    "diti_unequal": "diti",
    "pdae_simsiam": "diffsiam",
}
VARIANTS = ("diti_stop_grad", "drl_joint", "encdiff_skip", "vdrl")  # their classes have another row
ROWS = [
    pytest.param(row, marks=pytest.mark.long if row in VARIANTS else ())
    for row in PARAMS.methods
    if row not in SAME_CODE
]
SAME_GRAPH = {  # rows that call what another row has compiled
    "vdrl": "drl",
    "encdiff_skip": "encdiff",
}
ONE_LEVEL = ("diti", "diffsiam", "encdiff_latent")  # rows whose networks pdae and encdiff have with all resolutions
QUICK = ("diti", "diffsiam", "vae")  # rows that use their codes after half of the steps
SMALL = {"network": DPMSettings((8,), 1, (), 4, 0.1, 4, "sample")}
clean = EncDiff.clean
CHOICES = "choices come with their codes"
NAMES = {title(promise): promise for promise in PROMISES}
OF_ROWS = [
    pytest.param(promise, id=name, marks=pytest.mark.long if name == "it compiles" else ())
    for name, promise in NAMES.items()
]


@pytest.fixture(scope="module", params=ROWS)
def row(request):
    torch.set_num_threads(1)
    name = request.param
    params = FLAT if name in ONE_LEVEL else PARAMS
    return name, subject(params, name, None, SIDE, STEPS // 2 if name in QUICK else STEPS)


def test_a_base_model_of_others_is_asked_for_no_other_depth(tmp_path):
    of_2022(tmp_path)
    values = nested(COMMITTED, {"methods": {"pdae": {"decoder": {"loss_weight": "lambda"}}}})
    on = subject(parsed(values | {"base": {"from": str(tmp_path)}}), "pdae", None, SIDE, 1)
    assert tried(NAMES["is built from its section"], on).state == "ok"
    assert tried(NAMES["grey images too"], on).state == "not applicable"
    assert tried(NAMES["frozen parts stay"], on).state == "ok"


@pytest.mark.parametrize(("row", "like"), SAME_CODE.items())
def test_a_row_that_is_not_tried_differs_in_its_blocks_alone(row, like):
    ours, theirs = (PARAMS.methods[name].model_dump() for name in (row, like))
    assert ours.pop("adapter") == like
    assert ours.pop("blocks") != theirs.pop("blocks")
    theirs.pop("adapter")
    assert ours == theirs


@pytest.mark.parametrize("promise", OF_ROWS)
def test_every_row_keeps_the_contract(row, promise):
    name, on = row
    if title(promise) == "it compiles" and name in SAME_GRAPH:
        pytest.skip(f"{SAME_GRAPH[name]} compiles the same")
    verdict = tried(promise, on)
    assert verdict.state != "failed", verdict.reason
    if getattr(on.trained, "heads", None) is None:  # whose views are never compiled
        assert "the loss in" not in verdict.reason  # of more than one graph


BROKEN = [
    (
        broken.Unseeded,
        "is built from its section",
        "two builds after torch.manual_seed.0. differ in encoder.weight",
    ),
    (broken.NoInvert, "cannot is true", "there is no invert, and cannot gives no reason for it"),
    (broken.SaysItCannot, "cannot is true", "invert is there, but cannot says: it has no way back"),
    (
        broken.MisnamedAbility,
        "cannot is true",
        r"cannot names \['generate'\]: there are decode, invert, denoise",
    ),
    (broken.DeepCodes, "shapes of codes", r"encode gives the first view the shape \[8, 8, 1\], not \[n, d\]"),
    (broken.BareCodes, "shapes of codes", "encode returns a Tensor, not a dict of views"),
    (broken.SmallImages, "shapes of images", r"decode gives \[8, 3, 8, 16\] for \[8, 3, 16, 16\]"),
    (broken.EndlessImages, "shapes of images", "invert gives NaN or infinities"),
    (broken.PartsBeyond, "parts lie within the code", r"part 'first' has dims \[0, 8\] of a code of 8"),
    (broken.NamesakeParts, "parts lie within the code", "two parts have the same name"),
    (open_codes.OpenDecoder, CHOICES, "there are choices and decode: the stages that decode know of no choice"),
    (open_codes.ChoicesOfNothing, CHOICES, r"choices is \[\]: a list of names would do"),
    (open_codes.NamesakeChoices, CHOICES, "two choices have the same name"),
    (open_codes.NoCandidates, CHOICES, "there are choices, but no candidates"),
    (open_codes.BareCandidate, CHOICES, "candidates returns a Tensor, not a list of codes"),
    (open_codes.TooFewCandidates, CHOICES, "candidates gives 1 codes for 2 choices"),
    (
        open_codes.CandidatesOfNumpy,
        CHOICES,
        r"candidates gives a ndarray for choice 'once' of 8 images: a tensor \[n, d\]",
    ),
    (open_codes.DeepCandidates, CHOICES, r"candidates gives \[8, 1, 8\] for choice 'once' of 8 images"),
    (open_codes.EndlessCandidates, CHOICES, "candidates gives NaN or infinities for choice 'twice'"),
    (open_codes.DeafToItsChoice, CHOICES, "encode gives another code than candidates, where chosen is 1, 'twice'"),
    (broken.ChanceInCodes, "nothing is left to chance", "encode, view 'z': two calls in eval mode differ"),
    (broken.ChanceInImages, "nothing is left to chance", "decode: two calls in eval mode differ"),
    (broken.ChanceInDenoising, "nothing is left to chance", "^denoise: two calls in eval mode differ"),
    (broken.BatchInCodes, "a code is its images own", "view 'z' of an image alone is another than among 8"),
    (broken.Detached, "gradient reaches the encoder", "leaves the codes as they were"),
    (broken.TrainsTheBase, "frozen parts stay", "what was supplied would be trained: unet"),
    (broken.WakesTheBase, "frozen parts stay", r"train\(\) takes BaseDPM out of eval mode: override it"),
    (broken.ChangesTheBase, "frozen parts stay", "changed by training: base.unet.conv_in.bias"),
    (broken.ChangesWhatIsFrozen, "frozen parts stay", "changed by training: scale"),
    (broken.ChanceOfItsOwn, "same seed same loss", "one seed of the generator, two losses: "),
    (broken.ForgetsItsCode, "saved and loaded", "view 'z' differs: state_dict does not hold all of it"),
    (broken.ForgetsItsWayBack, "saved and loaded", "^invert differs: state_dict does not hold all of it"),
    (broken.ForgetsItsDenoiser, "saved and loaded", "^denoise differs: state_dict does not hold all of it"),
    (broken.IgnoresItsCode, "the code is used", "with its own code, .* with another image's, after 10 steps"),
    (broken.DecodesWithoutItsCode, "the code is used", "^decoded, .* with another image's, after 10 steps"),
    (broken.ColourOnly, "grey images too", "ValueError: not enough values to unpack"),
    (broken.SinglePrecision, "other precisions", "RuntimeError: "),
    (broken.AtHomeOnly, "other devices", ""),
    (broken.DrawsAtHome, "other devices", "^torch.randn with a generator, but without its device=$"),
    (broken.KnowsThatItCompiles, "it compiles", "compiled, encode gives other codes"),
    (broken.NamelessLoss, "same seed same loss", "^loss returns a dict without 'loss', which holds \\['mse'\\]$"),
    (broken.NoTensorAtAll, "same seed same loss", "^RuntimeError: a bug of two lines$"),
]


@cache
def small(cls):
    torch.set_num_threads(1)
    return Subject(cls, {"width": 8}, {"base": SMALL}, (3, 16, 16), 10)


@pytest.mark.parametrize("promise", PROMISES, ids=title)
def test_a_good_adapter_passes(promise):
    good = open_codes.Open if title(promise) == CHOICES else broken.Good
    assert tried(promise, small(good)).state == "ok"


@pytest.mark.parametrize(("cls", "name", "reason"), BROKEN, ids=lambda value: getattr(value, "__name__", ""))
def test_a_broken_promise_is_caught(cls, name, reason):
    verdict = tried(NAMES[name], small(cls))
    assert verdict.state == "failed"
    assert re.search(reason, verdict.reason), verdict.reason


def test_graph_breaks_are_counted():
    assert tried(NAMES["it compiles"], small(broken.Good)).reason == "no graph breaks"
    assert tried(NAMES["it compiles"], small(broken.BreaksItsGraph)).reason.startswith("encode in 2 graphs")


def test_what_an_adapter_raises_is_let_through_where_a_traceback_is_wanted(monkeypatch):
    monkeypatch.setenv("DIFFREP_TRACEBACK", "1")
    with pytest.raises(RuntimeError, match="a bug"):
        tried(NAMES["same seed same loss"], small(broken.NoTensorAtAll))


def test_a_method_without_a_loss_need_not_keep_promises_of_steps(random_row):
    verdicts = {name: tried(promise, random_row) for name, promise in NAMES.items()}
    states = {name: verdict.state for name, verdict in verdicts.items()}
    assert states == {
        **dict.fromkeys(NAMES, "ok"),
        **dict.fromkeys(
            (
                "shapes of images",
                "parts lie within the code",
                CHOICES,
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
    return subject(PARAMS, "random", None, SIDE, STEPS)


def test_an_autoencoder_with_more_code_vectors_than_its_images_have_places():
    assert tried(PROMISES[0], subject(PARAMS, "encdiff_latent", None, 8, STEPS)).state == "ok"


@pytest.mark.parametrize(("name", "code_dim"), [("pca", 100), ("ddae", 32)])
def test_a_closed_form_sees_more_images_than_its_code_has_dims(name, code_dim):
    row = subject(PARAMS, name, None, SIDE, STEPS)
    row.given["code_dim"] = code_dim
    others = [promise for called, promise in NAMES.items() if called != "it compiles"]  # that its row has done
    verdicts = [tried(promise, row) for promise in others]
    assert [verdict.reason for verdict in verdicts if verdict.state == "failed"] == []


def test_a_method_in_latents_that_does_not_use_its_code(monkeypatch):
    monkeypatch.setattr(
        EncDiff, "clean", lambda self, noisy, timesteps, codes: clean(self, noisy, timesteps, codes * 0)
    )
    verdict = tried(NAMES["the code is used"], subject(PARAMS, "encdiff_latent", None, SIDE, 1))
    assert verdict.state == "failed"
    assert re.search("^denoised at t = 950, .*; decoded, .*, after 1 steps$", verdict.reason), verdict.reason
