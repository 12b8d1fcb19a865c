"""Control: the encoder of the trained methods, untrained. What it scores, architecture alone gives."""

from torch import Tensor, nn

from diffrep.methods.shared.networks.encoder import Encoder, EncoderSettings
from diffrep.methods.shared.part import Part


class RandomEncoder(nn.Module):
    """Encoder with its starting weights: no loss, no fit, no decoder.

    code_dim  size of the code z
    """

    needs: tuple[str, ...] = ()
    parts: list[Part] = []  # noqa: RUF012
    cannot = {  # noqa: RUF012
        "decode": "an untrained encoder decodes nothing",
        "invert": "an untrained encoder decodes nothing",
        "denoise": "an untrained encoder decodes nothing",
    }

    def __init__(self, image_shape: tuple[int, int, int], *, code_dim: int, encoder: EncoderSettings) -> None:
        super().__init__()
        self.encoder = Encoder(image_shape, code_dim, encoder)

    def encode(self, images: Tensor) -> dict[str, Tensor]:
        """[n, c, h, w] in [-1, 1] -> {"z": [n, code_dim]}."""
        return {"z": self.encoder(images)}
