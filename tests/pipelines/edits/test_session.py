"""What all edits share: pairs, starts, swaps, and the way between two starts."""

import numpy as np
import painted
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from diffrep.datasets.pixels import image_tensor
from diffrep.methods.shared.part import Part
from diffrep.pipelines.core.seeds import start_noise
from diffrep.pipelines.edits.session import chosen_parts, draw_pairs, slerp, swapped

SEED = 3


@settings(max_examples=30, deadline=None)
@given(rows=st.integers(3, 60), share=st.floats(0.1, 0.9))
def test_no_source_is_drawn_twice_nor_is_its_own_donor(rows, share):
    a, b = draw_pairs(np.arange(rows), max(1, int(share * rows)), SEED)
    assert len(set(a)) == len(a)
    assert (a != b).all()
    assert b.max() < rows


def test_more_scored_pairs_keep_the_first_ones():
    few, many = (draw_pairs(np.arange(90), count, SEED) for count in (10, 40))
    np.testing.assert_array_equal(few[0], many[0, :10])


def test_pairs_are_drawn_by_the_seed_of_the_evaluation():
    assert (draw_pairs(np.arange(90), 40, SEED) != draw_pairs(np.arange(90), 40, SEED + 1)).any(axis=1).all()


def test_the_start_of_a_donor_is_inferred_with_its_own_code():
    """Then, and then alone, a method whose starts hold what the code does not tell gives the donor back."""
    session, pairs = painted.session(painted.Residual()), np.arange(20)
    drawn = session.draw(session.donor_codes(pairs), session.donor_starts(pairs))
    real = image_tensor(session.images(session.b[pairs]))
    torch.testing.assert_close(drawn, real, atol=1e-5, rtol=0)


def test_pairs_need_as_many_images():
    with pytest.raises(ValueError, match=r"30 pairs need as many test images and there are 30: lower"):
        draw_pairs(np.arange(30), 30, SEED)


def test_a_swap_takes_its_dimensions_and_no_others():
    codes, donors = np.zeros((2, 4)), np.ones((2, 4))
    np.testing.assert_array_equal(swapped(codes, donors, (1, 3)), [[0, 1, 0, 1]] * 2)
    assert not codes.any()


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 1.0])
def test_slerp_of_right_angles_is_sine_and_cosine(share):
    first, second = torch.zeros(1, 1, 2, 2), torch.zeros(1, 1, 2, 2)
    first[..., 0, 0], second[..., 1, 1] = 3.0, 3.0
    found = slerp(first, second, share)
    angle = share * np.pi / 2
    assert found[0, 0, 0, 0].item() == pytest.approx(3 * np.cos(angle), abs=1e-6)
    assert found[0, 0, 1, 1].item() == pytest.approx(3 * np.sin(angle), abs=1e-6)


def test_slerp_ends_at_both_starts_and_keeps_the_length_of_noise():
    first, second = torch.randn(2, 4, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(slerp(first, second, 0.0), first)
    torch.testing.assert_close(slerp(first, second, 1.0), second)
    middle = slerp(first, second, 0.5).flatten(1).norm(dim=1)
    torch.testing.assert_close(middle, first.flatten(1).norm(dim=1), rtol=0.05, atol=0.0)


def test_slerp_between_parallel_starts_is_a_straight_line():
    first = torch.ones(1, 1, 2, 2)
    torch.testing.assert_close(slerp(first, 3 * first, 0.5), 2 * first)


def test_each_start_is_a_function_of_its_own_pair():
    first, second = torch.randn(2, 4, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(slerp(first, second, 0.3)[2:3], slerp(first[2:3], second[2:3], 0.3))


def test_codes_of_images_do_not_depend_on_the_batch():
    whole, small = (painted.session(batch_size=size).encode(painted.data().images[:7]) for size in (100, 2))
    np.testing.assert_array_equal(whole, small)


def test_what_cannot_be_inverted_starts_from_noise_that_is_its_rows_own():
    network = painted.Painter()
    network.cannot = {"invert": "says so"}
    session = painted.session(network)
    images = session.images(np.array([4, 5]))
    both = session.starts(np.array([4, 5]), images, session.codes["test"][4:6])
    alone = session.starts(np.array([5]), images[1:], session.codes["test"][5:6])
    torch.testing.assert_close(both[1:], alone)
    assert both.std() == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("pairs", [2, 7, 80])
def test_choices_and_numbers_are_of_halves_that_share_no_pair(pairs):
    session = painted.session(pairs=pairs)
    assert [*session.chosen_on, *session.judged] == list(range(pairs))
    assert 0 <= len(session.judged) - len(session.chosen_on) <= 1


def test_parts_are_the_methods_own_else_its_dimensions():
    network, data = painted.Painter(), painted.data()
    codes = network.encode(image_tensor(data.images[data.splits["valid"]]))["z"].numpy()
    network.parts = [Part("both", (0, 2)), Part("one", (1,))]
    assert chosen_parts(network, codes, data, painted.SETTINGS, SEED) == [(0, 2), (1,)]
    network.parts = []
    assert chosen_parts(network, codes, data, painted.SETTINGS, SEED) == [(0,), (1,), (2,)]


def test_a_code_is_drawn_from_the_start_of_its_own_source():
    session = painted.session()
    pairs = np.array([3, 1])
    np.testing.assert_array_equal(session.decode(session.source_codes(pairs), pairs), session.original[pairs])


def test_parts_are_chosen_by_validation_labels():
    data, settings = painted.data(), painted.SETTINGS.model_copy(update={"random_parts": 0})
    codes = painted.Painter().encode(image_tensor(data.images[data.splits["valid"]]))["z"].numpy()
    for split, band in (("train", 0), ("valid", 2), ("test", 0)):
        rows = data.splits[split]
        data.factors[rows] = data.factors[rows][:, [band]]
    assert chosen_parts(painted.Painter(), codes, data, settings, SEED) == [(2,)]


def test_sources_and_donors_start_from_noise_of_seed_and_row():
    network = painted.Painter()
    network.cannot = {"invert": "says so"}
    session, pairs = painted.session(network), np.arange(4)
    for found, side in ((session.start[pairs], session.a), (session.donor_starts(pairs), session.b)):
        rows = session.data.splits["test"][side[pairs]]
        torch.testing.assert_close(found, start_noise(painted.SEED, rows, session.data.image_shape))


class TwoViews(painted.Painter):
    """Hands out a second view, of which nothing is drawn."""

    def encode(self, images):
        return super().encode(images) | {"second": torch.zeros(len(images), 7)}


def test_images_are_encoded_to_the_default_view():
    session = painted.session(TwoViews())
    np.testing.assert_array_equal(session.encode(session.images(session.a)), session.codes["test"][session.a])
