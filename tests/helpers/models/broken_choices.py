"""One adapter that leaves a choice of its code open and keeps the contract, and one for each way of breaking it."""

from typing import ClassVar

from broken_adapters import Good


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
