"""The command of a stage, made of its own docstring, axes and declaration; and its run, with errors in one line."""

import inspect
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from typing import Any, TextIO

import click

from diffrep.pipelines import stages
from diffrep.pipelines.core.errors import OtherProcess, UserError, one_line
from diffrep.pipelines.core.interrupts import interruptible
from diffrep.pipelines.core.names import brief, hint
from diffrep.pipelines.core.params import FILE, Params, load
from diffrep.pipelines.core.paths import Place
from diffrep.pipelines.core.sections import Machine
from diffrep.pipelines.core.stage import Stage
from diffrep.pipelines.core.trainings import Training, expect_precision, precision_of, training_at

AXES = {"dataset": str, "method": str, "seed": int}
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS")
FAILING = ("strict", "surrogateescape")  # at a letter: how streams are made, the second in the locale C
BROKEN_PIPE = 141  # as a shell has it: 128 + SIGPIPE
CHECK = "Write nothing: tell all that is wrong with the files."
INDENT = "\n" + " " * 8


def settings(params: Params | None = None) -> Params:
    """The checked params.yaml, or these, with the thread count in force before any numerical library is loaded."""
    params = params or load()
    for name in THREADS:
        os.environ[name] = str(params.machine.threads)
    from diffrep.pipelines.trained.adapters import expect_adapters

    expect_adapters(params)
    return params


def stage_command(stage: Stage) -> click.Command:
    """The subcommand that runs a stage at one place, or, with --check, looks at what it would be made of."""

    def run(*, check: bool = False, **axes: Any) -> None:
        if check and stage.check is not None:
            sys.exit(0 if stage.check(settings(), **axes) else 1)
        for option in options:
            if axes[str(option.name)] is None:
                raise click.MissingParameter(ctx=click.get_current_context(), param=option)
        run_stage(stage, **axes)

    options = [
        click.Option([f"--{axis}"], type=AXES[axis], metavar=axis.upper(), help=f"One of grid.{axis}.")
        for axis in stage.axes
    ]
    looks = [click.Option(["--check"], is_flag=True, help=CHECK)] if stage.check is not None else []
    return click.Command(stage.name, callback=run, params=[*options, *looks], help=help_of(stage))


def help_of(stage: Stage) -> str:
    """What a stage does, in the words of its file, and what it reads and writes."""
    place = stage.place(*(axis.upper() for axis in stage.axes))
    words = inspect.getdoc(sys.modules[stage.run.__module__]) or ""
    lists = {
        "reads": [*map(str, stage.reads(place)), *(f"{FILE}: {key}" for key in stage.keys(place))],
        "writes": [*map(str, stage.results(place)), *map(str, stage.writes(place))],
    }
    told = "\n".join(f"{name:<8}{INDENT.join(lines)}" for name, lines in lists.items() if lines)
    return f"{words}\n\n\b\n{told}"


def run_stage(stage: Stage, **axes: Any) -> None:
    """Run a stage at the place of these axes; UserError where the grid has none, or what it reads changes meanwhile."""
    from diffrep.pipelines.core.guard import expect_unchanged, ingredients
    from diffrep.pipelines.core.own_code import blamed
    from diffrep.pipelines.core.sockets import expect_room_for_sockets
    from diffrep.pipelines.trained.adapters import adapters_of

    params = settings()
    for axis, value in axes.items():
        expect_in_grid(params, axis, value)
    place: Place = stage.place(**axes)
    if stage.on_device:
        expect_device(params.machine, training_at(params, stage.name, place))
        set_tf32(params.machine)
    before = ingredients(stage, place, params)
    expect_room_for_sockets()
    with blamed(adapters_of(params, axes)), to_the_end(stage.addressing(place)):
        stage.run(params, place)
    expect_unchanged(before, stage, place)


@contextmanager
def to_the_end(name: str) -> Iterator[None]:
    """UserError where the block calls sys.exit, of which DVC would make a success; a helping process may.

    Lightning calls it too, where it is interrupted: that is no more than an interrupt.
    """
    try:
        yield
    except OtherProcess:
        raise
    except SystemExit as end:
        if isinstance(end.__context__, KeyboardInterrupt):
            raise end.__context__ from None
        raise UserError(f"{name}: something called sys.exit({end.code!r}) before the stage had done its work") from end


def expect_in_grid(params: Params, axis: str, value: str | int) -> None:
    """Raise UserError, with the nearest name, where grid.<axis> does not have `value`."""
    known = getattr(params.grid, axis)
    if value not in known:
        word = str(value)
        raise UserError(f"no {axis} {brief(word)} in grid.{axis} of params.yaml: {hint(word, map(str, known))}")


def expect_device(machine: Machine, training: Training | None = None) -> None:
    """Raise UserError where this machine has no such device, not as many, or none that computes in that precision.

    training  what is to be trained there, which may have a precision of its own
    """
    expect_precision(machine, training)
    if machine.device == "cpu":  # torch need not be asked
        return
    import torch

    expect_devices(machine, torch.cuda.device_count())
    key, precision = precision_of(machine, training)
    if "bf16" in precision and not torch.cuda.is_bf16_supported(including_emulation=False):
        raise UserError(f"{FILE}: {key} is {precision!r}, which this GPU does not have: set 16-mixed")


def set_tf32(machine: Machine) -> None:
    """Have a GPU's matrix products and convolutions computed in 19 bits or in all: torch's defaults are one of each."""
    if machine.device == "gpu":
        import torch

        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = machine.tf32


def expect_devices(machine: Machine, there: int) -> None:
    """Raise UserError where torch finds fewer devices than the machine is said to have."""
    if not there:
        device = machine.device
        raise UserError(f"{FILE}: machine.device is {device!r}, but torch finds no such device here: set it to cpu")
    if machine.devices > there:
        raise UserError(f"{FILE}: machine.devices is {machine.devices}, but torch finds {there} here")


def main(words: Sequence[str]) -> None:
    """Run the command of a stage: its name and its options, as in dvc.yaml."""
    name, *options = words
    run(lambda: stage_command(stages.load(name)).main(options, standalone_mode=False, prog_name=f"diffrep {name}"))


def shown() -> list[TextIO]:
    """The streams that a person reads; a closed one is None."""
    return [stream for stream in (sys.stdout, sys.stderr) if stream is not None]


def expect_any_letters() -> None:
    """Have a terminal or a file whose encoding lacks a letter show a stand-in for it, and not end the command."""
    for stream in shown():
        if isinstance(stream, TextIOWrapper) and stream.errors in FAILING:
            stream.reconfigure(errors="replace")


def close_output() -> None:
    """Send nowhere what is still to be shown, so that Python has nothing to complain of when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def run(command: Callable[[], Any]) -> None:
    """Do what `command` does and turn errors into one line and a non-zero exit; bugs keep their traceback.

    A reader that closes its pipe (`| head`) ends the command without a word. Who is told to end (SIGTERM) ends as by
    Ctrl-C.
    """
    expect_any_letters()
    interruptible()
    try:
        command()
        for stream in shown():
            stream.flush()
    except BrokenPipeError:
        close_output()
        sys.exit(BROKEN_PIPE)
    except (click.exceptions.Abort, KeyboardInterrupt):
        sys.exit("diffrep: interrupted; finished work is kept")
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exception as error:
        line = one_line(error)
        if line is None or os.environ.get("DIFFREP_TRACEBACK"):
            raise
        sys.exit(f"diffrep: error: {line}")
