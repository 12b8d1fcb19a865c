"""A second copy of the pipeline in a folder of its own, run with params of its own."""

import shutil
import subprocess
from itertools import takewhile
from pathlib import Path
from shlex import quote

from ruamel.yaml import YAML

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.profiles import profile_file
from diffrep.pipelines.core.settings_file import parsed_settings
from diffrep.pipelines.core.settings_text import dumped, fill
from diffrep.pipelines.running.pipeline_file import pipeline_file
from diffrep.pipelines.stages.code import FOLDERS
from diffrep.pipelines.stages.report import MACHINES, PUBLISHED, TEMPLATES

INSTALLED = Path(__file__).resolve().parents[2]  # the folders whose code runs: a checkout, or the installed package
WATCHED = (*FOLDERS, str(TEMPLATES), str(PUBLISHED), str(MACHINES))  # by DVC; nothing else of the code is copied
AT_THE_TOP = ("dvc.yaml", ".dvcignore", ".gitignore", ".dvc/.gitignore")  # what a checkout has for DVC and git
KEPT = "dvc.lock"  # with params.yaml and results what git keeps of a workspace: by it a clone's is known again


def workspace(params: str, folder: Path) -> None:
    """Bring `folder` up to date with the files of a checkout, or of the package, and give it these params.

    params  the text of its params.yaml

    Its own runs are kept. UserError for a folder of something else, and where git does not say what is in a checkout.
    """
    root = source()
    if folder.exists() and any(folder.iterdir()) and not is_workspace(folder):
        raise UserError(f"{folder} is not empty and no workspace of ours: name another folder")
    for name in tracked(root) if is_checkout(root) else packaged(root):
        if (root / name).is_file():
            copy(root / name, folder / name)
    if not is_checkout(root):
        (folder / "dvc.yaml").write_text(pipeline_file())
    (folder / "params.yaml").write_text(params)
    (folder / ".dvc").mkdir(exist_ok=True)
    (folder / ".dvc" / "config").write_text(
        "[core]\n    no_scm = true\n    analytics = false\n    check_update = false\n"
    )


def params_text(profile: str) -> str:
    """What a profile makes of params.yaml: keys that it does not name are those of the default one, with its comments.

    A profile that names every section is the whole file. UserError for an unknown profile.
    """
    file = profile_file(profile)
    text, default = file.read_text(), profile_file("default").read_text()
    sections, whole = parsed_settings(text, file.name), YAML().load(default)
    if sections.keys() >= whole.keys():
        return text
    fill(whole, sections)
    header = takewhile(lambda line: line.startswith("#"), text.splitlines())
    return "\n".join([*header, dumped(whole)])


def source() -> Path:
    """The checkout that one stands at the top of, or else the folders whose code runs."""
    here = Path.cwd()
    return here if is_checkout(here) else INSTALLED


def is_workspace(folder: Path) -> bool:
    """Whether a workspace was made here, or a clone has what git keeps of one."""
    return (folder / ".dvc").is_dir() or (folder / KEPT).is_file()


def is_checkout(root: Path) -> bool:
    """Whether git has the files below `root`."""
    return (root / ".git").exists() and (root / "dvc.yaml").exists()


def packaged(root: Path) -> list[str]:
    """Every watched file of the packages below `root`, as they are installed."""
    tops = [root / name for name in WATCHED]
    files = (file for top in tops for file in (top.rglob("*") if top.is_dir() else [top]) if file.is_file())
    return [str(file.relative_to(root)) for file in files if "__pycache__" not in file.parts]


def tracked(root: Path) -> list[str]:
    """What a workspace needs of a checkout, as git knows it or would add it; UserError where git does not say."""
    needed = [f":(top,literal){name}" for name in (*WATCHED, *AT_THE_TOP)]
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *needed]
    try:
        found = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    except FileNotFoundError as error:
        raise UserError("a workspace is copied from a git checkout, and git is not installed here") from error
    except subprocess.CalledProcessError as error:
        raise UserError(f"a workspace is copied from a git checkout: {advice(error.stderr, root)}") from error
    return [name for name in found.stdout.split("\0") if name]


def advice(said: str, root: Path) -> str:
    """What would do, by what git has said of a folder."""
    if "dubious ownership" in said:
        return f"git distrusts the owner of this one; git config --global --add safe.directory {quote(str(root))}"
    return " ".join(said.split())


def copy(source: Path, target: Path) -> None:
    """Copy a file with its time; an unchanged one is left alone."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists() or target.read_bytes() != source.read_bytes():
        shutil.copy2(source, target)
