"""A base model that others trained, as tests import it."""

import os

import pytest

from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.pipelines.core.arguments import arguments
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.trained.imported import load_weights, network_settings

SHAPE = (3, 16, 16)
PICKLE = "diffusion_pytorch_model.bin"
TENSORS = "diffusion_pytorch_model.safetensors"


class Hostile:
    """Makes a folder when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("executed",)


def imported(source, shape=SHAPE):
    given = arguments(BaseDPM, "base", {"network": network_settings(str(source))})
    network = BaseDPM(shape, **given).eval()
    load_weights(network.unet, str(source))
    return network


def told(source) -> str:
    """The line that says why there is no such model."""
    with pytest.raises(UserError) as caught:
        imported(source)
    return str(caught.value)
