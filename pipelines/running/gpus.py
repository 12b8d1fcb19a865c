"""The GPUs of this machine, shared out to the stages that work on some: no two stages hold one at a time."""

import os
import subprocess
import sys

from diffrep.pipelines.command import expect_devices
from diffrep.pipelines.core.sections import Machine

VISIBLE = "CUDA_VISIBLE_DEVICES"
COUNT = "import torch; print(torch.cuda.device_count())"


class Gpus:
    """What a stage is given for as long as it runs: `machine.devices` of the GPUs that are there, or none on a CPU.

    shared  whether there is anything to share out: stages on a CPU ask for nothing
    there   what CUDA_VISIBLE_DEVICES calls each GPU: what it says already, numbers where it says nothing
    held    {stage: those that it holds}
    """

    def __init__(self, machine: Machine) -> None:
        self.machine, self.shared = machine, machine.device == "gpu"
        self.there = visible(count()) if self.shared else []
        self.held: dict[str, list[str]] = {}

    @property
    def at_a_time(self) -> int:
        """How many stages can hold their GPUs at once."""
        return len(self.there) // self.machine.devices

    def free(self) -> list[str]:
        """Those that no stage holds; UserError where there are too few for any stage."""
        expect_devices(self.machine, len(self.there))
        held = {gpu for gpus in self.held.values() for gpu in gpus}
        return [gpu for gpu in self.there if gpu not in held]

    def suffice(self) -> bool:
        """Whether another stage can have its share now."""
        return len(self.free()) >= self.machine.devices

    def give(self, stage: str) -> str:
        """A stage's share, in the words of CUDA_VISIBLE_DEVICES; it is the stage's until `take_back`."""
        self.held[stage] = self.free()[: self.machine.devices]
        return ",".join(self.held[stage])

    def take_back(self, stage: str) -> None:
        """A stage has ended, well or not."""
        self.held.pop(stage, None)

    def told(self) -> str:
        """How many stages work on GPUs side by side, and why; empty where nothing is shared out."""
        if not self.shared:
            return ""
        why = f"torch finds {len(self.there)} here, machine.devices is {self.machine.devices}"
        return f", at most {self.at_a_time} of them on GPUs: {why}"


def count() -> int:
    """How many GPUs torch finds; asked of a process of its own, so that this one, which forks, never touches CUDA."""
    asked = subprocess.run([sys.executable, "-c", COUNT], check=True, stdout=subprocess.PIPE, text=True)
    return int(asked.stdout.split()[-1])


def visible(number: int) -> list[str]:
    """The names of so many GPUs; of a CUDA_VISIBLE_DEVICES that is set CUDA reads no further than it finds them."""
    said = os.environ.get(VISIBLE)
    names = list(map(str, range(number))) if said is None else [name.strip() for name in said.split(",")]
    return names[:number]
