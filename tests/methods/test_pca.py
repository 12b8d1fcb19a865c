"""The control of principal components: the best linear code."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import PCA as REFERENCE

from diffrep.methods.pca import PCA

SHAPE = (2, 4, 4)


def images(count=200, seed=0):
    generator = torch.Generator().manual_seed(seed)
    scales = torch.linspace(1, 0.1, 32)
    mixing = torch.linalg.qr(torch.randn(32, 32, generator=generator))[0]
    return (torch.randn(count, 32, generator=generator) * scales @ mixing + 0.2).view(-1, *SHAPE)


def fitted(code_dim=5, pictures=None):
    model = PCA(SHAPE, code_dim=code_dim)
    model.fit([images() if pictures is None else pictures])
    return model


def test_is_scikit_learns():
    flat = images().flatten(1).numpy()
    reference = REFERENCE(5, svd_solver="full").fit_transform(flat)
    codes = fitted().encode(images())["z"]
    torch.testing.assert_close(codes.abs(), torch.tensor(reference).abs(), atol=1e-4, rtol=1e-4)


def test_components_are_orthonormal():
    components = fitted().components
    torch.testing.assert_close(components @ components.T, torch.eye(5), atol=1e-5, rtol=0)


def test_puts_most_variance_first():
    variances = fitted().encode(images())["z"].var(0)
    assert (variances.diff() < 0).all()


def test_with_all_components_loses_nothing():
    model = fitted(code_dim=32)
    decoded = model.decode(model.encode(images())["z"], torch.zeros(200, *SHAPE), steps=1)
    torch.testing.assert_close(decoded, images(), atol=1e-4, rtol=0)


def test_sees_no_start():
    model, codes = fitted(), torch.ones(2, 5)
    assert torch.equal(
        model.decode(codes, torch.zeros(2, *SHAPE), steps=1), model.decode(codes, torch.ones(2, *SHAPE), steps=9)
    )


@given(st.permutations(range(40)))
def test_does_not_depend_on_the_order_of_images(order):
    pictures = images(40)
    torch.testing.assert_close(
        fitted(2, pictures).components, fitted(2, pictures[list(order)]).components, atol=1e-4, rtol=0
    )


def test_is_restored_from_its_state():
    restored = PCA(SHAPE, code_dim=5)
    restored.load_state_dict(fitted().state_dict())
    assert torch.equal(restored.encode(images())["z"], fitted().encode(images())["z"])


@pytest.mark.parametrize("code_dim", [0, 33])
def test_of_impossible_size(code_dim):
    with pytest.raises(ValueError, match=f"code_dim={code_dim}: images of 32 values have 1 to 32 components"):
        PCA(SHAPE, code_dim=code_dim)


def test_of_too_few_images():
    with pytest.raises(ValueError, match="5 images are too few for 5 components"):
        fitted(5, images(5))


def test_it_needs_nothing_and_says_what_it_cannot_do():
    assert (PCA.needs, PCA.parts, hasattr(PCA, "loss")) == ((), [], False)
    assert PCA.cannot.keys() == {"invert", "denoise"}
    assert not any(hasattr(PCA, name) for name in PCA.cannot)
