"""The process of one stage: DVC's own `dvc repro -s`, and in it the stage's command, forked with the libraries loaded.

Started as two ordinary processes a stage spends up to 8 s on imports before it does anything; as a fork of Python's
fork server, which imports them once, 0.4 s on everything but its work. Nothing of this repository is loaded beforehand:
each stage reads the code that DVC has just hashed. The server computes nothing, so that a stage's numbers are to the
last bit those of `dvc repro`, which knows nothing of all this. Where a fork is unsafe, off Linux and for work on a GPU,
it loads no library.
"""

import multiprocessing
import os
import re
import shutil
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from diffrep.pipelines import stages
from diffrep.pipelines.core.sockets import expect_room_for_sockets
from diffrep.pipelines.running.child import end_with
from diffrep.pipelines.running.gpus import VISIBLE
from diffrep.pipelines.tracking.store import quieten_mlflow

DVC = ["dvc.cli.parser", "dvc.commands.repro", "dvc.repo.reproduce", "dvc.rwlock", "dvc.scm", "dvc.stage.cache"]
PRELOADED = [
    *DVC,
    "ruamel.yaml",
    "torch",
    "scipy.stats",
    "sklearn.ensemble",
    "torchmetrics.functional.image",
    "diffusers.models.unets.unet_2d",
    "diffusers.optimization",
    "diffusers.schedulers.scheduling_ddpm",
    "lightning.pytorch",
    "mlflow.store.tracking.sqlalchemy_store",
]
OUTPUT = (1, 2)  # standard output and error
RECORDED = "Recorded by DVC."  # the line of a log that no stage gets to which ends its process itself
PLAIN = re.compile(r"diffrep( [\w@:.=/-]+)+")  # a command of ours that a shell would not change


def start(arguments: list[str], log: Path, device: str, gpus: str | None = None) -> BaseProcess:
    """A process in a session of its own that is `dvc` with `arguments`; it prints to `log`.

    device   what stages work on; the first call waits until the server has loaded the libraries
    gpus     the only ones that the process sees; None leaves it those of this one
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("")
    quieten_mlflow()
    expect_room_for_sockets()
    forkserver.set_forkserver_preload(PRELOADED if sys.platform == "linux" and device == "cpu" else [])
    with printing_to(log.with_name("libraries.log")):  # never a terminal: DVC asks once, when it is imported
        forkserver.ensure_running()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, **({} if gpus is None else {VISIBLE: gpus})}
    process = multiprocessing.get_context("forkserver").Process(
        target=be_dvc, args=(arguments, log.absolute(), environment)
    )
    process.start()
    return process


@contextmanager
def printing_to(log: Path) -> Iterator[None]:
    """What this process prints inside the block, and those started there to their end, is added to `log`."""
    kept = [(fd, os.dup(fd)) for fd in OUTPUT]
    print_to(log)
    try:
        yield
    finally:
        for fd, copy in kept:
            os.dup2(copy, fd)
            os.close(copy)


def print_to(log: Path) -> None:
    """Add to `log` whatever this process prints from now on."""
    with log.open("ab") as file:
        for fd in OUTPUT:
            os.dup2(file.fileno(), fd)


def be_dvc(arguments: list[str], log: Path, environment: dict[str, str]) -> None:
    """Become `dvc` with `arguments`, but for two things: our stages are called, and see lockfile.py."""
    os.setsid()
    starter = multiprocessing.parent_process()
    if starter is None or not starter.is_alive():  # killed while the server was loading
        return
    end_with(starter.sentinel, lambda: os.killpg(0, signal.SIGKILL))
    print_to(log)
    os.environ.clear()
    os.environ.update(environment)
    multiprocessing.set_start_method(None, force=True)  # data loaders' workers start as they do elsewhere

    import dvc.cli
    import dvc.dvcfile
    import dvc.stage.run

    from diffrep.pipelines.running.interrupted import write_list_whole
    from diffrep.pipelines.running.lockfile import LockByEntry

    write_list_whole()
    dvc.dvcfile.Lockfile = LockByEntry
    shell = dvc.stage.run._run
    dvc.stage.run._run = lambda executable, command, **how: (
        call(command, **how) if is_stage(command) else shell(executable, command, **how)
    )
    sys.argv = ["dvc", *arguments]
    code = dvc.cli.main(arguments)
    if code == 0:
        with log.open("a") as file:
            file.write(f"\n{RECORDED}\n")
    sys.exit(code)


def is_stage(command: str) -> bool:
    """Whether the command is that of one of our stages, and a shell would pass its words on as they are."""
    return PLAIN.fullmatch(command) is not None and command.split()[1] in stages.STAGES


def call(command: str, *, cwd: str, env: dict[str, str], **_: Any) -> None:
    """Do in this process what `command` says; StageCmdFailedError where one of its own would end with an error."""
    from dvc.stage.exceptions import StageCmdFailedError

    from diffrep.pipelines.command import main

    os.environ.update(env)
    words = command.split()[1:]
    own, sys.argv = sys.argv, [shutil.which("diffrep") or "diffrep", *words]
    try:
        with chdir(cwd):
            main(words)
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        raise StageCmdFailedError(command, 1) from None
    except BaseException:
        traceback.print_exc()
        raise StageCmdFailedError(command, 1) from None
    finally:
        sys.argv = own  # by which DVC knows its own entries in the list of what runs
