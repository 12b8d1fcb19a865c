"""Files in the outer layout of the releases, ugly parts included: what the authors' trainers write around weights."""

import torch


class ModelCheckpoint:
    """As Lightning's: files before 1.5 key their callbacks by the class itself."""


class TrainConfig:
    """As Diff-AE's configuration, which stands among the hyper-parameters as an object."""

    def __init__(self):
        self.name = "ffhq128_autoenc"


def raw(state):
    """Other numbers of the same shapes: the weights that were not averaged."""
    return {name: value + 1 for name, value in state.items()}


def optimiser(state):
    return {"state": {0: {"step": 3, "exp_avg": next(iter(state.values())).clone()}}, "param_groups": [{"lr": 1e-4}]}


def pdae(encoder, decoder, path):
    both = {"encoder": encoder.state_dict(), "decoder": decoder.state_dict()}
    content = {"step": 500_000}
    for part, state in both.items():
        content |= {part: raw(state), f"ema_{part}": state}
    content |= {"optimizer": optimiser(encoder.state_dict()), "scaler": {"scale": 65536.0, "_growth_tracker": 7}}
    torch.save(content, path)
    return path


def pdae_dpm(unet, path):
    torch.save({"step": 1, "denoise_fn": raw(unet), "ema_denoise_fn": unet, "optimizer": optimiser(unet)}, path)
    return path


def lightning(state, path, **more):
    content = {
        "epoch": 3,
        "global_step": 1,
        "pytorch-lightning_version": "1.4.5",
        "state_dict": state,
        "callbacks": {ModelCheckpoint: {"monitor": "loss", "best_model_path": "last.ckpt"}},
        "optimizer_states": [optimiser(state)],
        "lr_schedulers": [],
        "hparams_name": "conf",
        "hyper_parameters": {"conf": TrainConfig()},
        **more,
    }
    torch.save(content, path)
    return path


def diffae(network, side, path, **more):
    state = network.state_dict()
    whole = {f"model.{name}": value for name, value in raw(state).items()}
    whole |= {f"ema_model.{name}": value for name, value in state.items()}
    return lightning({"x_T": torch.randn(4, 3, side, side), **whole, **more}, path)


def ldm_vq(network, path):
    """A file of latent diffusion's autoencoder: its discriminator and LPIPS are larger than the model."""
    loss = {
        "loss.discriminator.main.0.weight": torch.randn(8, 3, 4, 4),
        "loss.perceptual_loss.lin0.model.1.weight": torch.ones(3),
    }
    return lightning(network.state_dict() | loss, path)


def encdiff(unet, condition, first_stage, betas, path, scale=2.5):
    """A file of EncDiff's code: averages without dots, schedule buffers, the latents' factor a buffer."""
    names = {name: value for name, value in unet.state_dict().items()}
    state = {f"model.diffusion_model.{name}": value for name, value in raw(names).items()}
    state |= {f"model_ema.diffusion_model{name.replace('.', '')}": value for name, value in names.items()}
    state |= {"model_ema.decay": torch.tensor(0.9999), "model_ema.num_updates": torch.tensor(37_500, dtype=torch.int32)}
    state |= {f"cond_stage_model.{name}": value for name, value in condition.state_dict().items()}
    state |= {f"first_stage_model.{name}": value for name, value in first_stage.state_dict().items()}
    state |= {"first_stage_model.loss.discriminator.main.0.weight": torch.randn(8, 3, 4, 4)}
    tables = {"betas": betas.float(), "alphas_cumprod": (1 - betas).cumprod(0).float(), "logvar": torch.zeros(1000)}
    return lightning({**tables, **state, "scale_factor": torch.tensor(scale)}, path)


def dbae(network, path):
    """A file of DBAE's release: averaged parameters, and buffers as they are, in one bare dict."""
    torch.save(dict(network.state_dict()), path)
    return path
