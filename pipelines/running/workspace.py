"""A second copy of the pipeline in a folder of its own, run with params of its own."""

import shutil
import subprocess
from pathlib import Path
from shlex import quote

import yaml

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import hint
from diffrep.pipelines.core.settings_file import parsed_settings, read_sections

PROFILES = Path(__file__).parents[1] / "profiles"
INSTALLED = Path(__file__).resolve().parents[2]  # the checkout whose code runs, unless that was installed by copying
MADE = ("results/", "reports/tables/", "reports/figures/", "dvc.lock", "params.yaml")  # what runs make, or is given


def workspace(params: str, folder: Path) -> None:
    """Bring `folder` up to date with the repository's files, and give it these params; its own runs are kept.

    params  the text of its params.yaml

    UserError for a folder of something else, and where there is no git checkout to copy.
    """
    root = checkout()
    if folder.exists() and any(folder.iterdir()) and not (folder / ".dvc").is_dir():
        raise UserError(f"{folder} is not empty and no workspace of ours: name another folder")
    for name in tracked(root):
        if not name.startswith(MADE) and (root / name).is_file():
            copy(root / name, folder / name)
    (folder / "params.yaml").write_text(params)
    (folder / ".dvc" / "config").write_text(
        "[core]\n    no_scm = true\n    analytics = false\n    check_update = false\n"
    )


def params_text(profile: str) -> str:
    """What a profile makes of params.yaml: sections that it does not name are those of the repository's own.

    UserError for an unknown profile.
    """
    known = sorted(path.stem for path in PROFILES.glob("*.yaml"))
    if profile not in known:
        raise UserError(f"no profile {profile!r}: {hint(profile, known)}")
    text = (PROFILES / f"{profile}.yaml").read_text()
    sections = parsed_settings(text, f"{profile}.yaml")
    own = read_sections(checkout() / "params.yaml")
    return text if sections.keys() >= own.keys() else yaml.safe_dump({**own, **sections}, sort_keys=False)


def checkout() -> Path:
    """The checkout that one stands at the top of, or else the one whose code runs."""
    here = Path.cwd()
    return here if (here / ".git").exists() and (here / "dvc.yaml").exists() else INSTALLED


def tracked(root: Path) -> list[str]:
    """Every file of a checkout that git knows or would add; UserError where `root` is none."""
    if not (root / "dvc.yaml").is_file():
        raise UserError(f"a workspace is copied from a git checkout: {advice('', root)}")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
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
    return f"{root}, where the installed code lies, is none; run this at the top of one"


def copy(source: Path, target: Path) -> None:
    """Copy a file with its time; an unchanged one is left alone."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists() or target.read_bytes() != source.read_bytes():
        shutil.copy2(source, target)
