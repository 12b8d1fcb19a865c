"""DiTi: PDAE's decoder sees the code open block by block, fine detail at small t, everything at t = 999.

Yue et al. 2024, arXiv:2401.11430; reference: yue-zhongqi/diti. At the published settings (published.yaml) exactly that
loss, network and sampler. Here, unlike there: images are not flipped at random in training, mask indices in integers,
tables in float64, no self-supervised branch (its published weight is 0), learning rate not scaled with the number of
devices, no ProMask (a mask over the code, learned for one attribute); unguided steps use the frozen DPM alone (there,
the shift by a zero code); and, each behind a named parameter, what PDAE's adapter also lists, `blocks` other than 64
and `sampler`.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from diffrep.methods.shared.choice import one_of
from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.methods.shared.denoisers.shifted_dpm import ShiftedDPM
from diffrep.methods.shared.networks.encoder import Encoder
from diffrep.methods.shared.partition import Partition
from diffrep.methods.shared.process.sampler import SAMPLERS, Step

MODES = ("base", "stop_grad", "dual")


class DiTi(nn.Module):
    """Encoder, and a gradient estimator that is told only the blocks of the code that are open at t.

    code_dim           size of the code z
    blocks             parts of the code and of the time axis; 64 as published, 1 makes it PDAE
    partition          "balanced" or "unequal" blocks, see block_ends
    mode               "base": all open dims learn; "stop_grad": the newest block learns, earlier ones are only
                       shown to the decoder; "dual": the sum of both losses
    sampler            a name of SAMPLERS; "diti" as published
    encoder_channels, encoder_attention   see Encoder
    code_scale         factor on the encoder's output; 1.0 as published
    dropout, feature_gate, code_map, timestep_sampling, loss_weight   see ShiftedDPM
    """

    needs = ("base",)
    cannot: dict[str, str] = {}  # noqa: RUF012

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        base: BaseDPM,
        *,
        code_dim: int,
        blocks: int,
        partition: str,
        mode: str,
        sampler: str,
        encoder_channels: Sequence[int],
        encoder_attention: int | None,
        code_scale: float,
        dropout: float,
        feature_gate: str,
        code_map: bool,
        timestep_sampling: str,
        loss_weight: str,
    ) -> None:
        super().__init__()
        one_of("mode", mode, MODES)
        one_of("sampler", sampler, SAMPLERS)
        self.mode = mode
        self.sampler = sampler
        self.code_scale = code_scale
        self.partition = Partition(code_dim, blocks, partition)
        self.parts = self.partition.parts()
        self.encoder = Encoder(image_shape, code_dim, channels=encoder_channels, attention=encoder_attention)
        self.decoder = ShiftedDPM(
            base,
            code_dim=code_dim,
            dropout=dropout,
            feature_gate=feature_gate,
            code_map=code_map,
            timestep_sampling=timestep_sampling,
            loss_weight=loss_weight,
        )

    def encode(self, images: Tensor) -> dict[str, Tensor]:
        """[n, c, h, w] in [-1, 1] -> {"z": [n, code_dim]}: the whole code, nothing masked."""
        return {"z": self.code_scale * self.encoder(images)}

    def loss(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """PDAE's loss given c instead of z; in "dual" mode both losses on the same times and noise."""
        draw = self.decoder.draw(images, generator)
        codes = self.encode(images)["z"]
        losses = []
        if self.mode in ("base", "dual"):
            losses.append(self.decoder.loss(draw, self.mask(codes, draw.timesteps)))
        if self.mode in ("stop_grad", "dual"):
            losses.append(self.decoder.loss(draw, self.mask_stopped(codes, draw.timesteps)))
        return torch.stack(losses).sum()

    def mask(self, codes: Tensor, timesteps: Tensor) -> Tensor:
        """c = m z: the blocks open at `timesteps` [n], zeros elsewhere; codes [n, code_dim]."""
        return codes * self.partition.opened[self.partition.index(timesteps)]

    def mask_stopped(self, codes: Tensor, timesteps: Tensor) -> Tensor:
        """c = stopgrad(z) r + z b: the values of `mask`, but only the newest block sends a gradient to z."""
        newest = self.partition.index(timesteps)
        return codes.detach() * self.partition.earlier[newest] + codes * self.partition.current[newest]

    def noised(self, images: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        """The states x_t of `images` at `timesteps` int64 [n]; noise [n, c, h, w] ~ N(0, 1)."""
        return self.decoder.schedule.add_noise(images, noise, timesteps)

    def denoise(self, noisy: Tensor, timesteps: Tensor, codes: Tensor) -> Tensor:
        """The images [n, c, h, w] seen in the states `noisy`, given codes [n, code_dim], masked; not clamped."""
        return self.decoder.denoise(noisy, timesteps, self.mask(codes, timesteps))

    def decode(self, codes: Tensor, start: Tensor, *, steps: int, stop: float = 0.0) -> Tensor:
        """Deterministic DDIM from `start` [n, c, h, w] ~ N(0, 1) to images, not clamped, masking as in training.

        codes  [n, code_dim]
        steps  transitions, 1 to 1000
        stop   fraction, at the end, that the code does not guide
        """
        path = SAMPLERS[self.sampler].decoding(self.decoder.schedule.alphas_cumprod, steps, stop)
        return self.travel(start, path, codes)

    def invert(self, images: Tensor, codes: Tensor, *, steps: int) -> Tensor:
        """The start [n, c, h, w] from which `decode` with these codes comes back to about `images` in [-1, 1]."""
        path = SAMPLERS[self.sampler].inversion(self.decoder.schedule.alphas_cumprod, steps)
        return self.travel(images, path, codes)

    def travel(self, state: Tensor, path: Sequence[Step], codes: Tensor) -> Tensor:
        """Carry `state` [n, c, h, w] along a DDIM path, given codes [n, code_dim], masked at each time anew."""
        masked = lambda timesteps: self.mask(codes, timesteps)  # noqa: E731
        return self.decoder.travel(state, path, masked, clamps=SAMPLERS[self.sampler].clamps)
