"""Latent diffusion's, EncDiff's and dis-dis's networks, written from their formulas, under the names of their files."""

import math
from itertools import pairwise

import torch
import torch.nn.functional as F
from official_guided import UNet
from torch import nn


def norm(width):
    return nn.GroupNorm(32, width, eps=1e-6)


class Block(nn.Module):
    """GN, SiLU, convolution, twice, and the residual."""

    def __init__(self, before, after):
        super().__init__()
        self.norm1, self.conv1 = norm(before), nn.Conv2d(before, after, 3, padding=1)
        self.norm2, self.conv2 = norm(after), nn.Conv2d(after, after, 3, padding=1)
        if before != after:
            self.nin_shortcut = nn.Conv2d(before, after, 1)

    def forward(self, x):
        h = self.conv2(F.silu(self.norm2(self.conv1(F.silu(self.norm1(x))))))
        return h + (self.nin_shortcut(x) if hasattr(self, "nin_shortcut") else x)


class Attention(nn.Module):
    """One head; queries, keys and values by convolutions of one pixel."""

    def __init__(self, width):
        super().__init__()
        self.norm = norm(width)
        self.q, self.k, self.v, self.proj_out = (nn.Conv2d(width, width, 1) for _ in range(4))

    def forward(self, x):
        h = self.norm(x)
        q, k, v = (layer(h).flatten(2) for layer in (self.q, self.k, self.v))
        weights = torch.softmax(torch.einsum("nct,ncs->nts", q, k) / math.sqrt(x.shape[1]), dim=-1)
        return x + self.proj_out(torch.einsum("nts,ncs->nct", weights, v).reshape(x.shape))


class Part(nn.Module):
    """A module of named submodules, whose caller says what is done with them."""

    def __init__(self, **modules):
        super().__init__()
        for name, module in modules.items():
            self.add_module(name, module)


def middle(width, attends):
    attention = {"attn_1": Attention(width)} if attends else {}
    return Part(block_1=Block(width, width), **attention, block_2=Block(width, width))


def through_middle(part, x):
    x = part.block_1(x)
    return part.block_2(part.attn_1(x) if hasattr(part, "attn_1") else x)


class VQ(nn.Module):
    """The autoencoder: `attends`, with attention in the middle (vq-f4), or without (vq-f4-noattn)."""

    def __init__(self, widths, codebook, *, attends=True, layers=2, latent=3, depth=3):
        super().__init__()
        first, last = widths[0], widths[-1]
        pairs = list(zip((first, *widths), widths, strict=False))
        down = nn.ModuleList()
        for level, (before, after) in enumerate(pairs):
            blocks = nn.ModuleList(Block(before if i == 0 else after, after) for i in range(layers))
            halving = {"downsample": Part(conv=nn.Conv2d(after, after, 3, stride=2))} if level < len(widths) - 1 else {}
            down.append(Part(block=blocks, **halving))
        self.encoder = Part(
            conv_in=nn.Conv2d(depth, first, 3, padding=1),
            down=down,
            mid=middle(last, attends),
            norm_out=norm(last),
            conv_out=nn.Conv2d(last, latent, 3, padding=1),
        )
        up, now = [], last
        for level, after in list(enumerate(widths))[::-1]:
            blocks = nn.ModuleList(Block(now if i == 0 else after, after) for i in range(layers + 1))
            doubling = {"upsample": Part(conv=nn.Conv2d(after, after, 3, padding=1))} if level else {}
            up.insert(0, Part(block=blocks, **doubling))
            now = after
        self.decoder = Part(
            conv_in=nn.Conv2d(latent, last, 3, padding=1),
            mid=middle(last, attends),
            up=nn.ModuleList(up),
            norm_out=norm(first),
            conv_out=nn.Conv2d(first, depth, 3, padding=1),
        )
        self.quantize = Part(embedding=nn.Embedding(codebook, latent))
        self.quant_conv, self.post_quant_conv = nn.Conv2d(latent, latent, 1), nn.Conv2d(latent, latent, 1)

    def encode(self, x):
        """Latents before they are quantised."""
        part, h = self.encoder, self.encoder.conv_in(x)
        for level in part.down:
            for block in level.block:
                h = block(h)
            if hasattr(level, "downsample"):
                h = level.downsample.conv(F.pad(h, (0, 1, 0, 1)))
        return self.quant_conv(part.conv_out(F.silu(part.norm_out(through_middle(part.mid, h)))))

    def decode(self, z):
        """Images of latents, each place replaced by the nearest code vector first."""
        codebook = self.quantize.embedding.weight
        flat = z.permute(0, 2, 3, 1).reshape(-1, codebook.shape[1])
        nearest = codebook[torch.cdist(flat, codebook).argmin(1)]
        z = nearest.reshape(len(z), *z.shape[2:], -1).permute(0, 3, 1, 2)
        part = self.decoder
        h = through_middle(part.mid, part.conv_in(self.post_quant_conv(z)))
        for level in list(part.up)[::-1]:
            for block in level.block:
                h = block(h)
            if hasattr(level, "upsample"):
                h = level.upsample.conv(F.interpolate(h, scale_factor=2.0))
        return part.conv_out(F.silu(part.norm_out(h)))


