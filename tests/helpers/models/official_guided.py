"""The networks of PDAE's and Diff-AE's releases, written from their formulas, under the names of their files."""

import math

import torch
import torch.nn.functional as F
from torch import nn

GROUPS = 32


def norm(width):
    return nn.GroupNorm(GROUPS, width)


def time_features(t, width):
    """Cosines first, frequencies exp(-ln(1e4) i / half), of the raw integer t."""
    half = width // 2
    angles = t[:, None].float() * torch.exp(-math.log(10000) * torch.arange(half) / half)
    return torch.cat([angles.cos(), angles.sin()], dim=1)


class ResBlock(nn.Module):
    """told: None; "scale", Diff-AE's factor by the code; "shift", PDAE's second scale and shift."""

    def __init__(self, before, after, embedding, *, told=None, code=0, way=None):
        super().__init__()
        self.way, self.told = way, told
        self.in_layers = nn.Sequential(norm(before), nn.SiLU(), nn.Conv2d(before, after, 3, padding=1))
        self.emb_layers = nn.Sequential(nn.SiLU(), nn.Linear(embedding, 2 * after))
        if told == "scale":
            self.cond_emb_layers = nn.Sequential(nn.SiLU(), nn.Linear(code, after))
        if told == "shift":
            self.emb_z_layers = nn.Sequential(nn.SiLU(), nn.Linear(embedding, 2 * after))
        self.out_layers = nn.Sequential(norm(after), nn.SiLU(), nn.Dropout(0.1), nn.Conv2d(after, after, 3, padding=1))
        self.skip_connection = nn.Identity() if before == after else nn.Conv2d(before, after, 1)

    def resized(self, x):
        if self.way == "down":
            return F.avg_pool2d(x, 2)
        return F.interpolate(x, scale_factor=2) if self.way == "up" else x

    def forward(self, x, emb, z=None):
        h = self.in_layers[2](self.resized(F.silu(self.in_layers[0](x))))
        x = self.resized(x)
        scale, shift = self.emb_layers(emb)[..., None, None].chunk(2, dim=1)
        h = self.out_layers[0](h) * (1 + scale) + shift
        if self.told == "scale":
            h = h * (1 + self.cond_emb_layers(z)[..., None, None])
        if self.told == "shift":
            scale, shift = self.emb_z_layers(z)[..., None, None].chunk(2, dim=1)
            h = h * (1 + scale) + shift
        return self.skip_connection(x) + self.out_layers[3](F.silu(h))


