"""One adapter that keeps the contract, and one for each way of breaking it."""

from typing import ClassVar

import torch
from torch import nn

from diffrep.methods.shared.part import Part
from diffrep.methods.shared.process.schedule import Schedule

FREE = torch.Generator()


class Good(nn.Module):
    """Keeps every promise: an affine code of the image, and a decoder that sees the code and the noisy image."""

    needs: ClassVar = ("base",)
    parts: ClassVar = [Part("first", (0, 1)), Part("second", (2, 3))]
    cannot: ClassVar = {}

    def __init__(self, image_shape, base, *, width):
        super().__init__()
        self.image_shape, pixels = image_shape, image_shape[0] * image_shape[1] * image_shape[2]
        self.base, self.schedule = base.requires_grad_(False), Schedule()
        self.encoder, self.drop = nn.Linear(pixels, width), nn.Dropout(0.1)
        self.decoder = nn.Linear(width + pixels, pixels)

    def train(self, mode=True):
        super().train(mode)
        self.base.eval()
        return self

    def encode(self, images):
        return {"z": self.encoder(images.flatten(1))}

    def noised(self, images, noise, timesteps):
        return self.schedule.add_noise(images, noise, timesteps)

    def denoise(self, noisy, timesteps, codes):
        return self.decoder(torch.cat([self.drop(codes), noisy.flatten(1)], 1)).view(-1, *self.image_shape)

    def draw(self, shape, generator):
        timesteps = torch.randint(1000, shape[:1], generator=generator, device=generator.device)
        return {
            "timesteps": timesteps,
            "noise": torch.randn(shape, generator=generator, device=generator.device),
        }

    def loss(self, images, timesteps, noise):
        noisy = self.noised(images, noise, timesteps)
        return (self.denoise(noisy, timesteps, self.encode(images)["z"]) - images).pow(2).mean()

    @torch.no_grad()
    def decode(self, codes, start, *, steps):
        return self.denoise(start, torch.full((len(start),), 999), codes)

    @torch.no_grad()
    def invert(self, images, codes, *, steps):
        return images


class Unseeded(Good):
    def __init__(self, image_shape, base, *, width):
        super().__init__(image_shape, base, width=width)
        self.encoder.weight.data = torch.empty_like(self.encoder.weight).uniform_(generator=FREE) / 50


class NoInvert(Good):
    invert = None


class SaysItCannot(Good):
    cannot: ClassVar = {"invert": "it has no way back"}


class MisnamedAbility(Good):
    cannot: ClassVar = {"generate": "it has no prior"}


class DeepCodes(Good):
    def encode(self, images):
        return {"z": super().encode(images)["z"][:, :, None]}


class BareCodes(Good):
    def encode(self, images):
        return super().encode(images)["z"]


class SmallImages(Good):
    def decode(self, codes, start, *, steps):
        return super().decode(codes, start, steps=steps)[:, :, ::2]


class EndlessImages(Good):
    def invert(self, images, codes, *, steps):
        return images / 0


class PartsBeyond(Good):
    parts: ClassVar = [Part("first", (0, 8))]


class NamesakeParts(Good):
    parts: ClassVar = [Part("one", (0,)), Part("one", (1,))]


class ChanceInCodes(Good):
    def encode(self, images):
        return {"z": super().encode(images)["z"] + 0.01 * torch.randn(len(images), 1)}


class ChanceInImages(Good):
    def decode(self, codes, start, *, steps):
        return super().decode(codes, torch.randn_like(start), steps=steps)


class ChanceInDenoising(Good):
    """Leaves nothing else to chance: its decode starts from what it is given."""

    def denoise(self, noisy, timesteps, codes):
        return super().denoise(noisy + 0.01 * torch.randn_like(noisy), timesteps, codes)

    def decode(self, codes, start, *, steps):
        return Good.denoise(self, start, torch.full((len(start),), 999), codes)


class BatchInCodes(Good):
    def encode(self, images):
        codes = super().encode(images)["z"]
        return {"z": codes - codes.mean(0)}


class Detached(Good):
    def encode(self, images):
        return {"z": super().encode(images)["z"].detach()}


class TrainsTheBase(Good):
    def __init__(self, image_shape, base, *, width):
        super().__init__(image_shape, base, width=width)
        base.requires_grad_(True)


class WakesTheBase(Good):
    def train(self, mode=True):
        return nn.Module.train(self, mode)


class ChangesTheBase(Good):
    def loss(self, images, **drawn):
        self.base.unet.conv_in.bias.data += 1e-6
        return super().loss(images, **drawn)


class ChangesWhatIsFrozen(Good):
    def __init__(self, image_shape, base, *, width):
        super().__init__(image_shape, base, width=width)
        self.scale = nn.Parameter(torch.ones(1), requires_grad=False)

    def loss(self, images, **drawn):
        self.scale.data += 1e-6
        return super().loss(images, **drawn)


class ChanceOfItsOwn(Good):
    def loss(self, images, **drawn):
        return super().loss(images, drawn["timesteps"], torch.randn(images.shape))


class ForgetsItsCode(Good):
    """Keeps what it learned where state_dict does not look."""

    def loss(self, images, **drawn):
        self.kept = [images.mean()]
        return super().loss(images, **drawn)

    def encode(self, images):
        codes = super().encode(images)["z"]
        return {"z": codes + self.kept[0] if hasattr(self, "kept") else codes}


class ForgetsItsWayBack(ForgetsItsCode):
    def encode(self, images):
        return Good.encode(self, images)

    def invert(self, images, codes, *, steps):
        return images + self.kept[0] if hasattr(self, "kept") else images


class ForgetsItsDenoiser(ForgetsItsWayBack):
    invert = Good.invert
    decode = ChanceInDenoising.decode

    def denoise(self, noisy, timesteps, codes):
        seen = super().denoise(noisy, timesteps, codes)
        return seen + self.kept[0] if hasattr(self, "kept") else seen


class NamelessLoss(Good):
    def loss(self, images, **drawn):
        return {"mse": super().loss(images, **drawn)}


class IgnoresItsCode(Good):
    def denoise(self, noisy, timesteps, codes):
        return super().denoise(noisy, timesteps, codes * 0)


class DecodesWithoutItsCode(Good):
    def decode(self, codes, start, *, steps):
        return super().decode(codes * 0, start, steps=steps)


class ColourOnly(Good):
    def encode(self, images):
        red, green, blue = images.unbind(1)
        return super().encode(torch.stack([red, green, blue], 1))


class SinglePrecision(Good):
    def encode(self, images):
        return super().encode(images.float())


class AtHomeOnly(Good):
    def encode(self, images):
        return {"z": super().encode(images)["z"] + torch.zeros(1, device="cpu")}


class DrawsAtHome(Good):
    def draw(self, shape, generator):
        return super().draw(shape, generator) | {"noise": torch.randn(shape, generator=generator)}


class BreaksItsGraph(Good):
    def encode(self, images):
        return {"z": super().encode(images)["z"] + 0 * float(images.mean())}


class KnowsThatItCompiles(Good):
    def encode(self, images):
        return {"z": super().encode(images)["z"] * (2 if torch.compiler.is_compiling() else 1)}


class NoTensorAtAll(Good):
    def loss(self, images, **drawn):
        raise RuntimeError("a bug\nof two lines")