class CrossAttention(nn.Module):
    """Queries of places, keys and values of tokens; the places' own without them."""

    def __init__(self, width, told, heads):
        super().__init__()
        self.heads = heads
        self.to_q = nn.Linear(width, width, bias=False)
        self.to_k, self.to_v = (nn.Linear(told, width, bias=False) for _ in range(2))
        self.to_out = nn.Sequential(nn.Linear(width, width), nn.Dropout(0.0))

    def forward(self, x, tokens):
        split = lambda h: h.unflatten(-1, (self.heads, -1)).transpose(1, 2)  # noqa: E731
        q, k, v = split(self.to_q(x)), split(self.to_k(tokens)), split(self.to_v(tokens))
        weights = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1]), dim=-1)
        return self.to_out((weights @ v).transpose(1, 2).flatten(2))


class GEGLU(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.proj = nn.Linear(width, 2 * hidden)

    def forward(self, x):
        value, gate = self.proj(x).chunk(2, dim=-1)
        return value * F.gelu(gate)


class TransformerBlock(nn.Module):
    def __init__(self, width, told, heads):
        super().__init__()
        self.attn1, self.attn2 = CrossAttention(width, width, heads), CrossAttention(width, told, heads)
        self.ff = Part(net=nn.Sequential(GEGLU(width, 4 * width), nn.Dropout(0.0), nn.Linear(4 * width, width)))
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(width) for _ in range(3))

    def forward(self, x, tokens):
        own = self.norm1(x)
        x = x + self.attn1(own, own)
        x = x + self.attn2(self.norm2(x), tokens)
        return x + self.ff.net(self.norm3(x))


class Transformer(nn.Module):
    """Over the places of a map, around one block."""

    def __init__(self, width, told, heads):
        super().__init__()
        self.norm = norm(width)
        self.proj_in, self.proj_out = (nn.Conv2d(width, width, 1) for _ in range(2))
        self.transformer_blocks = nn.ModuleList([TransformerBlock(width, told, heads)])

    def forward(self, x, emb, tokens):
        h = self.proj_in(self.norm(x)).flatten(2).transpose(1, 2)
        h = self.transformer_blocks[0](h, tokens).transpose(1, 2).reshape(x.shape)
        return x + self.proj_out(h)


class TokenUNet(UNet):
    """EncDiff's denoiser: guided-diffusion's, with transformers that read tokens [n, k, told]."""

    def __init__(self, widths, attends, *, told, heads=8):
        self.attention = lambda width: Transformer(width, told, heads)
        super().__init__(widths, attends)


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        layers = [nn.ReLU(), nn.Conv2d(width, width, 3, padding=1), nn.BatchNorm2d(width)]
        self.convs = nn.Sequential(*layers, nn.ReLU(), nn.Conv2d(width, width, 1))

    def forward(self, x):
        return x + self.convs(x)


class Condition(nn.Module):
    """EncDiff's encoder of `count` scalars, and the separate network of the token of each."""

    def __init__(self, width, side, count, token):
        super().__init__()
        strided = lambda before: [nn.Conv2d(before, width, 4, stride=2, padding=1), nn.BatchNorm2d(width)]  # noqa: E731
        layers = [*strided(3), nn.ReLU(), *strided(width), nn.ReLU(), *strided(width), *strided(width), nn.ReLU()]
        layers += [Residual(width), nn.BatchNorm2d(width), nn.ReLU(), Residual(width), nn.Flatten()]
        self.encoder = nn.Sequential(*layers, nn.Linear(width * (side // 16) ** 2, count))
        one = lambda: nn.Sequential(nn.Linear(1, 64), nn.ELU(), nn.Linear(64, 128), nn.ELU(), nn.Linear(128, token))  # noqa: E731
        self.net = nn.ModuleList(one() for _ in range(count))

    def tokens(self, scalars):
        return torch.stack([net(scalars[:, i : i + 1]) for i, net in enumerate(self.net)], dim=1)


class DisDis(nn.Module):
    """dis-dis's encoder of `count` scalars: a convolution of 7 x 7, strided ones, dense layers; ReLU in every place."""

    def __init__(self, widths, side, count, token, hidden):
        super().__init__()
        layers, now = [], 3
        for i, width in enumerate(widths):
            size = {"kernel_size": 4, "stride": 2, "padding": 1} if i else {"kernel_size": 7, "padding": 3}
            layers += [nn.Conv2d(now, width, **size), nn.BatchNorm2d(width), nn.ReLU()]
            now = width
        features = now * (side >> (len(widths) - 1)) ** 2
        dense = [nn.Linear(features, features), nn.ReLU(), nn.Linear(features, 256), nn.ReLU(), nn.Linear(256, count)]
        self.image_encoder = Part(encoder=nn.Sequential(*layers), fc=nn.Sequential(*dense))
        one = lambda: Part(layers=nn.Sequential(*self.token(hidden, token)))  # noqa: E731
        self.mlps = nn.ModuleList(one() for _ in range(count))

    def token(self, hidden, token):
        sizes = [1, *hidden, token]
        return [layer for b, a in pairwise(sizes) for layer in (nn.Linear(b, a), nn.ReLU())]

    def encoder(self, x):
        return self.image_encoder.fc(self.image_encoder.encoder(x).flatten(1))

    def tokens(self, scalars):
        return torch.stack([mlp.layers(scalars[:, i : i + 1]) for i, mlp in enumerate(self.mlps)], dim=1)
