"""DiffSiam: which term teaches which part, and how much."""

import pytest
import torch
from siamese_models import SCHEDULE, assert_same, build, gradients, images, of_encoder, of_heads, seeded

from diffrep.methods.shared.denoisers.shifted_diffusion import ShiftedDiffusion
from diffrep.pipelines.trained.given import drawn_loss


def siamese(model):
    return drawn_loss(model, (images(),), seeded())["siamese"]


def test_weight_acts_on_the_encoder_and_not_on_the_heads():
    full, light = (gradients(build(siam={"weight": weight}, diff_weight=0.0)) for weight in (1.0, 0.01))
    assert of_heads(light)
    assert_same(of_heads(light), of_heads(full))
    for name, value in of_encoder(light).items():
        torch.testing.assert_close(value, 0.01 * full[name], rtol=1e-4, atol=1e-8)


def test_weight_on_all_is_the_plain_sum():
    """The published total: diff_weight L_diffusion + siam_weight L_siamese, heads weighted like the rest."""
    model = build(siam={"weight_on": "all"})
    terms = drawn_loss(model, (images(),), seeded())
    torch.testing.assert_close(terms["loss"], terms["diffusion"] + 0.01 * terms["siamese"])
    plain, weighted = gradients(model, siamese), gradients(model)
    for name, value in of_heads(weighted).items():
        torch.testing.assert_close(value, 0.01 * plain[name], rtol=1e-4, atol=1e-8)


@pytest.mark.parametrize("where", ["encoder", "all"])
def test_the_encoder_learns_the_same_wherever_the_weight_stands(where):
    found = of_encoder(gradients(build(siam={"weight_on": where})))
    expected = of_encoder(gradients(build(siam={"weight_on": "encoder"})))
    for name, value in found.items():
        torch.testing.assert_close(value, expected[name], rtol=1e-4, atol=1e-8)


def test_siamese_term_reaches_neither_base_nor_decoder():
    assert {name.split(".")[0] for name in gradients(build(), siamese)} == {"encoder", "heads"}


def test_diffusion_term_does_not_reach_the_heads():
    assert not of_heads(gradients(build(), lambda model: drawn_loss(model, (images(),), seeded())["diffusion"]))


def test_at_first_the_encoder_learns_from_the_siamese_term_alone():
    model = build(stirred=False)
    assert not of_encoder(gradients(model, lambda model: drawn_loss(model, (images(),), seeded())["diffusion"]))
    assert of_encoder(gradients(model, siamese))


def test_at_first_the_diffusion_term_is_the_bases_own_weighted_error():
    model = build(stirred=False)
    drawn = ShiftedDiffusion.draw(model, images().shape, seeded())
    weight = SCHEDULE.loss_weight[drawn["timesteps"]].float().view(-1, 1, 1, 1)
    seen = model.decoder.see(images(), **drawn).features.prediction
    expected = (weight * (drawn["noise"] - seen) ** 2).mean()
    assert torch.equal(drawn_loss(model, (images(),), seeded())["diffusion"], expected)
