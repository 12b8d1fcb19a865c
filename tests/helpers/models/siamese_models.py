"""DiffSiam, its parents and SimSiam at toy sizes, with equal weights where they share parts."""

import torch
from sections import built, nested

from diffrep.methods.diffsiam import DiffSiam
from diffrep.methods.diti import DiTi
from diffrep.methods.pdae import PDAE
from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.methods.shared.process.schedule import Schedule
from diffrep.methods.simsiam import SimSiam
from diffrep.pipelines.trained.given import drawn_loss

SCHEDULE = Schedule()
SHAPE = (3, 16, 16)
VIEWS = {"flip": 0.5, "jitter": 0.8, "brightness": 0.4, "contrast": 0.4, "saturation": 0.4, "hue": 0.1}
VIEWS |= {"grey": 0.2, "blur": 0.5}
ENCODER = {"code_dim": 8, "encoder": {"kind": "conv", "channels": [32, 32], "attention": None}}
DECODER = {"dropout": 0.0, "feature_gate": "none", "code_map": False}
DECODER |= {"timestep_sampling": "uniform", "loss_weight": "lambda"}
BLOCKS = {"count": 4, "partition": "balanced", "order": "rising", "mode": "base"}
HEADS = {"head_width": 16, "views": VIEWS}
SIAM = {"weight": 0.01, "weight_on": "encoder", "kind": "simsiam", "view": "clean", "mask": "none"}
SHIFTED = ENCODER | {"code_scale": 1.0, "decoder": DECODER}
OPENING = SHIFTED | {"blocks": BLOCKS, "sampler": "pdae"}
SECTIONS = {
    PDAE: SHIFTED,
    DiTi: OPENING,
    DiffSiam: OPENING | {"diff_weight": 1.0, "siam": SIAM | HEADS},
    SimSiam: ENCODER | HEADS,
}
NETWORK = {"channels": [32, 32], "layers": 1, "attention_levels": [], "norm_groups": 16, "dropout": 0.0}


def build(method=DiffSiam, stirred=True, shape=SHAPE, **changes):
    torch.manual_seed(0)
    base = built(BaseDPM, shape, network=NETWORK | {"patch": 1, "prediction_type": "epsilon"})
    stir(base)
    torch.manual_seed(1)
    model = built(method, shape, *([base] if method.needs else []), **nested(SECTIONS[method], changes))
    if stirred and method.needs:
        stir(model.decoder)
    return model


def stir(module):
    """Away from the zeros that a fresh network ends in."""
    generator = torch.Generator().manual_seed(2)
    for parameter in module.parameters():
        parameter.data += 0.05 * torch.randn(parameter.shape, generator=generator)


def images(count=8):
    return torch.rand(count, *SHAPE, generator=seeded(3)) * 2 - 1


def seeded(seed=4):
    return torch.Generator().manual_seed(seed)


def total(model, generator=None):
    value = drawn_loss(model, (images(),), generator or seeded())
    return value["loss"] if isinstance(value, dict) else value


def gradients(model, loss=total):
    """{name: gradient} of what learned."""
    model.zero_grad()
    loss(model).backward()
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None and p.grad.any()}


def assert_same(ours, theirs):
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def of_encoder(found):
    return {name: value for name, value in found.items() if name.startswith("encoder.")}


def of_heads(found):
    return {name: value for name, value in found.items() if name.startswith("heads.")}


def seen_by_heads(model, generator):
    """The two inputs of the heads in one loss."""
    seen = []
    model.heads.register_forward_pre_hook(lambda module, inputs: seen.extend(inputs))
    drawn_loss(model, (images(),), generator)
    return seen


def seen_by_encoder(model, generator):
    """Every input of the encoder in one loss."""
    seen = []
    model.encoder.register_forward_pre_hook(lambda module, inputs: seen.extend(inputs))
    drawn_loss(model, (images(),), generator)
    return seen
