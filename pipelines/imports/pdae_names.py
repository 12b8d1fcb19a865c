"""How PDAE's files name its encoder and its gradient estimator.

Zhang et al. 2022, arXiv:2212.12990; reference: ckczzj/PDAE, model/. The encoder is one sequence there as here; the
estimator's blocks are those of the frozen network's middle and way up, each with one map of the code more.
"""

import re

from diffrep.pipelines.imports.gathering import Source
from diffrep.pipelines.imports.guided_names import GuidedNames, attention, residual

ENCODER_HEADS = 4
OUTER = {"code": "label_emb", "norm_out": "shift_out.0", "conv_out": "shift_out.2"}
MIDDLE = re.compile(r"middle\.(\d)\.(.+)")
UP = re.compile(r"up\.(\d+)\.(?:(blocks|attentions)\.(\d+)|upsampler)\.(.+)")
AS_DIFFUSERS = {"blocks": "resnets", "attentions": "attentions", None: "upsamplers"}


def of_encoder(name: str) -> Source:
    """Where a tensor of Encoder stands, of "layers.7.to_q.weight" and the like."""
    _, i, inside = name.split(".", 2)
    found = Source(inside) if "." not in inside else attention(inside, heads=ENCODER_HEADS)
    return found.under(f"encoder.{i}.")


def of_estimator(name: str, names: GuidedNames) -> Source:
    """Where a tensor of GradientEstimator stands; `names` are those of the frozen network."""
    module, _, kind = name.rpartition(".")
    if module in OUTER:
        return Source(f"{OUTER[module]}.{kind}")
    if found := MIDDLE.fullmatch(name):
        inside = attention(found[2], heads=1) if found[1] == "1" else residual(found[2])
        return inside.under(f"shift_middle_block.{found[1]}.")
    found = UP.fullmatch(name)
    if found is None:
        raise ValueError(f"{name} is no tensor of the published estimator")
    level, kind_of_module, i = int(found[1]), AS_DIFFUSERS[found[2]], int(found[3] or names.layers)
    inside = attention(found[4], heads=1) if kind_of_module == "attentions" else residual(found[4])
    return inside.under(f"shift_output_blocks.{names.block(level, i)}.{names.up_place(level, kind_of_module)}.")