class Attention(nn.Module):
    """Heads are split before queries, keys and values: the legacy order."""

    def __init__(self, width, heads=1):
        super().__init__()
        self.heads = heads
        self.norm = norm(width)
        self.qkv = nn.Conv1d(width, 3 * width, 1)
        self.proj_out = nn.Conv1d(width, width, 1)

    def forward(self, x, emb=None, z=None):
        n, c, *_sides = x.shape
        h = self.qkv(self.norm(x).flatten(2)).reshape(n * self.heads, -1, x[0, 0].numel())
        q, k, v = h.chunk(3, dim=1)
        weights = torch.softmax(torch.einsum("bct,bcs->bts", q, k) / math.sqrt(c // self.heads), dim=-1)
        h = torch.einsum("bts,bcs->bct", weights, v).reshape(n, c, -1)
        return x + self.proj_out(h).reshape(x.shape)


def run(block, x, emb, z=None):
    for layer in block:
        x = layer(x) if isinstance(layer, nn.Conv2d) else layer(x, emb, z)
    return x


class UNet(nn.Module):
    """attends: levels with attention, beside the middle's."""

    def __init__(self, widths, attends, *, layers=2, embedding=None, told=None, code=0, depth=3):
        super().__init__()
        self.embedding = embedding = embedding or 4 * widths[0]
        self.widths, self.attends, self.layers, self.width = widths, attends, layers, widths[0]
        maps = [nn.Linear(widths[0], embedding), nn.SiLU(), nn.Linear(embedding, embedding)]
        self.time_embed = nn.Sequential(*maps)
        self.input_blocks = nn.ModuleList([nn.ModuleList([nn.Conv2d(depth, widths[0], 3, padding=1)])])
        now, self.kept = widths[0], [widths[0]]
        for level, width in enumerate(widths):
            for _ in range(layers):
                self.input_blocks.append(self.block(now, width, level, told, code))
                now = width
                self.kept.append(now)
            if level < len(widths) - 1:
                self.input_blocks.append(
                    nn.ModuleList([ResBlock(now, now, embedding, told=told, code=code, way="down")])
                )
                self.kept.append(now)
        self.middle_block = self.middle(now, told, code)
        self.output_blocks = self.way_up(told, code)
        self.out = nn.Sequential(norm(widths[0]), nn.SiLU(), nn.Conv2d(widths[0], depth, 3, padding=1))

    def block(self, before, after, level, told, code):
        block = [ResBlock(before, after, self.embedding, told=told, code=code)]
        return nn.ModuleList(block + ([self.attention(after)] if level in self.attends else []))

    def attention(self, width):
        return Attention(width)

    def middle(self, width, told, code):
        both = [ResBlock(width, width, self.embedding, told=told, code=code) for _ in range(2)]
        return nn.ModuleList([both[0], self.attention(width), both[1]])

    def way_up(self, told, code):
        blocks, kept, now = nn.ModuleList(), list(self.kept), self.widths[-1]
        for level, width in list(enumerate(self.widths))[::-1]:
            for i in range(self.layers + 1):
                block = self.block(now + kept.pop(), width, level, told, code)
                if level and i == self.layers:
                    block.append(ResBlock(width, width, self.embedding, told=told, code=code, way="up"))
                blocks.append(block)
                now = width
        return blocks

    def embed(self, t):
        return self.time_embed(time_features(t, self.width).to(self.out[2].weight.dtype))

    def down(self, x, emb, z=None):
        kept = []
        for block in self.input_blocks:
            x = run(block, x, emb, z)
            kept.append(x)
        return kept

    def forward(self, x, t, z=None):
        emb = self.embed(t)
        kept = self.down(x, emb, z)
        h = run(self.middle_block, kept[-1], emb, z)
        for block in self.output_blocks:
            h = run(block, torch.cat([h, kept.pop()], dim=1), emb, z)
        return self.out(h)


class ShiftUNet(UNet):
    """PDAE's decoder: (noise, gradient), the second from a way up of its own that is told the code."""

    def __init__(self, widths, attends, *, code, depth=3):
        super().__init__(widths, attends, depth=depth)
        self.label_emb = nn.Linear(code, self.embedding)
        self.shift_middle_block = self.middle(widths[-1], "shift", code)
        self.shift_output_blocks = self.way_up("shift", code)
        self.shift_out = nn.Sequential(norm(widths[0]), nn.SiLU(), nn.Conv2d(widths[0], depth, 3, padding=1))

    def forward(self, x, t, z):
        emb, told = self.embed(t), self.label_emb(z)
        kept = self.down(x, emb)
        h = run(self.shift_middle_block, kept[-1], emb, told)
        skips = list(kept)
        for block in self.shift_output_blocks:
            h = run(block, torch.cat([h, skips.pop()], dim=1), emb, told)
        return super().forward(x, t), self.shift_out(h)


class Encoder(nn.Module):
    """PDAE's: strided convolutions, attention with four heads on the 16 x 16 map."""

    def __init__(self, widths, side, code, depth=3):
        super().__init__()
        layers, now = [], depth
        for i, width in enumerate(widths):
            layers += [norm(now), nn.SiLU()] if i else []
            layers.append(nn.Conv2d(now, width, 3, stride=2, padding=1))
            now, side = width, side // 2
            layers += [Attention(width, heads=4)] if side == 16 else []
        self.encoder = nn.Sequential(*layers, norm(now), nn.SiLU(), nn.Flatten(), nn.Linear(now * side**2, code))

    def forward(self, x):
        return self.encoder(x)


class SingleConv(nn.Module):
    """A residual block that is told nothing: no second half."""

    def __init__(self, before, after, down=False):
        super().__init__()
        self.down = down
        self.in_layers = nn.Sequential(norm(before), nn.SiLU(), nn.Conv2d(before, after, 3, padding=1))
        self.skip_connection = nn.Identity() if before == after else nn.Conv2d(before, after, 1)

    def forward(self, x, emb=None, z=None):
        h = F.silu(self.in_layers[0](x))
        if self.down:
            h, x = F.avg_pool2d(h, 2), F.avg_pool2d(x, 2)
        return self.skip_connection(x) + self.in_layers[2](h)


class HalfUNet(nn.Module):
    """Diff-AE's encoder."""

    def __init__(self, widths, attends, code, depth=3):
        super().__init__()
        self.input_blocks = nn.ModuleList([nn.ModuleList([nn.Conv2d(depth, widths[0], 3, padding=1)])])
        now = widths[0]
        for level, width in enumerate(widths):
            if level:
                self.input_blocks.append(nn.ModuleList([SingleConv(now, now, down=True)]))
            for _ in range(2):
                attention = [Attention(width)] if level in attends else []
                self.input_blocks.append(nn.ModuleList([SingleConv(now, width), *attention]))
                now = width
        self.middle_block = nn.ModuleList([SingleConv(now, now), Attention(now), SingleConv(now, now)])
        self.out = nn.Sequential(norm(now), nn.SiLU(), nn.AdaptiveAvgPool2d(1), nn.Conv2d(now, code, 1), nn.Flatten())

    def forward(self, x):
        for block in (*self.input_blocks, self.middle_block):
            x = run(block, x, None)
        return self.out(x)


class TimeStyle(nn.Module):
    """Diff-AE has the maps of the time one level deeper."""

    def __init__(self, time_embed):
        super().__init__()
        self.time_embed = time_embed

    def forward(self, features):
        return self.time_embed(features)


class DiffAE(UNet):
    """The denoiser that is told the code in every block, and the encoder."""

    def __init__(self, widths, attends, encoder_widths, *, code, embedding=512):
        super().__init__(widths, attends, embedding=embedding, told="scale", code=code)
        self.time_embed = TimeStyle(self.time_embed)
        self.encoder = HalfUNet(encoder_widths, attends, code)


def stirred(network, seed=0, scale=0.3):
    """Random weights of a size at which every branch counts."""
    generator = torch.Generator().manual_seed(seed)
    for name, value in network.named_parameters():
        spread = scale if value.ndim == 1 else 1.0 / math.sqrt(value[0].numel())
        centre = 1.0 if value.ndim == 1 and name.endswith("weight") else 0.0
        value.data = centre + spread * torch.randn(value.shape, generator=generator)
    return network.eval()
