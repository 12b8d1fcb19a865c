"""Drawn faces: index and factors, values that are told apart, edits that stay in place, the package's own picture."""

import io
import multiprocessing

import numpy as np
import pytest
import python_avatars
import resvg_py
from PIL import Image

from diffrep.datasets.rendered import face_parts
from diffrep.datasets.rendered.face import BACKGROUND, VIEW, _layers, factors_of, index_of, nuisance_of, render
from diffrep.datasets.rendered.face_values import COUNT, FACTOR_NAMES, FACTOR_SIZES, VALUES

SOME = factors_of(np.random.default_rng(0).integers(COUNT, size=40))
COLUMNS = {name: column for column, name in enumerate(FACTOR_NAMES)}
REGIONS = [  # a factor, its values, and where they are drawn: left, top, right, bottom in the drawings' units
    ("accessory", (0, 1, 2, 3, 4), (61, 85, 203, 142)),
    ("accessory", (0, 5), (61, 40, 203, 142)),
    ("brows", range(5), (76, 80, 188, 112)),
    ("eyes", range(6), (76, 90, 188, 140)),
    ("mouth", range(6), (78, 134, 186, 178)),
    ("facial_hair", range(4), (72, 98, 193, 218)),
    ("clothes", range(5), (0, 165, 264, 280)),
    ("clothes_colour", range(7), (0, 165, 264, 280)),
]
ONE_OFF = ("quiff", "curly")  # hair whose drawing puts beard and glasses where all have them here


def edited(factors, name, value):
    out = factors.copy()
    out[:, COLUMNS[name]] = value
    return out


def test_index_turns_the_last_factor_fastest_and_back():
    np.testing.assert_array_equal(
        factors_of(np.array([0, 1, COUNT - 1])), [[0] * 10, [0] * 9 + [1], [n - 1 for n in FACTOR_SIZES]]
    )
    index = np.random.default_rng(1).integers(COUNT, size=1000)
    np.testing.assert_array_equal(index_of(factors_of(index)), index)
    np.testing.assert_array_equal(np.ravel_multi_index(tuple(factors_of(index).T), FACTOR_SIZES), index)


@pytest.mark.parametrize("factors", [np.zeros((2, 9), int), np.zeros(10, int)])
def test_wrong_shapes_are_refused(factors):
    with pytest.raises(ValueError, match=r"factors are \[n, 10\], hair_style"):
        index_of(factors)


def test_values_out_of_range_are_refused():
    with pytest.raises(ValueError, match="skin goes from 0 to 4: got 5"):
        render(edited(SOME, "skin", 5), None, size=32)
    with pytest.raises(ValueError, match=f"there are {COUNT} images"):
        factors_of(np.array([COUNT]))


@pytest.mark.parametrize("size", [32, 64])
def test_images_are_bytes_of_the_size_and_not_alike(size):
    images = render(SOME, nuisance_of(index_of(SOME)), size=size)
    assert images.shape == (40, size, size, 3)
    assert images.dtype == np.uint8
    assert images.std((1, 2, 3)).min() > 20
    assert len(np.unique(images.reshape(40, -1), axis=0)) == 40


def test_sizes_show_the_same_picture():
    small, large = (render(SOME, None, size=size).astype(float) for size in (32, 64))
    pooled = large.reshape(40, 32, 2, 32, 2, 3).mean((2, 4))
    assert np.abs(pooled - small).mean() < 1.5


@pytest.mark.parametrize("name", FACTOR_NAMES)
def test_values_are_told_apart_at_32_pixels_whatever_the_other_factors(name):
    images = np.stack([render(edited(SOME, name, value), None, size=32) for value in range(len(VALUES[name]))])
    images = images.astype(np.float32).reshape(len(images), len(SOME), -1)
    for one in range(len(images)):
        for other in range(one):
            distances = np.linalg.norm(images[one] - images[other], axis=1)  # noise alone: 5.1 in any direction
            assert distances.min() > 75, (one, other)


