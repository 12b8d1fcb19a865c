"""The page beside a cell's weights that says what they are, of which paper, and how to open them."""

from typing import Any

from diffrep.methods.shared.method import Method
from diffrep.pipelines.tracking.adapter_text import of_adapter
from diffrep.pipelines.trained.pretrained import WORDS
from diffrep.pipelines.trained.record import Record

FILE = "README.md"
PAGE = """# `{method}` on `{dataset}`, seed {seed}

{about}

- Data: `{dataset}`, images of {height} x {width} in {channels} channels, sha256 `{data}`
- Training: {training}
{stands_on}- Trained by: diffrep {version}

```python
import diffrep

cell = diffrep.load("FOLDER")  # the one that this page lies in
codes = cell.encode(images)  # uint8 [n, {height}, {width}, {channels}] -> float32 [n, d]
{decode}
```

Its scores are made after it, in `results/{dataset}/{method}/{seed}` of the workspace that trained it.
"""


def model_card(record: Record, network: Method, summary: dict[str, Any]) -> str:
    """The page in Markdown; `summary` holds `steps` and `images_seen` of what was trained by steps."""
    channels, height, width = record.image_shape
    return PAGE.format(
        method=record.method,
        dataset=record.dataset,
        seed=record.seed,
        about=of_adapter(record.adapter) or f"`{record.adapter}`",
        channels=channels,
        height=height,
        width=width,
        data=record.data_sha256,
        training=training(network, summary),
        stands_on="".join(f"- Stands on: the {WORDS[need]} in `{at.folder}`\n" for need, at in record.needs.items()),
        version=record.diffrep,
        decode=decoding(network),
    )


def training(network: Method, summary: dict[str, Any]) -> str:
    """How the weights came about."""
    if hasattr(network, "loss"):
        return f"{summary['steps']:,} steps, {summary['images_seen']:,} images seen"
    return "a fit in closed form" if hasattr(network, "fit") else "none: the weights that its seed draws"


def decoding(network: Method) -> str:
    """The line of the example that draws images, or why there is none."""
    reason = network.cannot.get("decode")
    return f"# no decode: {reason}" if reason else "images = cell.decode(codes)"
