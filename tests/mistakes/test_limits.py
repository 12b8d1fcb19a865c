"""Values beyond what a type, a machine or a data set allows: told before anything is trained."""

import pytest
from mistakes import Mistake, expect_told, put

ROOMS = "shapes3d_rendered"
PDAE, BASE, EDITS = "methods.pdae", "base.network", "evaluate.counterfactual"
LIMITS = [
    ("no dimensions of a code", f"{PDAE}.code_dim", 0, r"methods\.pdae\.code_dim is 0, which must be greater than or"),
    ("a billion dimensions", f"{PDAE}.code_dim", 10**9, r"methods\.pdae on .* needs [\d,]+ GiB in training, more than"),
    ("dimensions beyond all sizes", f"{PDAE}.code_dim", 10**18, r"methods\.pdae: .*10{18}"),
    (
        "no scale of a code",
        f"{PDAE}.code_scale",
        float("nan"),
        r"methods\.pdae\.code_scale is nan, which must",
    ),
    ("a code times nothing", f"{PDAE}.code_scale", 0.0, "code_scale is 0.0, which must be greater than 0"),
    ("more dropout than all", f"{PDAE}.decoder.dropout", 1.5, r"decoder\.dropout is 1\.5, which must be less than 1"),
    ("an encoder without width", f"{PDAE}.encoder.channels", [], r"methods\.pdae: encoder\.channels=\[\]: give at"),
    (
        "a width that groups do not cut",
        f"{BASE}.channels",
        [7],
        r"base\.network: channels=\[7\]: every width must",
    ),
    ("a network without width", f"{BASE}.channels", [], r"base\.network: channels=\[\]: give at least one width"),
    ("no patch", f"{BASE}.patch", 0, r"base\.network: patch=0: must be at least 1"),
    ("a patch that images do not have", f"{BASE}.patch", 3, r"images of 16x16 cannot be cut by patch=3"),
    ("a level that is not there", f"{BASE}.attention_levels", [5], r"attention_levels=\[5\]: there are levels 0 to 1"),
    (
        "no width of the oracle",
        "oracle.channels",
        [],
        r"oracle\.channels is \[\], which must be a list",
    ),
    ("an oracle beyond memory", "oracle.channels", [2**20], r"oracle on .* GiB in training, more than"),
    ("no code vectors", "autoencoder.network.codebook", 0, r"autoencoder\.network\.codebook is 0, which must be"),
    ("a seed beyond 32 bits", "grid.seed", [2**32], r"grid\.seed\[0\] is 4294967296, which must be at most"),
    ("a count beyond 31 bits", "evaluate.diagnose.pairs", 2**31, "pairs is 2147483648, which must be at most"),
    ("more steps than times", "evaluate.reconstruct.decode_steps", 1001, "decode_steps is 1001, which must be at most"),
    (
        "more times than there are",
        "evaluate.diagnose.times",
        1001,
        "diagnose.times is 1001, which must be at most",
    ),
    ("threads without end", "machine.threads", 10**6, r"machine\.threads is 1000000, which must be at most 1024"),
    ("no word for a preset", "evaluate.preset", " ", r"evaluate\.preset is ' ', which must be a word"),
    (
        "a batch beyond the images",
        "train.batch_size",
        65,
        r"train\.batch_size is 65, but .* at most 64: it has",
    ),
    ("validation beyond its images", "train.valid_images", 41, r"train\.valid_images is 41, but .* at most 40"),
    ("validation below a batch", "train.valid_images", 4, r"train\.valid_images is 4, which must be at least 8"),
    ("a warm-up beyond the end", "train.warmup", 3, r"train\.warmup is 3, but .* at most 2: a training takes 2 steps"),
    (
        "a row's own warm-up beyond its end",
        f"{PDAE}.training",
        {"steps": 5, "warmup": 6},
        r"methods\.pdae\.training\.warmup is 6, but .* at most 5: a training takes 5 steps",
    ),
    (
        "a row's own batch beyond the images",
        f"{PDAE}.training.batch_size",
        65,
        r"methods\.pdae\.training\.batch_size is 65, but .* at most 64: it has",
    ),
    (
        "a submodule that is not there",
        f"{PDAE}.training.unaveraged",
        ["encodr"],
        r"methods\.pdae\.training\.unaveraged: PDAE trains no submodule 'encodr': did you mean 'encoder'\?",
    ),
    (
        "an oracle's submodule that is not there",
        "oracle.training.unaveraged",
        ["encoder"],
        r"oracle\.training\.unaveraged: OracleNetwork trains no submodule 'encoder'",
    ),
    (
        "a row's precision that a CPU lacks",
        f"{PDAE}.training.precision",
        "16-mixed",
        r"methods\.pdae\.training\.precision is '16-mixed', which a 'cpu' does not have: set 32-true",
    ),
    (
        "steps of what takes none",
        "methods.random.training.steps",
        3,
        r"random\.training: .* is not trained by steps",
    ),
    ("more diagnosed than there are", "evaluate.diagnose.images", 41, r"diagnose\.images is 41, but .* at most 40"),
    ("more twins than there are", "evaluate.diagnose.pairs", 41, r"diagnose\.pairs is 41, but .* at most 40"),
    ("more to fit on than there are", "evaluate.disentangle.train", 31, r"disentangle\.train is 31, but .* at most 30"),
    ("none left to fit on", "evaluate.disentangle.test", 40, r"disentangle\.test is 40, but .* at most 39"),
    ("more reconstructed than there are", "evaluate.reconstruct.images", 41, r"reconstruct\.images is 41, but .* 40"),
    ("more pairs than there are", f"{EDITS}.pairs", 40, r"counterfactual\.pairs is 40, but .* at most 39"),
    (
        "more edits than real images",
        f"{EDITS}.images",
        33,
        r"counterfactual\.images is 33, but .* at most 32",
    ),
    ("more paths than pairs", f"{EDITS}.interpolated", 9, r"interpolated is 9, but .* at most 8: of 16 pairs half"),
    ("more drifts than pairs", f"{EDITS}.composed", 25, r"composed is 25, but .* at most 24"),
    ("more dims than a code has", f"{EDITS}.probe_dims", 5, r"probe_dims is 5, but the codes of methods\.pdae have 4"),
    ("a mask beyond a code", f"{EDITS}.mask_dims", 5, r"mask_dims is 5, but the codes of methods\.pdae have 4 dim"),
    (
        "a code beyond float32",
        f"{PDAE}.code_scale",
        1e300,
        r"code_scale is 1e\+300, which must be less than",
    ),
    ("a word for a section", PDAE, "x", r"methods\.pdae must hold keys, those of its adapter"),
    ("edits of one image", f"{EDITS}.images", 1, r"counterfactual\.images is 1, which must be at least 2"),
    (
        "a seed below none",
        f"datasets.{ROOMS}.seed",
        -5,
        r"datasets\.shapes3d_rendered\.seed is -5, which must be",
    ),
    (
        "images of no size",
        f"datasets.{ROOMS}.size",
        0,
        r"datasets\.shapes3d_rendered: size is at least 8 pixels",
    ),
    (
        "images below none",
        f"datasets.{ROOMS}.train",
        -1,
        r"datasets\.shapes3d_rendered: train, valid and test are 1 or more",
    ),
    ("no images to learn from", f"datasets.{ROOMS}.train", 0, r"train, valid and test are 1 or more, .* got 0 \+ "),
]
MISTAKES = [Mistake(f"settings: {kind}", put(key, value), ("code",), told) for kind, key, value, told in LIMITS]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.kind)
def test_it_is_told_in_one_line(mistake, tmp_path, capsys):
    expect_told(mistake, tmp_path / "work", capsys)
