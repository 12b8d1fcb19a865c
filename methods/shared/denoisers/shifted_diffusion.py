"""What methods on a frozen, shifted DPM share beside their losses: PDAE, and what stands on its mathematics."""

from torch import Tensor, nn

from diffrep.methods.shared.denoisers.shifted_dpm import ShiftedDPM
from diffrep.methods.shared.process.diffusion import Diffusion
from diffrep.methods.shared.process.parametrisation import Parametrisation
from diffrep.methods.shared.process.schedule import TimestepSampling


class ShiftedDiffusion(Diffusion):
    """An encoder, and a decoder that shifts the base model by the code.

    code_scale  factor on the encoder's output
    """

    needs = ("base",)
    cannot: dict[str, str] = {}  # noqa: RUF012
    encoder: nn.Module
    decoder: ShiftedDPM
    code_scale: float

    @property
    def parametrisation(self) -> Parametrisation:  # type: ignore[override]
        """The base's own; a property, since `train()` would take what is registered here too out of eval mode."""
        return self.decoder.base.parametrisation

    @property
    def timestep_sampling(self) -> TimestepSampling:  # type: ignore[override]
        """The decoder's own."""
        return self.decoder.settings.timestep_sampling

    def encode(self, images: Tensor) -> dict[str, Tensor]:
        """[n, c, h, w] in [-1, 1] -> {"z": [n, code_dim]}: the whole code."""
        return {"z": self.code_scale * self.encoder(images)}

    def predict(self, noisy: Tensor, timesteps: Tensor, codes: Tensor | None) -> Tensor:
        """The shifted prediction [n, c, h, w]; given no codes, the base's own."""
        return self.decoder.predict(noisy, timesteps, codes)

    def decode(self, codes: Tensor, start: Tensor, *, steps: int, stop: float = 0.0) -> Tensor:
        """Deterministic DDIM from `start` [n, c, h, w] ~ N(0, 1) to images, not clamped; same arguments, same images.

        codes  [n, code_dim]
        steps  transitions of the sampler's grid, 1 to 1000
        stop   fraction, at the end, that the code does not guide
        """
        return self.travel(start, self.sampler.decoding(self.schedule.alphas_cumprod, steps, stop), codes)
