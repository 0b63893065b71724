"""What is written by program: well formed, like itself from seed to seed, and what its label says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.preprocessing import normalization
from model.preprocessing.strokes import NETWORK_PEN_WIDTH, rasterize
from model.synthetic import generator, non_digit_glyphs, scribbles
from model.synthetic.digit_glyphs import DIGIT_GLYPHS
from model.synthetic.notation import parse_glyph
from model.synthetic.writer import Writer

STYLES = [(digit, style) for digit, styles in DIGIT_GLYPHS.items() for style in styles]
FIGURES = [
    non_digit_glyphs.LETTERS,
    non_digit_glyphs.SIGNS,
    non_digit_glyphs.SHAPES,
    non_digit_glyphs.DOODLES,
    non_digit_glyphs.PARTS,
]


@pytest.fixture(scope="module")
def written():
    """2,000 digits and 600 non-digits: images and labels."""
    images, labels = generator.digit_images(2_000, seed=1)
    return images, labels, generator.non_digit_images(600, seed=2)


def by_hand(strokes, rng):
    """Strokes of a form, written by somebody."""
    form, hand = parse_glyph(*strokes), Writer.sample(rng)
    return hand.write(form.strokes(rng, hand.unsteadiness), rng)


def style(digit, name):
    return DIGIT_GLYPHS[digit][name][1:]


def assert_on_the_pad(strokes):
    assert strokes
    for stroke in strokes:
        assert stroke.ndim == 2 and stroke.shape[1] == 2 and len(stroke) >= 2
        assert np.isfinite(stroke).all()
    points = np.concatenate(strokes)
    assert points.min() >= 0 and points.max() <= 1
    assert np.ptp(points, axis=0).max() >= 0.3


# The notation.


def test_a_curve_passes_through_its_points():
    (stroke,) = parse_glyph("10 90, 30 20, 55 60, 80 5").strokes(np.random.default_rng(0))
    for point in [(10, 90), (30, 20), (55, 60), (80, 5)]:
        assert np.hypot(*(stroke - point).T).min() < 1e-9


def test_between_corners_the_pen_goes_straight():
    (stroke,) = parse_glyph("0 0, 60 0!, 60 80").strokes(np.random.default_rng(0))
    assert (np.isclose(stroke[:, 1], 0) | np.isclose(stroke[:, 0], 60)).all()


@settings(max_examples=30)
@given(start=st.integers(-360, 360), sweep=st.sampled_from((-360, -300, -90, 60, 180, 350)), across=st.integers(15, 50))
def test_an_ellipse_is_one(start, sweep, across):
    (stroke,) = parse_glyph(f"@40 50 {across} 45 {start} {sweep}").strokes(np.random.default_rng(0))
    radius = np.hypot((stroke[:, 0] - 40) / across, (stroke[:, 1] - 50) / 45)
    assert np.abs(radius - 1).max() < 0.025


def test_two_dots_choose_each_for_itself_and_a_slash_chooses_for_all():
    rng = np.random.default_rng(0)
    ends = np.array([np.ravel(parse_glyph("0..100 0/100, 0..100 0/100").strokes(rng)[0][[0, -1]]) for _ in range(50)])
    assert np.array_equal(ends[:, 1], ends[:, 3])
    assert abs(np.corrcoef(ends[:, 0], ends[:, 2])[0, 1]) < 0.5
    assert ends.min() >= 0 and ends.max() <= 100 and np.ptp(ends, axis=0).min() > 80


@pytest.mark.parametrize("stroke", ["10", "10 20 30", "@10 20 30", "10 x", "10..20..30 5", ""])
def test_an_item_that_is_neither_point_nor_ellipse_is_named(stroke):
    with pytest.raises(ValueError, match="neither a point"):
        parse_glyph(f"0 0, {stroke}")


# The strokes.


@pytest.mark.parametrize(("digit", "name"), STYLES)
def test_every_style_is_written_on_the_pad(digit, name):
    rng = np.random.default_rng(0)
    for _ in range(5):
        assert_on_the_pad(by_hand(style(digit, name), rng))


@pytest.mark.parametrize("figures", FIGURES)
def test_every_figure_is_written_on_the_pad(figures):
    rng = np.random.default_rng(0)
    for strokes in figures.values():
        assert isinstance(strokes, tuple)
        assert_on_the_pad(by_hand(strokes, rng))


@pytest.mark.parametrize("kind", generator.NON_DIGIT_KINDS)
def test_every_kind_of_non_digit_is_written_on_the_pad(kind):
    rng = np.random.default_rng(0)
    for _ in range(20):
        assert_on_the_pad(generator.NON_DIGIT_KINDS[kind][1](rng))


@pytest.mark.parametrize(
    "scribble", [scribbles.hatching, scribbles.scrawl, scribbles.tangle, scribbles.wandering, scribbles.dashes]
)
def test_a_scribble_has_more_in_it_than_a_digit(scribble):
    rng = np.random.default_rng(0)
    for _ in range(20):
        strokes = scribble(rng)
        size = np.ptp(np.concatenate(strokes), axis=0).max()
        length = sum(np.hypot(*np.diff(stroke, axis=0).T).sum() for stroke in strokes) / size
        assert length > 4 or len(strokes) > 1


@pytest.mark.parametrize("turned", [non_digit_glyphs.MIRRORED, non_digit_glyphs.UPSIDE_DOWN, non_digit_glyphs.LYING])
def test_turned_digits_name_styles_that_exist(turned):
    for digit, names in turned.items():
        assert set(names) <= set(DIGIT_GLYPHS[digit])


def test_numbers_are_mostly_wider_than_high():
    rng = np.random.default_rng(0)
    sizes = [np.ptp(np.concatenate(generator.NON_DIGIT_KINDS["numbers"][1](rng)), axis=0) for _ in range(100)]
    assert np.mean([wide > high for wide, high in sizes]) > 0.75


# What the label says.


def rise(stroke, corner):
    """By how many degrees the way from a stroke's first point to its corner goes upwards."""
    x, y = stroke[corner] - stroke[0]
    return np.degrees(np.arctan2(-y, x))


