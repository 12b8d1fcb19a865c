"""Where everything lies, relative to the top of the repository; no import beyond the standard library's.

Every stage works at a place, whose fields are its axes in dvc.yaml: the whole, a data set, a data set at one seed, or a
cell of the grid. A place knows its files, so that no path is put together anywhere else. With a placeholder for a
field ("${item.dataset}", "DATASET") it gives the paths of dvc.yaml and of the help.
"""

from dataclasses import dataclass
from pathlib import Path

CODE = Path("runs", "code")
IMPORTED_BASE = CODE / "imported_base.json"  # which base model is imported, by its files or its commit; or nothing
OWN_METRICS = CODE / "own_metrics.json"  # the hashes of the code of metrics from outside
RESULTS = Path("results")
PARTIAL = Path("runs", "partial")  # unfinished trainings, unknown to DVC: a killed run leaves no half output
LOGS = Path("runs", "logs")
RESULT = "result.json"
CONTACT = "contact.png"  # what a data set looks like
RESERVED = {  # names that no data set and no method may have: folders of ours stand in their place
    "dataset": ("code", "partial", "logs"),
    "method": (
        *("prepare", "base", "autoencoder", "oracle", "references", "code_size", "attribute_loss"),
        *("codes", "parts", "pictures", "anchors", "drawn_anchors"),
    ),
}


def code(stage: str) -> Path:
    """The hashes of the code that a stage can import."""
    return CODE / "stages" / f"{stage}.json"


def adapter_code(kind: str, name: str) -> Path:
    """The hashes of the code of one adapter; kind is methods or datasets, name that of the section of params.yaml."""
    return CODE / kind / f"{name}.json"


@dataclass(frozen=True)
class Whole:
    """All data sets and methods together."""


@dataclass(frozen=True)
class Shared:
    """What all cells of a data set share."""

    dataset: str

    @property
    def data(self) -> Path:
        """The prepared images and what is known of them."""
        return Path("data", self.dataset)

    @property
    def code(self) -> Path:
        """The hashes of the data set's adapter."""
        return adapter_code("datasets", self.dataset)

    @property
    def files(self) -> Path:
        """What the person's files are that the data set is made from."""
        return CODE / "files" / f"{self.dataset}.json"

    @property
    def needs_autoencoder(self) -> Path:
        """Whether some method of the grid stands on an autoencoder."""
        return CODE / "needs_autoencoder.json"

    @property
    def autoencoder(self) -> Path:
        """The pre-trained autoencoder of methods in a latent space, where the grid has one."""
        return self.model("autoencoder")

    @property
    def oracle(self) -> Path:
        """The oracle that judges edits."""
        return self.model("oracle")

    def model(self, name: str) -> Path:
        """A model that is trained once for the data set."""
        return Path("runs", self.dataset, name)

    @property
    def references(self) -> Path:
        """Features of real images."""
        return Path("runs", self.dataset, "references.npz")

    @property
    def parts(self) -> Path:
        """The size and the parts of the codes of all cells."""
        return Path("runs", self.dataset, "parts")

    @property
    def code_size(self) -> Path:
        """The largest code size of the grid, so that noise anchors depend on no more than that."""
        return Path("runs", self.dataset, "code_size.json")

    def results(self, stage: str) -> Path:
        """The result file of a stage and what stands beside it."""
        return RESULTS / self.dataset / stage

    def pictures(self, stage: str) -> Path:
        """Images that a stage shows; as those of cells out of git, since not all may be passed on."""
        return RESULTS / self.dataset / "pictures" / stage

    def anchor(self, name: str, stage: str) -> Path:
        """The results of an anchor that no seed has a part in."""
        return RESULTS / self.dataset / "anchors" / name / stage


@dataclass(frozen=True)
class Repeat:
    """A data set at one seed of the grid."""

    dataset: str
    seed: int | str

    @property
    def shared(self) -> Shared:
        """What does not depend on the seed."""
        return Shared(self.dataset)

    @property
    def base(self) -> Path:
        """The pre-trained diffusion model, trained anew with every seed."""
        return self.shared.model("base") / str(self.seed)

    def model(self, need: str) -> Path:
        """The model that `need`, a word of an adapter's `needs`, names."""
        return self.base if need == "base" else self.shared.model(need)

    def results(self, stage: str) -> Path:
        """The result file of a stage that every seed makes anew, and what stands beside it."""
        return self.shared.results(stage) / str(self.seed)

    @property
    def anchors(self) -> Path:
        """The results of all anchors that are drawn anew with every seed."""
        return RESULTS / self.dataset / "drawn_anchors" / str(self.seed)

    def anchor(self, name: str, stage: str) -> Path:
        """The results of one of them."""
        return self.anchors / name / stage


@dataclass(frozen=True)
class Cell:
    """One trained method: a data set, a row of the grid, a training seed."""

    dataset: str
    method: str
    seed: int | str

    @property
    def shared(self) -> Shared:
        """What all cells of the data set share."""
        return Shared(self.dataset)

    @property
    def repeat(self) -> Repeat:
        """What all cells of the data set and the seed share."""
        return Repeat(self.dataset, self.seed)

    @property
    def name(self) -> str:
        """What a person calls it."""
        return f"{self.dataset} {self.method} {self.seed}"

    @property
    def code(self) -> Path:
        """The hashes of the method's adapter."""
        return adapter_code("methods", self.method)

    @property
    def needs(self) -> Path:
        """The settings of what the cell stands on, as a hash, where they are not those of every cell."""
        return CODE / "needs" / self.dataset / f"{self.method}.json"

    @property
    def weights(self) -> Path:
        """The trained weights, and the hash of the settings that they belong to."""
        return Path("runs", self.dataset, self.method, str(self.seed))

    def weights_after(self, share: float) -> Path:
        """The weights after a share of the training's steps; after all of them those that other stages load."""
        return self.weights / ("weights.safetensors" if share == 1 else f"partway-{share}.safetensors")

    @property
    def codes(self) -> Path:
        """The codes of all splits."""
        return Path("runs", self.dataset, "codes", self.method, f"{self.seed}.npz")

    @property
    def parts(self) -> Path:
        """The size of the code, its views, and the index groups that the method itself treats as units."""
        return self.shared.parts / self.method / f"{self.seed}.json"

    @property
    def results_folder(self) -> Path:
        """All results of the cell."""
        return RESULTS / self.dataset / self.method / str(self.seed)

    def results(self, stage: str) -> Path:
        """The result file of a stage and what stands beside it: views, maps of parts, curves, the cost."""
        return self.results_folder / stage

    def arrays(self, stage: str) -> Path:
        """Matrices and vectors behind a stage's numbers."""
        return self.results_folder / "arrays" / f"{stage}.npz"

    def pictures(self, stage: str) -> Path:
        """Rows of images that a stage shows: main.png, and others by their kind; names of the rows beside them."""
        return self.results_folder / "pictures" / stage


Place = Whole | Shared | Repeat | Cell


def result_file(folder: Path) -> Path:
    """The numbers of one stage."""
    return folder / RESULT


def cost_file(folder: Path) -> Path:
    """What they cost: seconds, memory, and the commit that made them."""
    return folder / "cost.json"


def view_file(folder: Path, view: str) -> Path:
    """The numbers of another view of the codes than the default."""
    return folder / f"{view}.json"


def part_map(folder: Path) -> Path:
    """What each part of the code tells, where a method has parts."""
    return folder / "parts.csv"


def curves(folder: Path) -> Path:
    """The curves of a training."""
    return folder / "curves.csv"
