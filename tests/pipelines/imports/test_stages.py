"""Every stage that judges a cell judges one whose weights were imported."""

import official_files
import official_guided as official
import torch
import yaml
from safetensors.torch import save_file
from tiny_cells import ROOMS, small_values
from tiny_edits import ACCURACY, result, run

from diffrep.pipelines.core.cards import write_card
from diffrep.pipelines.core.params import load
from diffrep.pipelines.core.paths import Cell, Repeat, Shared
from diffrep.pipelines.edits.oracle import OracleNetwork
from diffrep.pipelines.imports.run import import_weights

SIDE = 16
SHARED = Shared(ROOMS)
ROW = Cell(ROOMS, "diffae_released", 0)


def values():
    """A row that needs no training beside the one that is imported, and scores that take no time."""
    found = small_values()
    found["datasets"][ROOMS] |= {"size": SIDE, "test": 60}
    found["methods"] = {"random": {"code_dim": 4, "encoder": {"kind": "conv", "channels": [32], "attention": None}}}
    found["grid"] = {"dataset": [ROOMS], "method": ["random"], "seed": [0]}
    found["report"] = {"reference": "random", "controls": []}
    found["evaluate"]["probe"] = {"steps": 10, "seeds": 1}
    found["evaluate"]["disentangle"] |= {"votes_train": 20, "votes_test": 20, "rounds": 1}
    found["evaluate"]["reconstruct"] |= {"images": 6, "decode_steps": 2, "invert_steps": 2}
    edits = {"pairs": 8, "images": 24, "interpolated": 2, "composed": 2, "decode_steps": 2, "invert_steps": 2}
    found["evaluate"]["counterfactual"] |= edits
    return found


def write_oracle():
    """An oracle with random weights, and a card that says how well it reads."""
    network = OracleNetwork((3, SIDE, SIDE), [10, 10, 10, 8, 4, 15], [8])
    SHARED.oracle.mkdir(parents=True)
    save_file(network.state_dict(), SHARED.oracle / "weights.safetensors")
    write_card(SHARED.oracle / "card.json", {"accuracy": ACCURACY, "channels": [8]}, of=SHARED.oracle)


def test_every_stage_judges_an_imported_row(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".dvc").mkdir()
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(values()))
    theirs = official.stirred(official.DiffAE((32, 32), (1,), (32, 32), code=8, embedding=64))
    import_weights(official_files.diffae(theirs, SIDE, tmp_path / "last.ckpt"), tmp_path)
    params = load()
    for name, place in (("prepare", SHARED), ("references", SHARED), ("base", Repeat(ROOMS, 0))):
        run(params, name, place)
    torch.manual_seed(0)
    write_oracle()
    for name in ("train", "encode", "probe", "disentangle", "own_metrics", "reconstruct", "partway", "counterfactual"):
        run(params, name, ROW)
    assert result(ROW.results("reconstruct"))["mse_inferred_start"] >= 0
    assert result(ROW.results("counterfactual"))["n_pairs"] == 8
    trained = result(ROW.results("train"))
    assert (trained["steps"], trained["parameters_trained"]) == (None, 0)
    assert trained["reasons"]["steps"] == "not applicable: no training by steps"