# All but those whose name says that it goes up little, and the one whose flag is the second stroke.
LEVEL = ("shallow", "wavy", "drooping", "second")
FLAGS = [name for name in DIGIT_GLYPHS[1] if "flag" in name and not any(word in name for word in LEVEL)]


@pytest.mark.parametrize("name", FLAGS)
def test_the_flag_of_a_one_goes_up(name):
    rng = np.random.default_rng(0)
    strokes = [by_hand(style(1, name), rng)[0] for _ in range(100)]
    angles = [rise(stroke, np.argmin(stroke[:, 1])) for stroke in strokes]
    assert np.quantile(angles, 0.05) > 25


@pytest.mark.parametrize("name", ["bare", "upright", "crossed", "short top", "long top"])
def test_the_top_of_a_seven_goes_across(name):
    rng = np.random.default_rng(0)
    strokes = [by_hand(style(7, name), rng)[0] for _ in range(100)]
    angles = [rise(stroke, np.argmax(stroke @ [1, -1])) for stroke in strokes]
    assert np.quantile(np.abs(angles), 0.95) < 25


@pytest.mark.parametrize("name", ["round", "narrow", "any start", "clockwise", "unclosed", "unclosed below"])
def test_a_zero_is_open_by_a_gap_only(name):
    rng = np.random.default_rng(0)
    for _ in range(100):
        (stroke,) = by_hand(style(0, name), rng)
        assert np.hypot(*(stroke[0] - stroke[-1])) < 0.6 * np.ptp(stroke, axis=0).max()


