"""DiffSiam: what each switch leaves of it, to the last bit where that is another method."""

import re
from typing import get_args

import pytest
import torch
from siamese_models import (
    SCHEDULE,
    assert_same,
    build,
    gradients,
    images,
    of_encoder,
    of_heads,
    seeded,
    seen_by_encoder,
    seen_by_heads,
    total,
)

from diffrep.methods.diti import DiTi
from diffrep.methods.pdae import PDAE
from diffrep.methods.shared.partition import OrderedPartition
from diffrep.methods.shared.siamese import SiameseKind
from diffrep.methods.shared.views import pair
from diffrep.methods.simsiam import SimSiam
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.trained.given import drawn_loss


@pytest.mark.parametrize("changes", [{}, {"mode": "stop_grad"}, {"partition": "unequal"}, {"count": 8}], ids=str)
def test_without_siamese_weight_it_is_diti_bit_for_bit(changes):
    ours, theirs = build(siam={"weight": 0.0}, blocks=changes), build(DiTi, blocks=changes)
    assert_same(dict(ours.named_parameters()), dict(theirs.named_parameters()))
    assert torch.equal(total(ours), total(theirs))
    assert_same(gradients(ours), gradients(theirs))


def test_without_siamese_weight_one_block_is_pdae():
    ours, theirs = build(siam={"weight": 0.0}, blocks={"count": 1}), build(PDAE)
    assert torch.equal(total(ours), total(theirs))
    assert_same(gradients(ours), gradients(theirs))


def test_without_siamese_weight_there_are_no_heads_and_no_views():
    model = build(siam={"weight": 0.0})
    assert model.heads is None
    assert len(seen_by_encoder(model, seeded())) == 1


def test_without_diffusion_weight_it_is_simsiam_bit_for_bit():
    ours, theirs = build(diff_weight=0.0, siam={"weight": 1.0}), build(SimSiam)
    theirs.encoder.load_state_dict(ours.encoder.state_dict())
    theirs.heads.load_state_dict(ours.heads.state_dict())
    assert torch.equal(total(ours), total(theirs))
    assert_same(gradients(ours), gradients(theirs))


def test_without_diffusion_weight_the_base_is_never_asked():
    def never(*call):
        raise AssertionError

    model = build(diff_weight=0.0)
    for module in (model.decoder.base, model.decoder.estimator):
        for each in module.modules():
            each.register_forward_pre_hook(never)
    assert not any(name.startswith("decoder.") for name in gradients(model))


def test_one_block_is_pdae_and_simsiam():
    ours, pdae, simsiam = build(blocks={"count": 1}), build(PDAE), build(SimSiam)
    simsiam.encoder.load_state_dict(ours.encoder.state_dict())
    simsiam.heads.load_state_dict(ours.heads.state_dict())
    generator, terms = seeded(), drawn_loss(ours, (images(),), seeded())
    assert torch.equal(terms["diffusion"], total(pdae, generator))
    assert torch.equal(terms["siamese"], total(simsiam, generator))


def diffusion_gradient_on_codes(model):
    """[n, code_dim]: the diffusion term's gradient on the codes, and the newest block of each image."""
    made = []
    model.encoder.register_forward_hook(lambda module, inputs, output: made.append(output))
    terms = drawn_loss(model, (images(),), seeded())
    (gradient,) = torch.autograd.grad(terms["diffusion"], made[0])
    timesteps = build(DiTi).draw(images().shape, seeded())["timesteps"]
    return gradient, model.decoder.partition.current[model.decoder.partition.index(timesteps)].bool()


def test_stop_grad_mode_lets_diffusion_teach_the_newest_block_alone():
    gradient, newest = diffusion_gradient_on_codes(build(blocks={"mode": "stop_grad"}))
    assert not gradient[~newest].any()
    assert gradient[newest].ne(0).all()


@pytest.mark.parametrize("kind", get_args(SiameseKind))
def test_every_siamese_kind_teaches_encoder_and_heads(kind):
    found = gradients(build(siam={"kind": kind}, diff_weight=0.0))
    assert of_encoder(found)
    assert of_heads(found)


