"""The training of one network on one data set: the one place that knows which section says what of it."""

from dataclasses import dataclass

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import FILE, Params
from diffrep.pipelines.core.paths import Cell, Place, Repeat, Shared
from diffrep.pipelines.core.sections import Machine, Optimiser

LACKING = {"cpu": ("16-mixed",)}  # Lightning would take another in silence
NO_STEPS = "not applicable: no training by steps"
SHARED = ("base", "autoencoder", "oracle")  # networks that no row has to itself: names that no row may have


@dataclass(frozen=True)
class Training:
    """How a network is trained.

    settings   of its optimiser
    steps      that it takes
    section    of params.yaml, in which the settings stand
    row, own   the row of the grid, and the keys that its own section says instead
    """

    settings: Optimiser
    steps: int
    section: str
    row: str = ""
    own: frozenset[str] = frozenset()

    def key(self, name: str) -> str:
        """The dotted key of params.yaml at which the setting `name` stands."""
        return f"methods.{self.row}.training.{name}" if name in self.own else f"{self.section}.{name}"


def steps_after(share: float, steps: int) -> int:
    """How many of its `steps` a training has made after a share of them, in (0, 1]: the nearest number, at least 1."""
    return max(1, round(share * steps))


def training_of(params: Params, dataset: str, network: str) -> Training:
    """The training of base, autoencoder or oracle, or of a row of the grid, whose own section goes before `train`."""
    budget = params.budgets[dataset]
    if network in SHARED:
        return Training(getattr(params, network).training, getattr(budget, network), f"{network}.training")
    given = params.methods[network].training
    own = {name: getattr(given, name) for name in given.model_fields_set} if given else {}
    changed = {name: value for name, value in own.items() if name != "steps"}
    settings = params.train.model_copy(update=changed)
    return Training(settings, own.get("steps", budget.method), "train", network, frozenset(own))


def training_at(params: Params, stage: str, place: Place) -> Training | None:
    """The training that a stage makes at a place; None where it trains nothing, or takes over what others trained."""
    if stage == "train" and isinstance(place, Cell):
        return training_of(params, place.dataset, place.method)
    if stage not in SHARED or not isinstance(place, Shared | Repeat) or params.imports(stage):
        return None
    return training_of(params, place.dataset, stage)


def precision_of(machine: Machine, training: Training | None) -> tuple[str, str]:
    """The key that says in which precision a training computes, and that precision; without one, the machine's."""
    if training is None or training.settings.precision is None:
        return "machine.precision", machine.precision
    return training.key("precision"), training.settings.precision


def expect_precision(machine: Machine, training: Training | None = None) -> None:
    """Raise UserError for a precision that no device of this kind has."""
    key, precision = precision_of(machine, training)
    if precision in LACKING.get(machine.device, ()):
        raise UserError(f"{FILE}: {key} is {precision!r}, which a {machine.device!r} does not have: set 32-true")
