"""What settings of a U-Net fit each other and the image."""

from dataclasses import replace

import pytest

from diffrep.methods.shared.networks.unet import UNetSettings

SETTINGS = UNetSettings((32, 64), 1, (1,), 16, 0.0, 2, "epsilon")


def test_settings_that_fit():
    SETTINGS.check((3, 16, 20))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"channels": ()}, r"channels=\[\]: give at least one width, each at least 1"),
        ({"channels": (0,)}, r"channels=\[0\]: give at least one width"),
        ({"channels": (32, 40)}, r"channels=\[32, 40\]: every width must be a multiple of norm_groups=16"),
        ({"channels": (32,) * 4}, "cannot be cut by patch=2 and halved 3 times: give sides that are multiples of 16"),
        ({"layers": 0}, "layers=0: a resolution has at least 1 block"),
        ({"norm_groups": 0}, "norm_groups=0: must be at least 1"),
        ({"patch": 0}, "patch=0: must be at least 1"),
        ({"attention_levels": (0, 2)}, r"attention_levels=\[0, 2\]: there are levels 0 to 1"),
    ],
)
def test_settings_that_do_not(changes, message):
    with pytest.raises(ValueError, match=message):
        replace(SETTINGS, **changes).check((3, 16, 20))
