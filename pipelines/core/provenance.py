"""What of versions and machine made a number: it may differ between two machines whose numbers agree."""

import platform
import sys
from importlib.metadata import version

from diffrep.pipelines.core.sections import Machine, Precision
from diffrep.pipelines.core.stage import Stage

LIBRARIES = {"torch": "torch", "numpy": "numpy", "sklearn": "scikit-learn", "diffusers": "diffusers"}
MADE_BY = ("python", *LIBRARIES, "platform", "instruction_set", "device", "devices", "precision", "threads")


def provenance(stage: Stage, machine: Machine, precision: Precision = "32-true") -> dict[str, str | int]:
    """{key of MADE_BY: what it is of a stage, here and now}.

    precision  of a training: only that shares its work out to several devices, or computes in less than single ones
    """
    from torch.backends.cpu import get_cpu_capability  # here, since reports know results without torch

    trains = "machine.precision" in stage.params
    tf32 = " with tf32" if stage.on_device and machine.device == "gpu" and machine.tf32 else ""
    return {
        "python": platform.python_version(),
        **{name: version(package) for name, package in LIBRARIES.items()},
        "platform": f"{sys.platform}-{platform.machine()}",
        "instruction_set": get_cpu_capability(),  # the widest that torch takes: on another the last bits differ
        "device": machine.device if stage.on_device else "cpu",
        "devices": machine.devices * machine.nodes if trains else 1,
        "precision": precision + tf32,
        "threads": machine.threads,
    }
