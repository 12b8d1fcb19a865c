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

    def loss(self, images, generator):
        timesteps = torch.randint(1000, (len(images),), generator=generator, device=images.device)
        noise = torch.randn(images.shape, generator=generator, device=images.device)
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


class Open(Good):
    """Keeps every promise: the code or twice the code, and no decoder."""

    cannot: ClassVar = dict.fromkeys(("decode", "invert"), "its code is one of two")
    decode = invert = None
    choices: ClassVar = ["once", "twice"]
    chosen = 0

    def candidates(self, images):
        once = super().encode(images)["z"]
        return [once, 2 * once]

    def encode(self, images):
        return {"z": self.candidates(images)[self.chosen]}


class OpenDecoder(Open):
    cannot: ClassVar = {}
    decode, invert = Good.decode, Good.invert


class ChoicesOfNothing(Open):
    choices: ClassVar = []


class NamesakeChoices(Open):
    choices: ClassVar = ["once", "once"]


class NoCandidates(Open):
    candidates = None

    def encode(self, images):
        return Good.encode(self, images)


class TooFewCandidates(Open):
    def candidates(self, images):
        return super().candidates(images)[:1]


class BareCandidate(Open):
    def candidates(self, images):
        return super().candidates(images)[0]

    def encode(self, images):
        return Good.encode(self, images)


class CandidatesOfNumpy(Open):
    def candidates(self, images):
        return [codes.detach().numpy() for codes in super().candidates(images)]

    def encode(self, images):
        return Good.encode(self, images)


class DeepCandidates(Open):
    def candidates(self, images):
        return [codes[:, None] for codes in super().candidates(images)]

    def encode(self, images):
        return Good.encode(self, images)


class EndlessCandidates(Open):
    def candidates(self, images):
        once = super().candidates(images)[0]
        return [once, once / 0]


class DeafToItsChoice(Open):
    def encode(self, images):
        return Good.encode(self, images)


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
    def loss(self, images, generator):
        self.base.unet.conv_in.bias.data += 1e-6
        return super().loss(images, generator)


class ChangesWhatIsFrozen(Good):
    def __init__(self, image_shape, base, *, width):
        super().__init__(image_shape, base, width=width)
        self.scale = nn.Parameter(torch.ones(1), requires_grad=False)

    def loss(self, images, generator):
        self.scale.data += 1e-6
        return super().loss(images, generator)


class ChanceOfItsOwn(Good):
    def loss(self, images, generator):
        return super().loss(images, torch.Generator().manual_seed(int(torch.randint(99, (1,)))))


class ForgetsItsCode(Good):
    """Keeps what it learned where state_dict does not look."""

    def loss(self, images, generator):
        self.kept = [images.mean()]
        return super().loss(images, generator)

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
    def loss(self, images, generator):
        return {"mse": super().loss(images, generator)}


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
    def loss(self, images, generator):
        noise = torch.randn(images.shape, generator=generator)
        noisy = self.noised(images, noise, torch.full((len(images),), 999))
        return (self.denoise(noisy, None, self.encode(images)["z"]) - images).pow(2).mean()


class BreaksItsGraph(Good):
    def encode(self, images):
        return {"z": super().encode(images)["z"] + 0 * float(images.mean())}


class KnowsThatItCompiles(Good):
    def encode(self, images):
        return {"z": super().encode(images)["z"] * (2 if torch.compiler.is_compiling() else 1)}


class NoTensorAtAll(Good):
    def loss(self, images, generator):
        raise RuntimeError("a bug\nof two lines")
