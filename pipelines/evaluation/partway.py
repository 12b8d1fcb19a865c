"""What a method is worth after a part of its training, by the very functions of the stages that score it at its end."""

from diffrep.datasets.prepared import Prepared
from diffrep.methods.shared.method import Method
from diffrep.metrics.measured import Measured, joined, missing
from diffrep.pipelines.core.sections import Evaluate
from diffrep.pipelines.core.trainings import NO_STEPS
from diffrep.pipelines.evaluation.choosing import choose
from diffrep.pipelines.evaluation.disentanglement import dci_alone
from diffrep.pipelines.evaluation.probing import VALIDATION, probe_codes
from diffrep.pipelines.evaluation.reconstructions import judged
from diffrep.pipelines.trained.encoding import all_codes, default_codes

CURVES = (VALIDATION, "average_precision", "dci_disentanglement", "mse_random_start", "mse_inferred_start")


def scores_partway(network: Method, data: Prepared, settings: Evaluate, title: str) -> Measured:
    """The numbers of probes, DCI by impurity and errors of decodes, on the rows, seeds and noise of their stages."""
    choose(network, data, settings.batch_size)
    codes = default_codes(all_codes(network, data, settings.batch_size, title))
    probed = probe_codes(codes, data, settings.probe, settings.seed)
    parts = dci_alone(codes["test"], data, settings.disentangle, settings.seed)
    decoded, _ = judged(network, data, codes["test"], settings, title)
    return joined(*map(without_counts, (probed, parts, decoded)))


def without_counts(measured: Measured) -> Measured:
    """The numbers alone: how many rows they rest on differs from one family to the next."""
    kept = {name: value for name, value in measured.items() if not name.startswith("n_")}
    return Measured(kept, reasons=measured.reasons, intervals=measured.intervals, noise=measured.noise)


def nothing_partway() -> Measured:
    """The numbers of a method that has no way to be on."""
    return missing(["steps", "images_seen", *CURVES], NO_STEPS)
