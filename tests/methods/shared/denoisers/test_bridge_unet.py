"""The denoiser on a bridge: the published sizes and heads, the published forward, and what it starts from."""

import official_dbae as official
import pytest
import torch
from official_guided import stirred

from diffrep.methods.shared.denoisers.bridge_unet import BridgeUNet, BridgeUNetSettings
from diffrep.methods.shared.process.vp_bridge import preconditioning

SMALL = {
    "channels": (16, 32),
    "layers": 1,
    "attention_levels": (),
    "head_width": 16,
    "norm_groups": 8,
    "dropout": 0.0,
    "patch": 1,
}
TIMES = torch.tensor([1e-4, 0.4, 1.0])


def build(**changes):
    torch.manual_seed(0)
    return BridgeUNet((3, 8, 8), 5, BridgeUNetSettings(**SMALL | changes)).eval()


def states(count=3):
    drawn = torch.randn(2, count, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    return drawn[0], drawn[1], TIMES[:count], torch.randn(count, 5, generator=torch.Generator().manual_seed(2))


def count(module):
    return sum(parameter.numel() for parameter in module.parameters())


PUBLISHED = {64: ((64, 128, 256, 512), (1, 2, 3)), 128: ((128, 128, 256, 384, 512), (2, 3, 4))}


@pytest.mark.parametrize(("side", "parameters"), [(64, 69_680_835), (128, 105_461_251)])
def test_published_parameters(side, parameters):
    widths, attends = PUBLISHED[side]
    settings = BridgeUNetSettings(widths, 2, attends, 64, 32, 0.1, 1)
    with torch.device("meta"):
        ours = BridgeUNet((3, side, side), 512, settings)
        theirs = official.DBAE(widths, attends, (32,), (), code=512, side=64, head=64, generator=4)
    assert count(ours) == parameters
    assert count(theirs) - count(theirs.encoder) - count(theirs.decoder) == parameters


def test_published_heads():
    with torch.device("meta"):
        widths, attends = PUBLISHED[64]
        network = BridgeUNet((3, 64, 64), 512, BridgeUNetSettings(widths, 2, attends, 64, 32, 0.1, 1))
    found = {(m.to_q.out_features, m.heads) for m in network.modules() if hasattr(m, "to_q")}
    assert found == {(128, 2), (256, 4), (512, 8)}


def test_fresh_network_sees_its_share_of_the_state():
    x, ends, times, codes = states()
    torch.testing.assert_close(build()(x, ends, times, codes), preconditioning(times, x).skip * x)


def test_what_the_network_is_told():
    network, told = build(), {}
    network.unet.register_forward_pre_hook(
        lambda module, inputs, words: told.update(seen=inputs[0], time=inputs[1], **words), with_kwargs=True
    )
    x, ends, times, codes = states()
    network(x, ends, times, codes)
    inner = official.scales(times.double())[0].float().view(-1, 1, 1, 1)
    torch.testing.assert_close(told["seen"], torch.cat([inner * x, ends], dim=1))
    assert told["time"].tolist() == [pytest.approx(-2302.585), pytest.approx(-229.0727), 0.0]
    assert torch.equal(told["class_labels"], codes)


def test_it_says_how_far_the_image_is_from_that_share():
    network = stirred(build())
    x, ends, times, codes = states()
    f = network.unet(torch.cat([preconditioning(times, x).inner * x, ends], 1), 250 * times.log(), class_labels=codes)
    _, skip, out = (scale.float().view(-1, 1, 1, 1) for scale in official.scales(times.double()))
    torch.testing.assert_close(network(x, ends, times, codes), skip * x + out * f.sample, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("which", range(4), ids=["state", "endpoint", "time", "code"])
def test_prediction_listens(which):
    network, given = stirred(build()), list(states())
    before = network(*given)
    given[which] = given[which] * 0.9
    assert not torch.allclose(network(*given), before)


def test_patches_are_folded_into_channels():
    network = build(patch=2)
    assert (network.unet.conv_in.in_channels, network.unet.conv_out.out_channels) == (24, 12)
    assert network(*states()).shape == (3, 3, 8, 8)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"head_width": 24}, r"head_width=24 must divide the widths with attention, \[32\]"),
        ({"head_width": 32, "attention_levels": (0,)}, r"must divide the widths with attention, \[16, 32\]"),
        ({"layers": 0}, "layers=0: a resolution has at least 1 block"),
        ({"patch": 3}, "images of 8x8 cannot be cut by patch=3"),
    ],
)
def test_impossible_settings(changes, message):
    with pytest.raises(ValueError, match=message):
        build(**changes)
