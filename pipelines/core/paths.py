"""Where everything lies, relative to the top of the repository."""

from pathlib import Path


def adapters() -> Path:
    """What the grid's adapters are made of."""
    return Path("runs", "adapters")


def grid_code() -> Path:
    """The largest code size of the grid, in a file of its own, so that the anchors depend on no more than that."""
    return adapters() / "code.json"


def needs() -> Path:
    """Whether some method of the grid stands on an autoencoder."""
    return adapters() / "needs.json"


def cell_needs(dataset: str, method: str) -> Path:
    """The settings of what a cell stands on, as a hash, where they are not those of every cell."""
    return adapters() / "needs" / dataset / f"{method}.json"


def data(dataset: str) -> Path:
    """The prepared images and what is known of them."""
    return Path("data", dataset)


def base(dataset: str) -> Path:
    """The pre-trained diffusion model."""
    return Path("runs", dataset, "base")


def autoencoder(dataset: str) -> Path:
    """The pre-trained autoencoder of methods in a latent space, where the grid has one."""
    return Path("runs", dataset, "autoencoder")


def oracle(dataset: str) -> Path:
    """The judge of counterfactuals."""
    return Path("runs", dataset, "oracle")


def cell(dataset: str, method: str, seed: int) -> Path:
    """The trained weights of one cell."""
    return Path("runs", dataset, method, str(seed))


def partial(*names: str) -> Path:
    """Checkpoints of a training that has not ended; unknown to DVC, so that a killed run leaves no half output."""
    return Path("runs", "partial", *names)


def codes(dataset: str, method: str, seed: int) -> Path:
    """The codes of all splits."""
    return Path("runs", dataset, "codes", method, f"{seed}.npz")


def result(dataset: str, method: str, stage: str, seed: int) -> Path:
    """The result file of one stage and cell."""
    return Path("results", dataset, method, stage, f"{seed}.json")


def anchor(dataset: str, name: str, stage: str, seed: int) -> Path:
    """The result file of one anchor row."""
    return Path("results", dataset, "anchors", name, stage, f"{seed}.json")


def view_result(dataset: str, method: str, stage: str, view: str, seed: int) -> Path:
    """The result file of one stage and cell on another view of its codes than the default."""
    return Path("results", dataset, method, stage, view, f"{seed}.json")


def part_map(dataset: str, method: str, stage: str, seed: int) -> Path:
    """What each part of the code tells, where a method has parts."""
    return Path("results", dataset, method, stage, f"{seed}.parts.csv")


def attribute_loss(dataset: str) -> Path:
    """When noise takes each factor, or why nobody can tell."""
    return Path("results", dataset, "anchors", "attribute_loss.json")


def curves(dataset: str, method: str, seed: int) -> Path:
    """The training curves of one cell."""
    return Path("results", dataset, method, "train", f"{seed}.csv")


def arrays(dataset: str, method: str, stage: str, seed: int) -> Path:
    """Matrices and per-item vectors behind a result file."""
    return Path("results", dataset, method, "arrays", stage, f"{seed}.npz")


def picture(dataset: str, method: str, stage: str, seed: int, kind: str = "") -> Path:
    """Rows of images that a stage shows; `kind` names the further pictures of a stage that has several."""
    return Path("results", dataset, method, "pictures", stage, f"{seed}-{kind}.png" if kind else f"{seed}.png")


def base_result(dataset: str) -> Path:
    """Cost and losses of the base model."""
    return Path("results", dataset, "base.json")


def autoencoder_result(dataset: str) -> Path:
    """Cost and losses of the autoencoder."""
    return Path("results", dataset, "autoencoder.json")


def oracle_result(dataset: str) -> Path:
    """Cost and accuracy of the judge."""
    return Path("results", dataset, "oracle.json")


def parts(dataset: str, method: str, seed: int) -> Path:
    """The index groups of the code that the method itself treats as units."""
    return codes(dataset, method, seed).with_suffix(".json")
