"""DBAE's networks and its bridge, written from their formulas, under the names of its files."""

import warnings
from itertools import pairwise

import torch
from official_guided import Attention, HalfUNet, UNet, run, time_features
from torch import nn

GROWTH = {4: 16, 8: 8, 16: 4, 32: 2, 64: 2, 128: 1, 256: 0.5}  # widths of the generator's maps


def spectral(layer):
    """torch's first spectral norm, which files hold unrolled: weight_orig, weight_u, weight_v."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return nn.utils.spectral_norm(layer)


class Up(nn.Sequential):
    def __init__(self, before, after):
        convolution = spectral(nn.Conv2d(before, 2 * after, 3, padding=1, bias=False))
        super().__init__(nn.Upsample(scale_factor=2), convolution, nn.BatchNorm2d(2 * after))

    def forward(self, x):
        value, gate = super().forward(x).chunk(2, dim=1)
        return value * gate.sigmoid()


class First(nn.Module):
    def __init__(self, code, width):
        super().__init__()
        convolution = spectral(nn.ConvTranspose2d(code, 2 * width, 4, bias=False))
        self.init = nn.Sequential(convolution, nn.BatchNorm2d(2 * width))

    def forward(self, z):
        value, gate = self.init(z[:, :, None, None]).chunk(2, dim=1)
        return value * gate.sigmoid()


class Excite(nn.Module):
    def __init__(self, coarse, fine):
        super().__init__()
        first, second = (spectral(nn.Conv2d(b, fine, side, bias=False)) for b, side in ((coarse, 4), (fine, 1)))
        self.main = nn.Sequential(nn.AdaptiveAvgPool2d(4), first, nn.SiLU(), second, nn.Sigmoid())

    def forward(self, coarse, fine):
        return fine * self.main(coarse)


class Generator(nn.Module):
    """Of images of 64 or 128 pixels; the block to 256 stands in every file and does nothing."""

    def __init__(self, code, side, width=64, depth=3):
        super().__init__()
        self.side, maps = side, {size: int(factor * width) for size, factor in GROWTH.items()}
        self.init = First(code, maps[4])
        for size in (8, 16, 32, 64, *([128] if side == 128 else []), 256):
            self.add_module(f"feat_{size}", Up(maps[size // 2], maps[size]))
        self.se_64 = Excite(maps[4], maps[64])
        if side == 128:
            self.se_128 = Excite(maps[8], maps[128])
        self.add_module(f"to_{side}", spectral(nn.Conv2d(maps[side], depth, 1, bias=False)))

    def forward(self, z):
        h4 = self.init(z)
        h8 = self.feat_8(h4)
        h = self.se_64(h4, self.feat_64(self.feat_32(self.feat_16(h8))))
        if self.side == 64:
            return self.to_64(h)
        return self.to_128(self.se_128(h8, self.feat_128(h)))


class DBAE(UNet):
    """The denoiser with the encoder and the generator below it, as one state dict."""

    def __init__(
        self, widths, attends, encoder_widths, encoder_attends, *, code, side, head, generator=64, sto=True, layers=2
    ):
        self.attention = lambda width: Attention(width, heads=width // head)
        super().__init__(widths, attends, layers=layers)
        self.input_blocks[0][0] = nn.Conv2d(6, widths[0], 3, padding=1)
        self.label_emb = nn.Linear(code, self.embedding)
        self.encoder = HalfUNet(encoder_widths, encoder_attends, 2 * code if sto else code)
        self.decoder = Generator(code, side, generator)

    def told(self, x, ends, t, z):
        """F of a scaled state beside its endpoint; t as the network is told it."""
        emb = self.time_embed(time_features(t, self.width).to(z.dtype)) + self.label_emb(z)
        kept = self.down(torch.cat([x, ends], dim=1), emb)
        h = run(self.middle_block, kept[-1], emb)
        for block in self.output_blocks:
            h = run(block, torch.cat([h, kept.pop()], dim=1), emb)
        return self.out(h)

    def denoise(self, x, ends, t, z):
        """D of states at times t in (0, 1]."""
        inner, skip, out = (scale.to(x.dtype).view(-1, 1, 1, 1) for scale in scales(t))
        return skip * x + out * self.told(inner * x, ends, 250 * t.log().to(x.dtype), z)


def log_snr(t):
    return -torch.log((t**2 + 0.1 * t).exp() - 1)


def log_signal(t):
    return -0.5 * t**2 - 0.05 * t


def share(t):
    """a, b and c of x_t = a x_T + b x_0 + sqrt(c) noise."""
    t = torch.as_tensor(t, dtype=torch.float64)
    one = torch.ones_like(t)
    r = log_snr(one) - log_snr(t)
    a = (r + log_signal(t) - log_signal(one)).exp()
    return a, (1 - r.exp()) * log_signal(t).exp(), (1 - r.exp()) * (2 * log_signal(t) - log_snr(t)).exp()


def scales(t):
    """c_in, c_skip, c_out."""
    a, b, c = share(t)
    total = a**2 / 4 + b**2 / 4 + c
    return total**-0.5, b / (4 * total), (a**2 / 16 + c / 4).sqrt() / total.sqrt()


def velocity(x, ends, x0, t, stochastic):
    """dx/dt, and g squared."""
    one = torch.ones((), dtype=torch.float64)
    t = torch.as_tensor(t, dtype=torch.float64)
    a, b, _ = share(t)
    deviation = ((t**2 + 0.1 * t).exp() - 1).sqrt()  # of the noise beside a signal of 1
    slope = 0.5 * (0.1 + 2 * t) * (deviation + 1 / deviation)
    signal = (1 + deviation**2).rsqrt()
    variance = (deviation * signal) ** 2
    r = log_snr(one) - log_snr(t)
    to_image = -(x - (a * ends + b * x0)) / (variance * (1 - r.exp()))
    to_end = -(x - (log_signal(t) - log_signal(one)).exp() * ends) / (variance * ((-r).exp() - 1))
    g2 = 2 * signal**2 * deviation * slope
    falling = -deviation * slope * signal**3 / signal
    return falling * x - g2 * ((1.0 if stochastic else 0.5) * to_image - to_end), g2


def times(steps):
    ramp = torch.linspace(0, 1, steps, dtype=torch.float64)
    first, last = 0.9999 ** (1 / 7), 1e-4 ** (1 / 7)
    return [*((first + ramp * (last - first)) ** 7), torch.zeros((), dtype=torch.float64)]


def sample(denoise, ends, steps, churn=0.0, fresh=None):
    """Euler's steps, each after a part of it with fresh noise if there is churn."""
    x, path = ends, times(steps)
    for i in range(steps):
        now, then = path[i], path[i + 1]
        middle = now + churn * (then - now)
        if churn:
            slope, g2 = velocity(x, ends, denoise(x, now).clamp(-1, 1), now, True)
            x = x + slope * (middle - now) + (now - middle).sqrt() * g2.sqrt() * fresh[i]
        x = x + velocity(x, ends, denoise(x, middle).clamp(-1, 1), middle, False)[0] * (then - middle)
    return x


def soft(x):
    return 5 * torch.tanh(x / 5)


def spread_of(log_deviation):
    return soft(log_deviation).exp() + 0.01


def seen(network, x, ends, t, z):
    """D at one time of all states."""
    return network.denoise(x, ends, torch.full((len(x),), float(t), dtype=torch.float64), z)


def count_of_generator(code, channels, side_of_first=4, depth=3):
    """Its parameters, by arithmetic."""
    total = code * 2 * channels[0] * side_of_first**2 + 4 * channels[0]
    total += sum(before * 2 * after * 9 + 4 * after for before, after in pairwise(channels))
    total += sum(coarse * fine * 16 + fine * fine for coarse, fine in zip(channels, channels[4:], strict=False))
    return total + channels[-1] * depth
