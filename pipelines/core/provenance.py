"""What of versions and machine made a number: it may differ between two machines whose numbers agree."""

import platform
import sys
from importlib.metadata import version

from diffrep.pipelines.core.sections import Machine

LIBRARIES = {"torch": "torch", "numpy": "numpy", "sklearn": "scikit-learn", "diffusers": "diffusers"}
MADE_BY = ("python", *LIBRARIES, "platform", "device", "devices", "precision", "threads")


def provenance(machine: Machine) -> dict[str, str | int]:
    """{key of MADE_BY: what it is here and now}."""
    return {
        "python": platform.python_version(),
        **{name: version(package) for name, package in LIBRARIES.items()},
        "platform": f"{sys.platform}-{platform.machine()}",
        "device": machine.device,
        "devices": machine.devices * machine.nodes,
        "precision": machine.precision,
        "threads": machine.threads,
    }