@pytest.mark.parametrize(("name", "values", "region"), REGIONS)
def test_edit_changes_pixels_where_the_factor_is_drawn_and_nowhere_else(name, values, region):
    left, top, right, bottom = region
    size = 64
    at = (np.arange(size) + 0.5) * VIEW[2] / size
    reach = VIEW[2] / size  # a pixel
    rows = (at + VIEW[1] > top - reach) & (at + VIEW[1] < bottom + reach)
    columns = (at + VIEW[0] > left - reach) & (at + VIEW[0] < right + reach)
    before = render(edited(SOME, name, 0), None, size=size)
    changed = np.zeros((size, size), bool)
    for value in values[1:]:
        differs = (render(edited(SOME, name, value), None, size=size) != before).any(-1)
        assert differs.any((1, 2)).all(), value
        changed |= differs.any(0)
    assert not changed[~(rows[:, None] & columns)].any()


def test_glasses_under_nuisance_change_the_eyes_surroundings_alone():
    nuisance = nuisance_of(index_of(SOME))
    one, other = (render(edited(SOME, "accessory", value), nuisance, size=64) for value in (0, 3))
    differs = (one != other).any(-1)
    assert differs.any((1, 2)).all()
    assert not differs[:, 46:].any()
    assert differs.mean() < 0.15


def test_image_is_the_same_in_any_batch():
    nuisance = nuisance_of(index_of(SOME))
    images = render(SOME, nuisance, size=32)
    again = render(SOME[[31, 3]], type(nuisance)(*(values[[31, 3]] for values in nuisance)), size=32)
    np.testing.assert_array_equal(images[[31, 3]], again)


def test_another_process_draws_the_same():
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        asked = SOME, nuisance_of(index_of(SOME))
        np.testing.assert_array_equal(pool.apply(render, asked, {"size": 32}), render(*asked, size=32))


def test_nuisance_keeps_its_limits_and_fills_them():
    nuisance = nuisance_of(np.arange(0, COUNT, 9001))
    for values, low, high in (
        (nuisance.shift, -1.5, 1.5),
        (nuisance.scale, 0.94, 1.06),
        (nuisance.light, 0.85, 1.05),
        (nuisance.background, 90, 230),
    ):
        assert low <= values.min() < low + 0.01 * (high - low)
        assert high - 0.01 * (high - low) < values.max() <= high
    columns = np.column_stack([nuisance.shift, nuisance.scale, nuisance.light, nuisance.background])
    np.testing.assert_allclose(np.corrcoef(columns.T), np.eye(7), atol=0.06)


def nuisance_without(**other):
    """That of `SOME` with nothing but its noise, on the background of clean faces, and with what `other` says."""
    whole = nuisance_of(index_of(SOME))
    still = {"shift": whole.shift * 0, "scale": whole.scale * 0 + 1, "light": whole.light * 0 + 1}
    return whole._replace(**still, background=whole.background * 0 + np.float32(BACKGROUND))._replace(**other)


def test_noise_has_its_strength_and_no_pattern():
    clean = render(SOME, None, size=32).astype(float)
    noise = render(SOME, nuisance_without(), size=32) - clean
    inside = (clean > 30) & (clean < 225)
    assert noise[inside].std() == pytest.approx(5.1, abs=0.1)
    assert abs(noise[inside].mean()) < 0.1
    assert abs(np.corrcoef(noise[0].ravel(), noise[1].ravel())[0, 1]) < 0.08


def test_light_multiplies():
    dim = render(SOME, nuisance_without(light=np.full(len(SOME), 0.85, np.float32)), size=32)
    clean = render(SOME, None, size=32).astype(float)
    assert (dim[clean > 60] / clean[clean > 60]).mean() == pytest.approx(0.85, abs=0.005)


def test_background_shows_in_the_corner_and_not_on_the_face():
    green = render(SOME, nuisance_without(background=np.tile(np.float32([90, 230, 90]), (len(SOME), 1))), size=64)
    short = SOME[:, COLUMNS["hair_style"]] <= 3
    assert np.abs(green[short, :6, :6].mean((0, 1, 2)) - [90, 230, 90]).max() < 2
    changed = np.abs(green.astype(int) - render(SOME, nuisance_without(), size=64))
    assert changed[short, 28:44, 26:38].max() == 0


