"""Which feature extractors there are is told by the weights that are here."""

import pytest
import torch

from diffrep.metrics.images import effnet_lite0
from diffrep.pipelines.edits.extractors import extractors


def test_inception_is_asked_where_its_weights_are(monkeypatch, tmp_path):
    monkeypatch.setenv("DIFFREP_INCEPTION_WEIGHTS", str(tmp_path / "none.pth"))
    with pytest.raises(FileNotFoundError, match=r"no file .*none\.pth"):
        extractors(torch.device("cpu"))
    monkeypatch.delenv("DIFFREP_INCEPTION_WEIGHTS")
    assert "inception" not in extractors(torch.device("cpu"))


@pytest.mark.parametrize("installed", [True, False])
def test_effnet_is_asked_where_it_is_installed(monkeypatch, installed):
    monkeypatch.delenv("DIFFREP_INCEPTION_WEIGHTS", raising=False)
    monkeypatch.setattr(effnet_lite0, "weights_installed", lambda: installed)
    assert list(extractors(torch.device("cpu"))) == (["effnet_lite0"] if installed else [])
