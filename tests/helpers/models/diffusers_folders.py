"""Base models as others publish them: UNet2DModels of every published layout, small, saved as they are on disk."""

import json
from pathlib import Path
from typing import Any

import torch
from diffusers import DDPMScheduler, UNet2DModel

SMALL = {"sample_size": 16, "norm_num_groups": 4, "layers_per_block": 1}
OF_2022 = {  # google/ddpm-*: keys and values as their config.json has them
    "_class_name": "UNet2DModel",
    "_diffusers_version": "0.0.4",
    "act_fn": "silu",
    "attention_head_dim": None,
    "center_input_sample": False,
    "downsample_padding": 0,
    "flip_sin_to_cos": False,
    "freq_shift": 1,
    "in_channels": 3,
    "layers_per_block": 2,
    "mid_block_scale_factor": 1,
    "norm_eps": 1e-6,
    "norm_num_groups": 4,
    "out_channels": 3,
    "sample_size": 16,
    "time_embedding_type": "positional",
}
SIX = ["DownBlock2D"] * 4 + ["AttnDownBlock2D", "DownBlock2D"], ["UpBlock2D", "AttnUpBlock2D"] + ["UpBlock2D"] * 4
LAYOUTS: dict[str, dict[str, Any]] = {
    "google/ddpm-cifar10-32": OF_2022
    | {
        "block_out_channels": [8, 16, 16, 16],
        "down_block_types": ["DownBlock2D", "AttnDownBlock2D", "DownBlock2D", "DownBlock2D"],
        "up_block_types": ["UpBlock2D", "UpBlock2D", "AttnUpBlock2D", "UpBlock2D"],
    },
    "google/ddpm-*-256": OF_2022
    | {
        "sample_size": 32,
        "block_out_channels": [8, 8, 16, 16, 24, 24],
        "down_block_types": SIX[0],
        "up_block_types": SIX[1],
    },
    "diffusers' own training script": SMALL
    | {
        "sample_size": 32,
        "block_out_channels": [8, 8, 16, 16, 24, 24],
        "down_block_types": SIX[0],
        "up_block_types": SIX[1],
    },
    "heads, one-sided padding, scale and shift, no norm of the middle's attention": SMALL
    | {
        "block_out_channels": [8, 16],
        "down_block_types": ["DownBlock2D", "AttnDownBlock2D"],
        "up_block_types": ["AttnUpBlock2D", "UpBlock2D"],
        "attention_head_dim": 4,
        "downsample_padding": 0,
        "resnet_time_scale_shift": "scale_shift",
    },
    "residual blocks that resample, time added, no attention at all": SMALL
    | {
        "block_out_channels": [8, 16],
        "down_block_types": ["ResnetDownsampleBlock2D", "DownBlock2D"],
        "up_block_types": ["UpBlock2D", "ResnetUpsampleBlock2D"],
        "add_attention": False,
        "norm_eps": 1e-3,
    },
    "attention with residual blocks that resample, a wide time embedding": SMALL
    | {
        "block_out_channels": [8, 16],
        "down_block_types": ["AttnDownBlock2D", "AttnDownBlock2D"],
        "up_block_types": ["AttnUpBlock2D", "AttnUpBlock2D"],
        "downsample_type": "resnet",
        "upsample_type": "resnet",
        "time_embedding_dim": 24,
        "attn_norm_num_groups": 2,
    },
}
CIFAR = LAYOUTS["google/ddpm-cifar10-32"]
OLD_NAMES = {"to_q.": "query.", "to_k.": "key.", "to_v.": "value.", "to_out.0.": "proj_attn."}
PROCESS = {  # scheduler_config.json of google/ddpm-cifar10-32
    "_class_name": "DDPMScheduler",
    "_diffusers_version": "0.1.1",
    "beta_end": 0.02,
    "beta_schedule": "linear",
    "beta_start": 0.0001,
    "clip_sample": True,
    "num_train_timesteps": 1000,
    "trained_betas": None,
    "variance_type": "fixed_large",
}


def model(config: dict[str, Any] = CIFAR) -> Any:
    """A UNet2DModel of a layout with weights that are all other than fresh ones."""
    torch.manual_seed(0)
    unet = UNet2DModel(**{key: value for key, value in config.items() if not key.startswith("_")}).eval()
    for parameter in unet.parameters():
        parameter.data += 0.05 * torch.randn_like(parameter)
    return unet


def of_2022(folder: Path, config: dict[str, Any] = CIFAR, **process: Any) -> Any:
    """A repository as it was in July 2022 in `folder`: all at its root, a pickle with old names; the model in it."""
    unet = model(config)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model_index.json").write_text(json.dumps({"_class_name": "DDPM", "_module": "modeling_ddpm.py"}))
    (folder / "config.json").write_text(json.dumps({"_class_name": "UNet2DModel"} | config))
    (folder / "scheduler_config.json").write_text(json.dumps(PROCESS | process))
    torch.save({old_name(name): value for name, value in unet.state_dict().items()}, folder / WEIGHTS_OF_2022)
    return unet


WEIGHTS_OF_2022 = "diffusion_pytorch_model.bin"


def old_name(name: str) -> str:
    """What a tensor of an attention was called before diffusers joined its classes."""
    for new, old in OLD_NAMES.items():
        name = name.replace(new, old)
    return name


def pipeline(folder: Path, config: dict[str, Any] = CIFAR, **process: Any) -> Any:
    """A whole pipeline as diffusers saves one today, in `folder`; the model in it."""
    unet = model(config)
    unet.save_pretrained(folder / "unet")
    DDPMScheduler(**process).save_pretrained(folder / "scheduler")
    return unet


def edit(path: Path, **changes: Any) -> None:
    """Change keys of a JSON file."""
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