@pytest.mark.parametrize("scale", [0.94, 1.06])
def test_scale_enlarges_about_the_middle(scale):
    scaled = render(SOME, nuisance_without(scale=np.full(len(SOME), scale, np.float32)), size=64).astype(float)
    clean = render(SOME, None, size=64)
    seen = 64 / scale
    box = (32 - seen / 2, 32 - seen / 2, 32 + seen / 2, 32 + seen / 2)
    inner = slice(3, -3)
    if scale < 1:  # undo it instead
        box = (32 - 32 * scale, 32 - 32 * scale, 32 + 32 * scale, 32 + 32 * scale)
        clean, scaled = scaled.round().astype(np.uint8), clean.astype(float)
    resized = np.stack([Image.fromarray(image).resize((64, 64), Image.Resampling.BILINEAR, box=box) for image in clean])
    apart = np.abs(resized - scaled)[:, inner, inner].mean()
    assert apart < 0.75 * np.abs(clean - scaled)[:, inner, inner].mean()


@pytest.mark.parametrize("shift", [(-1.5, -1.5), (1.5, 1.5)])
@pytest.mark.parametrize("scale", [0.94, 1.06])
def test_farthest_shift_moves_the_face_so_far_and_stays_in_the_window(shift, scale):
    shifts = np.tile(np.float32(shift), (len(SOME), 1))
    scales = np.full(len(SOME), scale, np.float32)
    assert render(SOME, nuisance_without(shift=shifts, scale=scales), size=64).shape == (40, 64, 64, 3)
    there = render(SOME, nuisance_without(shift=shifts), size=64).astype(int)
    middle = render(SOME, nuisance_without(), size=64).astype(int)
    step = round(2 * shift[0])  # pixels at 64
    apart = np.abs(np.roll(middle, (step, step), (1, 2)) - there)[:, 8:-8, 8:-8].mean()
    assert apart < 9 < np.abs(middle - there)[:, 8:-8, 8:-8].mean()  # noise alone: 5.1 * sqrt(2) * 0.8 = 5.8


@pytest.mark.parametrize("style", VALUES["hair_style"])
def test_layers_are_the_packages_own_picture(style):
    left, top, extent = face_parts.WINDOW
    for factors in edited(SOME[:3], "hair_style", list(VALUES["hair_style"]).index(style)).tolist():
        if style not in ONE_OFF:
            factors[COLUMNS["facial_hair"]] = factors[COLUMNS["accessory"]] = 0
        canvas = Image.new("RGBA", (200, 200), "#AABED2")
        for layer in filter(None, _layers(factors, 200)):
            canvas.alpha_composite(layer.pixels, layer.place)
        chosen = {name: list(VALUES[name].values())[number] for name, number in zip(VALUES, factors, strict=True)}
        svg = packages_own(chosen).replace(
            'width="264px" height="280px" viewBox="0 0 264 280"',
            f'width="{extent}" height="{extent}" viewBox="{left} {top} {extent} {extent}"',
        )
        png = resvg_py.svg_to_bytes(svg_string=svg, width=200, height=200, background="#AABED2", skip_system_fonts=True)
        expected = np.asarray(Image.open(io.BytesIO(bytes(png))).convert("RGB")).astype(int)
        assert np.abs(np.asarray(canvas.convert("RGB")) - expected).max() <= 4


def packages_own(chosen):
    """The package's drawing of a face, its brows and sunglasses as opaque as here."""
    avatar = python_avatars.Avatar(
        style=python_avatars.AvatarStyle.TRANSPARENT,
        top=python_avatars.HairType(chosen["hair_style"]),
        hair_color=chosen["hair_colour"],
        facial_hair_color=chosen["hair_colour"],
        skin_color=chosen["skin"],
        eyebrows=python_avatars.EyebrowType(chosen["brows"]),
        eyes=python_avatars.EyeType(chosen["eyes"]),
        nose=python_avatars.NoseType.DEFAULT,
        mouth=python_avatars.MouthType(chosen["mouth"]),
        accessory=python_avatars.AccessoryType(chosen["accessory"]),
        facial_hair=python_avatars.FacialHairType(chosen["facial_hair"]),
        clothing=python_avatars.ClothingType(chosen["clothes"]),
        clothing_color=chosen["clothes_colour"],
    )
    svg = avatar.render()
    start = svg.index('<g id="transparent_Eyebrow"')
    brows = svg[start:].replace('fill-opacity="0.599999964"', 'fill-opacity="1"')
    return svg[:start] + brows.replace('fill-opacity=".7"', 'fill-opacity=".4"')