@pytest.mark.parametrize("digit", [6, 9])
def test_sixes_have_their_loop_below_and_nines_above(digit):
    rng = np.random.default_rng(0)
    lower_ink = []
    for _ in range(100):
        image = normalization.normalize(rasterize(generator.sample_digit(digit, rng)))
        rows = image[image.any(axis=1)].sum(axis=1)
        lower_ink.append(rows[len(rows) // 2 :].sum() > rows[: len(rows) // 2].sum())
    assert np.mean(lower_ink) > 0.95 if digit == 6 else np.mean(lower_ink) < 0.05


def test_who_has_seen_a_thousand_written_digits_reads_another_thousand(written):
    """Nearest neighbour in plain pixels: a class that looks like another, or a wrong label, would show here."""
    images, labels, _ = written
    flat = images.reshape(len(images), -1) / np.float32(255)
    known, unknown = flat[:1_500], flat[1_500:]
    nearest = (np.square(known).sum(axis=1) - 2 * unknown @ known.T).argmin(axis=1)
    right = labels[:1_500][nearest] == labels[1_500:]
    assert right.mean() > 0.85
    assert min(right[labels[1_500:] == digit].mean() for digit in range(10)) > 0.7


def test_non_digits_lie_farther_from_digits_than_digits_do(written):
    images, _, others = written
    flat = images.reshape(len(images), -1) / np.float32(255)
    strange = others.reshape(len(others), -1) / np.float32(255)

    def distance(some):
        squares = np.square(flat[:1_500]).sum(axis=1) - 2 * some @ flat[:1_500].T + np.square(some).sum(axis=1)[:, None]
        return squares.min(axis=1)

    of_digits, of_others = distance(flat[1_500:]), distance(strange)
    assert (of_others[:, None] > of_digits).mean() > 0.8


# The images.


def test_the_same_seed_writes_the_same_and_another_does_not():
    images, labels = generator.digit_images(30, seed=5)
    again, labels_again = generator.digit_images(30, seed=5)
    assert np.array_equal(images, again) and np.array_equal(labels, labels_again)
    assert not np.array_equal(images, generator.digit_images(30, seed=6)[0])
    assert np.array_equal(generator.non_digit_images(30, seed=5), generator.non_digit_images(30, seed=5))
    assert not np.array_equal(generator.non_digit_images(30, seed=5), generator.non_digit_images(30, seed=6))


def test_no_two_drawings_are_alike(written):
    images, _, others = written
    everything = np.concatenate([images, others])
    assert len(np.unique(everything.reshape(len(everything), -1), axis=0)) > 0.995 * len(everything)


def test_every_image_is_normalized(written):
    images, _, others = written
    for image in np.concatenate([images, others]):
        assert image.shape == (28, 28) and image.dtype == np.uint8
        rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
        # A faint edge can round to 0 of 255, hence 19.
        assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20)
        down, across = (np.average(np.arange(28), weights=image.sum(axis=axis)) for axis in (1, 0))
        for middle, ends in ((down, rows), (across, columns)):
            assert abs(middle - normalization.CENTER) < 0.52 or ends[0] == 0 or ends[-1] == 27


@pytest.mark.parametrize("count", [0, 10, 500, 503])
def test_labels_are_balanced_and_mixed(count):
    images, labels = generator.digit_images(count, seed=0)
    assert len(images) == len(labels) == count and images.dtype == labels.dtype == np.uint8
    counts = np.bincount(labels, minlength=10)
    assert counts.max() - counts.min() <= 1
    assert count < 500 or not np.array_equal(labels, np.arange(count) % 10)


def test_pens_are_from_a_quarter_to_three_times_as_wide_and_mostly_near_the_usual():
    rng = np.random.default_rng(0)
    widths = np.array([generator.sample_pen_width(rng) for _ in range(20_000)]) / NETWORK_PEN_WIDTH
    assert widths.min() >= 0.25 and widths.max() <= 3
    assert widths.min() < 0.35 and widths.max() > 2.5
    assert np.mean((widths > 0.6) & (widths < 1.7)) > 0.8
    assert abs(np.median(widths) - 1) < 0.02


def test_the_contact_sheet_shows_every_style(tmp_path):
    from PIL import Image

    path = tmp_path / "sheet.png"
    generator.contact_sheet(path, seed=3, columns=1, cell=24)
    with Image.open(path) as sheet:
        assert sheet.height > 24 * len(STYLES)
        rows = np.asarray(sheet)[:, 170:].reshape(-1, 24 * (sheet.width - 170))
    assert (rows < 255).any(axis=1).all()
