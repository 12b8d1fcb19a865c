"""DiTi: what each mode teaches the code, and that one block is PDAE."""

import pytest
import torch
from sections import built, nested
from siamese_models import NETWORK, SECTIONS, assert_same, gradients

from diffrep.methods.diti import DiTi
from diffrep.methods.pdae import PDAE
from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.methods.shared.denoisers.shifted_dpm import ShiftedDPM
from diffrep.methods.shared.process.sampler import SAMPLERS
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.trained.given import drawn_loss

SHAPE = (3, 16, 16)
TIMES = torch.arange(1000)


def build(method=DiTi, **changes):
    torch.manual_seed(0)
    base = built(BaseDPM, SHAPE, network=NETWORK | {"patch": 1, "prediction_type": "epsilon"})
    section = SECTIONS[method] | ({"sampler": "diti"} if method is DiTi else {})
    model = built(method, SHAPE, base, **nested(section, changes))
    torch.manual_seed(1)
    for parameter in model.parameters():
        parameter.data += 0.05 * torch.randn_like(parameter)
    return model.eval()


def images(count=6):
    return torch.rand(count, *SHAPE, generator=torch.Generator().manual_seed(2)) * 2 - 1


def loss(model):
    return drawn_loss(model, (images(),), torch.Generator().manual_seed(3))


@pytest.mark.parametrize("mode", ["base", "stop_grad"])
@pytest.mark.parametrize("kind", ["balanced", "unequal"])
def test_one_block_is_pdae_bit_for_bit(mode, kind):
    pdae, diti = build(PDAE), build(blocks={"count": 1, "partition": kind, "mode": mode})
    assert torch.equal(loss(pdae), loss(diti))
    learned = gradients(diti, loss)
    assert any(name.startswith("encoder.") for name in learned)
    assert_same(learned, gradients(pdae, loss))


def test_one_block_decodes_as_pdae():
    codes, start = torch.ones(2, 8), torch.randn(2, *SHAPE, generator=torch.Generator().manual_seed(5))
    pdae, diti = build(PDAE), build(blocks={"count": 1}, sampler="pdae")
    assert torch.equal(pdae.decode(codes, start, steps=5), diti.decode(codes, start, steps=5))
    assert torch.equal(pdae.invert(start, codes, steps=5), diti.invert(start, codes, steps=5))


def test_stop_grad_shows_the_decoder_the_same():
    model, codes = build(), torch.randn(1000, 8)
    assert torch.equal(model.decoder.mask(codes, TIMES), model.decoder.mask_stopped(codes, TIMES))


def test_stop_grad_has_the_same_loss():
    assert torch.equal(loss(build(blocks={"mode": "base"})), loss(build(blocks={"mode": "stop_grad"})))


def test_dual_is_twice_the_base():
    assert torch.equal(loss(build(blocks={"mode": "dual"})), 2 * loss(build(blocks={"mode": "base"})))


def gradient_on_codes(mask):
    """Gradient of the whole loss on the code of each image, for one mask."""
    model = build()
    seen = model.decoder.see(images(), **model.draw(images().shape, torch.Generator().manual_seed(3)))
    codes = model.encode(images())["z"].detach().requires_grad_()
    ShiftedDPM.loss(model.decoder, seen, getattr(model.decoder, mask)(codes, seen.timesteps)).backward()
    newest = model.decoder.partition.index(seen.timesteps)
    return codes.grad, model.decoder.partition.current[newest].bool(), model.decoder.partition.opened[newest].bool()


def test_stop_grad_teaches_the_newest_block_alone():
    gradient, current, _ = gradient_on_codes("mask_stopped")
    assert not gradient[~current].any()
    assert gradient[current].ne(0).all()


def test_stop_grad_teaches_the_newest_block_what_base_does():
    stopped, current, _ = gradient_on_codes("mask_stopped")
    base, _, _ = gradient_on_codes("mask")
    assert torch.equal(stopped[current], base[current])


def test_base_teaches_every_open_dim():
    gradient, _, opened = gradient_on_codes("mask")
    assert gradient[opened].ne(0).all()
    assert not gradient[~opened].any()


def test_stop_grad_leaves_the_decoders_gradient_whole():
    base, stopped = build(blocks={"mode": "base"}), build(blocks={"mode": "stop_grad"})
    for model in (base, stopped):
        loss(model).backward()
    assert torch.equal(base.decoder.estimator.code.weight.grad, stopped.decoder.estimator.code.weight.grad)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_decoding_masks_as_training_does(sampler):
    model = build(sampler=sampler)
    asked = []
    model.decoder.gradient = lambda features, t, codes: asked.append((t[0].item(), codes[0])) or torch.zeros(1, *SHAPE)
    model.decode(torch.ones(1, 8), torch.zeros(1, *SHAPE), steps=10)
    for t, codes in asked:
        assert codes.sum() == 2 * (4 * t // 1000 + 1)


def test_parts_are_the_blocks():
    parts = build().parts
    assert [part.dims for part in parts] == [(0, 1), (2, 3), (4, 5), (6, 7)]
    assert [part.timesteps for part in parts] == [(0, 250), (250, 500), (500, 750), (750, 1000)]


def test_views_hold_the_whole_code():
    assert build().encode(images())["z"].ne(0).all()


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ({"count": 3}, "code_dim=8 cannot be cut into 3 equal blocks"),
        ({"count": 9}, "blocks.count=9: a code of 8 dims is cut into 1 to 8 blocks"),
        ({"count": 0}, "blocks.count=0"),
    ],
)
def test_impossible_blocks(blocks, message):
    with pytest.raises(ValueError, match=message):
        build(blocks=blocks)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"blocks": {"mode": "stopgrad"}}, "row.blocks.mode is 'stopgrad': did you mean 'stop_grad'"),
        ({"blocks": {"partition": "equal"}}, "row.blocks.partition is 'equal': did you mean 'unequal'"),
        ({"sampler": "ddim"}, "row.sampler is 'ddim': there are diffae, diti, ldm, pdae"),
    ],
)
def test_unknown_settings(changes, message):
    with pytest.raises(UserError, match=message):
        build(**changes)


def test_denoises_by_the_open_blocks_alone():
    model, t = build(), torch.tensor([0, 249, 250, 500, 750, 999])
    codes, closed = torch.randn(6, 8), torch.randn(6, 8)
    opened = model.decoder.mask(torch.ones(6, 8), t)
    noisy = model.noised(images(), torch.randn(6, *SHAPE), t)
    assert torch.equal(model.denoise(noisy, t, codes), model.denoise(noisy, t, codes * opened + closed * (1 - opened)))


def test_one_block_denoises_as_pdae():
    codes, noisy, t = torch.ones(2, 8), torch.randn(2, *SHAPE), torch.tensor([10, 900])
    assert torch.equal(build(PDAE).denoise(noisy, t, codes), build(blocks={"count": 1}).denoise(noisy, t, codes))
