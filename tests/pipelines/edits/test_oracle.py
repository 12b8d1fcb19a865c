"""What an oracle may be asked, what it is trusted with, and when it does not read decodes."""

from types import SimpleNamespace

import numpy as np
import painted
import pytest
import torch
from safetensors.torch import save_file

from diffrep.datasets.pixels import image_tensor
from diffrep.pipelines.core.cards import write_card
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.paths import Shared
from diffrep.pipelines.edits.oracle import Oracle, OracleNetwork, labels, load_oracle, trusted

ATTRIBUTES = SimpleNamespace(
    factors=None,
    attributes=np.random.default_rng(0).integers(0, 2, (100, 3), dtype=np.uint8),
    card={"attribute_names": ["round", "dark", "tall"]},
    splits={"test": np.arange(50, 100)},
    image_shape=(3, 16, 16),
)


def test_log_odds_are_differences_of_logits():
    session, oracle = painted.session(), painted.oracle()
    images = image_tensor(session.images(session.a[:9]))
    a, b = oracle.truth[session.a[:9]], oracle.truth[session.b[:9]]
    odds = oracle.log_odds(images, b, a)
    assert odds.shape == (9, 3)
    np.testing.assert_allclose(odds, -np.abs(a - b) * painted.STEP, atol=0.01)


def test_only_the_trusted_factors_are_read():
    session, oracle = painted.session(), painted.oracle(2, 0)
    readings = oracle.read(image_tensor(session.images(session.a)))
    np.testing.assert_array_equal(readings, session.data.factors[session.rows(session.a)][:, [2, 0]])


def test_an_oracle_that_reads_decodes_does_not_fail():
    assert painted.oracle().fails_on(np.ones(3)) == {}


def test_an_oracle_that_guesses_fails_and_the_factor_is_told_with_its_agreement():
    assert painted.oracle().fails_on(np.array([1.0, 0.25, 0.9])) == {"middle": 0.25}


def test_labels_are_factors_else_attributes():
    assert labels(painted.data()).names == ["upper", "middle", "lower"]
    names, sizes, values = labels(ATTRIBUTES)
    assert (names, sizes, values.dtype) == (["round", "dark", "tall"], [2, 2, 2], np.int64)


@pytest.mark.parametrize(
    ("least", "names", "left_out"),
    [
        pytest.param(0.9, ["round", "tall"], {"dark": 0.8}, id="one is left out"),
        pytest.param(0.8, ["round", "dark", "tall"], {}, id="as good as demanded is good enough"),
    ],
)
def test_what_is_read_too_badly_is_left_out(least, names, left_out):
    oracle = trusted(painted.PerfectNetwork(), {"round": 0.95, "dark": 0.8, "tall": 1.0}, least, ATTRIBUTES)
    assert (oracle.names, oracle.left_out, oracle.least) == (names, left_out, least)
    np.testing.assert_array_equal(oracle.truth, ATTRIBUTES.attributes[50:][:, oracle.kept])
    assert len(oracle.accuracy) == len(names)


def test_attributes_that_go_together_are_no_damage_to_each_other():
    attributes = np.stack([ATTRIBUTES.attributes[:, 0], ATTRIBUTES.attributes[:, 0], ATTRIBUTES.attributes[:, 1]], 1)
    data = SimpleNamespace(**{**vars(ATTRIBUTES), "attributes": attributes, "splits": {"test": np.arange(100)}})
    oracle = trusted(painted.PerfectNetwork(), {"round": 1.0, "dark": 1.0, "tall": 1.0}, 0.9, data)
    assert not oracle.counted[0, 1]
    assert oracle.counted[0, 2]


