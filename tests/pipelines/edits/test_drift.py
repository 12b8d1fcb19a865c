"""Ten null edits: where a decoder's error adds up it shows, and where it does not it does not."""

import painted
import pytest

from diffrep.pipelines.edits.drift import composition


class Fading(painted.Painter):
    """Loses a share of every band's level each time it decodes."""

    def decode(self, codes, start, *, steps):
        return 0.9 * super().decode(codes, start, steps=steps)


class Once(painted.Painter):
    """Decodes everything grey: wrong at once, and never wronger."""

    def decode(self, codes, start, *, steps):
        return 0.0 * start


def drift(network):
    return tuple(composition(painted.session(network)).values())


def test_an_exact_decoder_does_not_drift():
    assert drift(painted.Painter()) == (0, 0)


def test_an_error_that_adds_up_is_ten_times_compounded():
    once, often = drift(Fading())
    assert often / once == pytest.approx(((1 - 0.9**10) / 0.1) ** 2, rel=0.1)  # images are rounded in between


def test_an_error_made_once_stays_the_same():
    once, often = drift(Once())
    assert once == often > 0.01
