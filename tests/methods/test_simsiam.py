"""SimSiam: its loss is that of the heads on the codes of two views, and its code knows no head."""

import torch
from siamese_models import build, images, seeded, stir

from diffrep.methods.shared.siamese import negative_cosine
from diffrep.methods.shared.views import pair
from diffrep.methods.simsiam import SimSiam
from diffrep.pipelines.trained.given import drawn_loss


def test_loss_is_the_symmetric_distance_of_predictions_and_projections():
    model = build(SimSiam).eval()  # norms by running statistics, so that views may be taken one by one
    views = pair(images(), **model.draw(images().shape, seeded()))
    first, second = (model.heads.projector(model.encoder(view)) for view in views)
    forth = negative_cosine(model.heads.predictor(first), second)
    back = negative_cosine(model.heads.predictor(second), first)
    torch.testing.assert_close(drawn_loss(model, (images(),), seeded())["loss"], (forth + back) / 2)


def test_what_is_minimised_is_the_siamese_term():
    terms = drawn_loss(build(SimSiam), (images(),), seeded())
    assert terms.keys() == {"loss", "siamese", "spread"}
    assert torch.equal(terms["loss"], terms["siamese"])


def test_the_code_is_the_encoders_of_the_image_itself():
    model = build(SimSiam)
    before = model.encode(images())["z"]
    stir(model.heads)
    assert torch.equal(model.encode(images())["z"], before)
    assert torch.equal(before, model.encoder(images()))