def test_from_a_correlation_of_a_fifth_on_attributes_go_together():
    first = np.repeat([0, 1], 1000)
    close, far = (np.where(np.tile(np.arange(1000) < rows, 2), first, 1 - first) for rows in (605, 595))
    data = SimpleNamespace(**{**vars(ATTRIBUTES), "attributes": np.stack([first, close, 1 - far], 1)})
    data.splits = {"test": np.arange(2000)}
    assert np.corrcoef(data.attributes.T)[0] == pytest.approx([1, 0.21, -0.19])
    oracle = trusted(painted.PerfectNetwork(), {"round": 1.0, "dark": 1.0, "tall": 1.0}, 0.9, data)
    assert oracle.counted[0].tolist() == [False, False, True]


def test_factors_all_count_against_each_other():
    accuracy = {"upper": 1.0, "middle": 1.0, "lower": 1.0}
    assert trusted(painted.PerfectNetwork(), accuracy, 0.9, painted.data()).counted is None


def test_of_an_oracle_that_reads_nothing_the_demand_is_told():
    assert painted.blind_oracle().silence == "not applicable: the oracle reads no factor with accuracy 0.98"


def test_the_trained_network_is_read_with_its_accuracy(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shared = Shared("shapes")
    with pytest.raises(UserError, match="run diffrep oracle --dataset shapes"):
        load_oracle(shared, ATTRIBUTES, torch.device("cpu"))
    network = OracleNetwork((3, 16, 16), [2, 2, 2], [8])
    shared.oracle.mkdir(parents=True)
    save_file(network.state_dict(), shared.oracle / "weights.safetensors")
    write_card(shared.oracle / "card.json", {"accuracy": {"round": 0.5}, "channels": [8]}, of=shared.oracle)
    found, accuracy = load_oracle(shared, ATTRIBUTES, torch.device("cpu"))
    images = torch.rand(2, 3, 16, 16)
    np.testing.assert_array_equal(found.read(images), network.eval().read(images))
    assert accuracy == {"round": 0.5}


@pytest.mark.parametrize("batch_size", [2, 7, 100])
def test_logits_do_not_depend_on_the_batch_and_are_read_by_the_largest(batch_size):
    torch.manual_seed(0)
    network, images = OracleNetwork((3, 16, 16), [4, 2], [8, 8]).eval(), torch.rand(7, 3, 16, 16)
    logits = network.logits(images, batch_size)
    assert [x.shape for x in logits] == [(7, 4), (7, 2)]
    np.testing.assert_allclose(logits[0], network.logits(images)[0], atol=1e-5)
    np.testing.assert_array_equal(network.read(images, batch_size)[:, 0], logits[0].argmax(1))


def network(*sizes) -> OracleNetwork:
    torch.manual_seed(0)
    return OracleNetwork((3, 16, 16), sizes, [8, 8]).eval()


def kept(of: OracleNetwork, *factors) -> Oracle:
    """An oracle that is trusted with these of its factors."""
    names = [str(k) for k in factors]
    return Oracle(of, np.array(factors), names, np.ones(len(names)), np.zeros((1, len(names))), None, 0.9, {})


@pytest.mark.parametrize(("factors", "binary"), [((0, 2), True), ((2,), True), ((0, 1), False), ((1,), False)])
def test_attributes_are_what_has_two_values_of_what_is_kept(factors, binary):
    assert kept(network(2, 5, 2), *factors).binary == binary


def test_presence_is_how_much_rather_an_attribute_is_seen_than_not():
    images, of = torch.rand(4, 3, 16, 16), network(2, 5, 2)
    logits = of.logits(images)
    expected = np.stack([logits[k][:, 1] - logits[k][:, 0] for k in (2, 0)], axis=1)
    np.testing.assert_allclose(kept(of, 2, 0).presence(images), expected)


def test_decodes_beyond_the_range_of_images_are_clamped():
    images, of = 3 * torch.randn(4, 3, 16, 16, generator=torch.Generator().manual_seed(0)), network(4)
    np.testing.assert_array_equal(of.logits(images)[0], of.logits(images.clamp(-1, 1))[0])
    assert not np.allclose(of.logits(images)[0], of(images)[0].detach())