@pytest.mark.parametrize("mask", ["surviving", "none"])
def test_noised_view_is_the_forward_process_of_a_clean_one(mask):
    clean, noised = build(diff_weight=0.0), build(diff_weight=0.0, siam={"view": "noised", "mask": mask})
    generator = seeded()
    expected = torch.cat(pair(images(), **clean.siam.views.draw(8, generator))).chunk(2)
    timesteps = torch.randint(301, (8,), generator=generator)
    noise = torch.randn(images().shape, generator=generator)
    (found,) = seen_by_encoder(noised, seeded())
    assert torch.equal(found[:8], expected[0])
    assert torch.equal(found[8:], SCHEDULE.add_noise(expected[1], noise, timesteps))


def test_surviving_mask_compares_blocks_not_yet_open():
    """8 blocks of one dim, s up to 300: dims 0, 0-1 or 0-2 are hidden, alike in both views, the rest is shown."""
    model = build(siam={"view": "noised", "mask": "surviving"}, blocks={"count": 8}, diff_weight=0.0)
    first, second = seen_by_heads(model, seeded())
    hidden = first.eq(0)
    assert torch.equal(hidden, second.eq(0))
    assert set(hidden.sum(1).tolist()) <= {1, 2, 3}
    assert all(row[: row.sum()].all() for row in hidden)


@pytest.mark.parametrize("view", ["clean", "noised"])
def test_coarse_mask_compares_blocks_of_the_later_half(view):
    first, second = seen_by_heads(build(siam={"mask": "coarse", "view": view}), seeded())
    for shown in (first, second):
        assert not shown[:, :4].any()
        assert shown[:, 4:].ne(0).all()


def test_by_default_the_whole_code_is_compared():
    first, second = seen_by_heads(build(), seeded())
    assert first.ne(0).all()
    assert second.ne(0).all()


def test_falling_order_opens_blocks_from_large_to_small_times():
    model = build(blocks={"order": "falling"})
    opened = model.decoder.mask(torch.ones(4, 8), torch.tensor([0, 250, 500, 999]))
    assert opened.sum(1).tolist() == [8, 6, 4, 2]
    assert [part.timesteps for part in model.parts] == [(750, 1000), (500, 750), (250, 500), (0, 250)]
    assert [part.dims for part in model.parts] == [(0, 1), (2, 3), (4, 5), (6, 7)]


def test_rising_order_is_ditis():
    assert build().parts == build(DiTi).parts
    assert torch.equal(build().decoder.partition.opened, build(DiTi).decoder.partition.opened)


def test_random_order_opens_every_block_at_one_slice_of_time():
    torch.manual_seed(0)
    partition = OrderedPartition(16, 8, "balanced", "random")
    assert sorted(partition.order) == list(range(8)) != partition.order
    assert partition.current.sum(0).eq(1).all()
    for part in partition.parts():
        newest = partition.current[partition.index(torch.tensor(part.timesteps[0]))]
        assert newest.nonzero().flatten().tolist() == list(part.dims)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"siam": {"mask": "surviving"}}, r"siam\.mask='surviving' needs siam\.view='noised'"),
        (
            {"siam": {"mask": "coarse"}, "blocks": {"count": 1}},
            r"siam\.mask='coarse' leaves nothing to compare of blocks\.count=1",
        ),
        (
            {"siam": {"mask": "surviving", "view": "noised"}, "blocks": {"order": "falling"}},
            r"siam\.mask='surviving' leaves nothing to compare",
        ),
        ({"diff_weight": 0.0, "siam": {"weight": 0.0}}, r"diff_weight=0\.0, siam\.weight=0\.0: one must be above 0"),
    ],
)
def test_impossible_settings(changes, message):
    with pytest.raises(ValueError, match=message):
        build(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"siam": {"weight": -0.1}}, "siam.weight is -0.1, which must be greater than or equal to 0"),
        ({"siam": {"weight_on": "heads"}}, "siam.weight_on is 'heads': there are all, encoder"),
        ({"siam": {"view": "noisy"}}, "siam.view is 'noisy': did you mean 'noised'"),
        ({"siam": {"mask": "fine"}}, "siam.mask is 'fine': there are coarse, none, surviving"),
        ({"blocks": {"order": "up"}}, "blocks.order is 'up': there are falling, random, rising"),
        ({"siam": {"views": {"crop": 1.0}}}, "siam.views: unknown key 'crop'"),
        ({"siam": {"views": {"hue": 0.6}}}, "siam.views: hue=0.6 must lie between 0 and 0.5"),
    ],
)
def test_unknown_settings(changes, message):
    with pytest.raises(UserError, match=re.escape(message)):
        build(**changes)
