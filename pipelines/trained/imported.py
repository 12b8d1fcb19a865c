"""A base model that others trained, as a BaseDPM: what its files say, held against what the suite can compute."""

import inspect
from pathlib import Path
from textwrap import shorten
from typing import Any, get_args

import torch
from diffusers import DDPMScheduler, UNet2DModel

from diffrep.methods.shared.denoisers.diffusers_network import expect_usable
from diffrep.methods.shared.process.parametrisation import PredictionType
from diffrep.methods.shared.process.schedule import TIMESTEPS, Betas, noise_shares
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import IMPORTED_BASE
from diffrep.pipelines.core.sections import Imported
from diffrep.pipelines.trained.source_files import CONFIGS, SCHEDULERS, WEIGHTS, folder_of, found, identity, read

CLOSE = 1e-6  # betas: diffusers keeps them in float32
DEFAULTS = {key: value.default for key, value in list(inspect.signature(UNet2DModel.__init__).parameters.items())[1:]}
OF_A_SCHEDULE = ("beta_start", "beta_end", "beta_schedule", "num_train_timesteps")


def record(params: Params) -> dict[str, Any]:
    """What a change of an imported base model shows in, and its name; empty for a trained one."""
    base = params.base
    return {"from": base.source, **identity(base.source)} if isinstance(base, Imported) else {}


def expect_recorded(params: Params) -> dict[str, Any]:
    """`record` of the imported base model; UserError where the stage `code` has seen others."""
    now = record(params)
    if now != read_json(IMPORTED_BASE):
        raise UserError(f"base.from: the files of {now['from']} are not those that diffrep code has seen: run it again")
    return now


def network_settings(source: str) -> dict[str, Any]:
    """The section `network` of a BaseDPM, as the files at `source` have it; UserError for what it cannot be."""
    scheduler = found(source, SCHEDULERS)
    process = read(scheduler)
    return {
        "kind": "diffusers",
        "unet": unet_arguments(found(source, CONFIGS)),
        "betas": betas_of(process, scheduler),
        "prediction_type": prediction_of(process, scheduler),
        "patch": patch_of(source),
    }


def unet_arguments(path: Path) -> dict[str, Any]:
    """All arguments of UNet2DModel, as a config.json has them; UserError names the first key that cannot be used."""
    config = read(path)
    name = config.get("_class_name")
    if name != "UNet2DModel":
        raise UserError(f"{path}: _class_name is {name!r}, where only 'UNet2DModel' can be used")
    own = {key: value for key, value in config.items() if not key.startswith("_")}
    if other := next((key for key in own if key not in DEFAULTS and own[key] is not None), None):
        raise UserError(f"{path}: {other} is {own[other]!r}, which no UNet2DModel of this diffusers has")
    unet = {key: own.get(key, default) for key, default in DEFAULTS.items()}
    try:
        expect_usable(unet)
    except ValueError as error:
        raise UserError(f"{path.parent}/{error}") from error
    expect_buildable(unet, path)
    return unet


def expect_buildable(unet: dict[str, Any], path: Path) -> None:
    """Raise UserError where diffusers makes no network of the arguments of UNet2DModel that the file at `path` has."""
    try:
        with torch.device("meta"):
            UNet2DModel(**unet)
    except (TypeError, ValueError, ArithmeticError, RuntimeError) as error:
        raise UserError(f"{path} describes no network that can be built: {reason(error)}") from error


def betas_of(process: dict[str, Any], path: Path) -> Betas:
    """Which of our schedules a scheduler_config.json describes; UserError where it is none of them."""
    if missing := next((key for key in OF_A_SCHEDULE if key not in process), None):
        raise UserError(f"{path}: no {missing}: it describes no process of {TIMESTEPS} steps that is known here")
    steps = process["num_train_timesteps"]
    if steps != TIMESTEPS:
        raise UserError(f"{path}: num_train_timesteps is {steps!r}, where only {TIMESTEPS} can be used")
    try:
        betas = DDPMScheduler.from_config(process).betas.double()  # type: ignore[attr-defined]
    except (NotImplementedError, TypeError, ValueError, RuntimeError) as error:
        raise UserError(f"{path}: beta_schedule: {error}") from error
    for name in get_args(Betas):
        if betas.shape == (TIMESTEPS,) and (betas - noise_shares(name)).abs().max() < CLOSE:
            return name
    told = f"{process['beta_schedule']!r} from {process['beta_start']} to {process['beta_end']}"
    raise UserError(f"{path}: beta_schedule is {told}, none of ours: methods/shared/process/schedule.py has them")


def prediction_of(process: dict[str, Any], path: Path) -> PredictionType:
    """What a scheduler_config.json says of the network's output; UserError where no method here takes it."""
    before = "epsilon" if process.get("predict_epsilon", True) else "sample"  # as it was called at first
    kind = process.get("prediction_type", before)
    if kind not in get_args(PredictionType):
        raise UserError(f"{path}: prediction_type is {kind!r}, where only 'epsilon' or 'sample' can be used")
    return kind


def patch_of(source: str) -> int:
    """The side of the pixel blocks that are folded before the network: 1, but for models that this suite has saved."""
    folder = folder_of(source)
    card = {} if folder is None or not (folder / "card.json").is_file() else read(folder / "card.json")
    network = card.get("network")
    return int(network.get("patch", 1)) if isinstance(network, dict) else 1


def load_weights(unet: Any, source: str) -> None:
    """Put the weights at `source` into a UNet2DModel, old names of attention too; UserError where they do not fit.

    Pickles are read as tensors alone: nothing in them is run.
    """
    path = found(source, WEIGHTS)
    try:
        saved, told = type(unet).from_pretrained(
            path.parent,
            use_safetensors=path.suffix == ".safetensors",
            low_cpu_mem_usage=False,
            torch_dtype=torch.float32,
            output_loading_info=True,
        )
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise UserError(
            f"{path} is cut off, or not the weights of its config.json: get it again ({reason(error)})"
        ) from error
    for words, names in {"lacks": told["missing_keys"], "has too much:": told["unexpected_keys"]}.items():
        if names:
            raise UserError(f"{path} {words} {min(names)}: get the weights that belong to its config.json")
    unet.load_state_dict(saved.state_dict())
    if broken := next((name for name, value in unet.state_dict().items() if not value.isfinite().all()), None):
        raise UserError(f"{path}: {broken} holds NaN or infinities: get the weights again")


def reason(error: BaseException) -> str:
    """The beginning of what an error of diffusers says, as one line."""
    return shorten(str(error), 200, placeholder=" ...")
