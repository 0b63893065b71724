"""Synthetic handwriting: strokes are valid, images are reproducible, and shapes match labels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from model.classes import NUM_DIGITS
from model.preprocessing import normalization
from model.preprocessing.geometry import arc_lengths, longer_side
from model.preprocessing.strokes import NETWORK_PEN_WIDTH, rasterize
from model.synthetic import contact_sheet, generator, non_digit_glyphs, scribbles
from model.synthetic.digit_glyphs import DIGIT_GLYPHS
from model.synthetic.notation import parse_glyph
from model.synthetic.writer import draw_glyph

STYLES = [(digit, style) for digit, styles in DIGIT_GLYPHS.items() for style in styles]
NON_DIGIT_GLYPHS = [
    non_digit_glyphs.LETTERS,
    non_digit_glyphs.SIGNS,
    non_digit_glyphs.SHAPES,
    non_digit_glyphs.DOODLES,
    non_digit_glyphs.PARTS,
]


@pytest.fixture(scope="module")
def generated():
    """2,000 images of digits with their labels, and 600 images of non-digits."""
    images, labels = generator.digit_images(2_000, seed=1)
    return images, labels, generator.non_digit_images(600, seed=2)


def sample_style(digit, style, rng):
    return draw_glyph(generator.digit_glyph(digit, style), rng)


def assert_on_the_pad(strokes):
    assert strokes
    for stroke in strokes:
        assert stroke.ndim == 2 and stroke.shape[1] == 2 and len(stroke) >= 2
        assert np.isfinite(stroke).all()
    points = np.concatenate(strokes)
    assert points.min() >= 0 and points.max() <= 1
    assert longer_side(strokes) >= 0.3


# Notation


def test_a_curve_passes_through_its_points():
    (stroke,) = parse_glyph("10 90, 30 20, 55 60, 80 5").sample(np.random.default_rng(0), 0)
    for point in [(10, 90), (30, 20), (55, 60), (80, 5)]:
        assert np.hypot(*(stroke - point).T).min() < 1e-9


def test_a_curve_between_two_corners_is_a_straight_line():
    (stroke,) = parse_glyph("0 0, 60 0!, 60 80").sample(np.random.default_rng(0), 0)
    assert (np.isclose(stroke[:, 1], 0) | np.isclose(stroke[:, 0], 60)).all()


@settings(max_examples=30)
@given(start=st.integers(-360, 360), sweep=st.sampled_from((-360, -300, -90, 60, 180, 350)), width=st.integers(15, 50))
def test_an_arc_follows_its_ellipse(start, sweep, width):
    (stroke,) = parse_glyph(f"@40 50 {width} 45 {start} {sweep}").sample(np.random.default_rng(0), 0)
    radius = np.hypot((stroke[:, 0] - 40) / width, (stroke[:, 1] - 50) / 45)
    assert np.abs(radius - 1).max() < 0.025


def test_ranges_with_two_dots_are_independent_and_ranges_with_a_slash_share_one_fraction():
    rng = np.random.default_rng(0)
    ends = np.array([np.ravel(parse_glyph("0..100 0/100, 0..100 0/100").sample(rng, 0)[0][[0, -1]]) for _ in range(50)])
    assert np.array_equal(ends[:, 1], ends[:, 3])
    assert abs(np.corrcoef(ends[:, 0], ends[:, 2])[0, 1]) < 0.5
    assert ends.min() >= 0 and ends.max() <= 100 and np.ptp(ends, axis=0).min() > 80


@pytest.mark.parametrize("stroke", ["10", "10 20 30", "@10 20 30", "10 x", "10..20..30 5", ""])
def test_an_item_that_is_neither_a_point_nor_an_arc_is_named(stroke):
    with pytest.raises(ValueError, match="neither a point"):
        parse_glyph(f"0 0, {stroke}")


# Strokes


@pytest.mark.parametrize(("digit", "style"), STYLES)
def test_every_style_of_a_digit_is_on_the_pad(digit, style):
    rng = np.random.default_rng(0)
    for _ in range(5):
        assert_on_the_pad(sample_style(digit, style, rng))


@pytest.mark.parametrize("glyphs", NON_DIGIT_GLYPHS)
def test_every_glyph_of_a_non_digit_is_on_the_pad(glyphs):
    rng = np.random.default_rng(0)
    for strokes in glyphs.values():
        assert isinstance(strokes, tuple)
        assert_on_the_pad(draw_glyph(parse_glyph(*strokes), rng))


@pytest.mark.parametrize("kind", generator.NON_DIGIT_KINDS)
def test_every_kind_of_non_digit_is_on_the_pad(kind):
    rng = np.random.default_rng(0)
    for _ in range(20):
        assert_on_the_pad(generator.NON_DIGIT_KINDS[kind].sample(rng))


@pytest.mark.parametrize(
    "scribble", [scribbles.hatching, scribbles.zigzag, scribbles.tangle, scribbles.wandering, scribbles.dashes]
)
def test_a_scribble_is_longer_or_has_more_strokes_than_a_digit(scribble):
    rng = np.random.default_rng(0)
    for _ in range(20):
        strokes = scribble(rng)
        length = sum(arc_lengths(stroke)[-1] for stroke in strokes) / longer_side(strokes)
        assert length > 4 or len(strokes) > 1


@pytest.mark.parametrize("styles", [non_digit_glyphs.MIRRORED, non_digit_glyphs.UPSIDE_DOWN, non_digit_glyphs.SIDEWAYS])
def test_mirrored_and_rotated_digits_have_existing_styles(styles):
    for digit, names in styles.items():
        assert set(names) <= set(DIGIT_GLYPHS[digit])


def test_numbers_are_mostly_wider_than_high():
    rng = np.random.default_rng(0)
    sizes = [np.ptp(np.concatenate(generator.sample_number(rng)), axis=0) for _ in range(100)]
    assert np.mean([width > height for width, height in sizes]) > 0.75


def test_numbers_have_two_to_six_digits_and_every_number_is_on_the_pad():
    rng = np.random.default_rng(1)
    numbers = [generator.sample_number(rng) for _ in range(100)]
    widths = [np.ptp(points[:, 0]) / np.ptp(points[:, 1]) for points in map(np.concatenate, numbers)]
    assert min(widths) < 1 and max(widths) > 3
    for strokes in numbers:
        assert_on_the_pad(strokes)


# Shapes match labels


def rise(stroke, corner):
    """Return the angle above the horizontal, in degrees, of the line from `stroke[0]` to `stroke[corner]`."""
    x, y = stroke[corner] - stroke[0]
    return np.degrees(np.arctan2(-y, x))


# FLAGS: the styles of the digit 1 whose first stroke starts with a rising flag (the short upstroke). FLAGS leaves out
# styles with a word of LEVEL in their name, because their flag is nearly level or is the second stroke.
LEVEL = ("shallow", "wavy", "drooping", "second")
FLAGS = [name for name in DIGIT_GLYPHS[1] if "flag" in name and not any(word in name for word in LEVEL)]


@pytest.mark.parametrize("style", FLAGS)
def test_the_flag_of_a_one_rises(style):
    rng = np.random.default_rng(0)
    strokes = [sample_style(1, style, rng)[0] for _ in range(100)]
    angles = [rise(stroke, np.argmin(stroke[:, 1])) for stroke in strokes]
    assert np.quantile(angles, 0.05) > 25


@pytest.mark.parametrize("style", ["bare", "upright", "crossed", "short top", "long top"])
def test_the_top_of_a_seven_is_nearly_horizontal(style):
    rng = np.random.default_rng(0)
    strokes = [sample_style(7, style, rng)[0] for _ in range(100)]
    angles = [rise(stroke, np.argmax(stroke @ [1, -1])) for stroke in strokes]
    assert np.quantile(np.abs(angles), 0.95) < 25


@pytest.mark.parametrize("style", ["round", "narrow", "any start", "clockwise", "unclosed", "unclosed below"])
def test_a_zero_has_only_a_small_gap(style):
    rng = np.random.default_rng(0)
    for _ in range(100):
        (stroke,) = sample_style(0, style, rng)
        assert np.hypot(*(stroke[0] - stroke[-1])) < 0.6 * longer_side([stroke])


@pytest.mark.parametrize("digit", [6, 9])
def test_sixes_have_more_ink_in_the_lower_half_and_nines_in_the_upper_half(digit):
    rng = np.random.default_rng(0)
    lower_half_heavier = []
    for _ in range(100):
        image = normalization.normalize(rasterize(generator.sample_digit(digit, rng)))
        rows = image[image.any(axis=1)].sum(axis=1)
        lower_half_heavier.append(rows[len(rows) // 2 :].sum() > rows[: len(rows) // 2].sum())
    assert np.mean(lower_half_heavier) > 0.95 if digit == 6 else np.mean(lower_half_heavier) < 0.05


def test_a_nearest_neighbor_classifier_recognizes_the_digits(generated):
    """The accuracy is high only if labels are right and the images of different digits look different."""
    images, labels, _ = generated
    flat = images.reshape(len(images), -1) / np.float32(255)
    train, test = flat[:1_500], flat[1_500:]
    nearest = (np.square(train).sum(axis=1) - 2 * test @ train.T).argmin(axis=1)
    correct = labels[:1_500][nearest] == labels[1_500:]
    assert correct.mean() > 0.85
    assert min(correct[labels[1_500:] == digit].mean() for digit in range(NUM_DIGITS)) > 0.7


def test_non_digits_are_farther_from_digits_than_other_digits_are(generated):
    images, _, non_digits = generated
    flat = images.reshape(len(images), -1) / np.float32(255)
    flat_non_digits = non_digits.reshape(len(non_digits), -1) / np.float32(255)
    known = flat[:1_500]

    def distances(some):
        """For each image, return the squared distance to the nearest known digit."""
        squares = np.square(known).sum(axis=1) - 2 * some @ known.T + np.square(some).sum(axis=1)[:, None]
        return squares.min(axis=1)

    assert (distances(flat_non_digits)[:, None] > distances(flat[1_500:])).mean() > 0.8


# Images


def test_a_seed_determines_the_images():
    images, labels = generator.digit_images(30, seed=5)
    same_images, same_labels = generator.digit_images(30, seed=5)
    assert np.array_equal(images, same_images) and np.array_equal(labels, same_labels)
    assert not np.array_equal(images, generator.digit_images(30, seed=6)[0])
    assert np.array_equal(generator.non_digit_images(30, seed=5), generator.non_digit_images(30, seed=5))
    assert not np.array_equal(generator.non_digit_images(30, seed=5), generator.non_digit_images(30, seed=6))
    assert np.array_equal(generator.number_images(30, seed=5), generator.number_images(30, seed=5))


def test_nearly_all_images_are_different(generated):
    images, _, non_digits = generated
    everything = np.concatenate([images, non_digits])
    assert len(np.unique(everything.reshape(len(everything), -1), axis=0)) > 0.995 * len(everything)


def test_every_image_is_normalized(generated):
    images, _, non_digits = generated
    for image in np.concatenate([images, non_digits]):
        assert image.shape == (28, 28) and image.dtype == np.uint8
        rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
        # The longer side is 19 pixels if an outermost row or column is so faint that all its pixels are rounded to 0.
        assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20)
        center_y, center_x = (np.average(np.arange(28), weights=image.sum(axis=axis)) for axis in (1, 0))
        for center, inked in ((center_y, rows), (center_x, columns)):
            assert abs(center - normalization.CENTER) < 0.52 or inked[0] == 0 or inked[-1] == 27


@pytest.mark.parametrize("count", [0, 10, 500, 503])
def test_labels_are_balanced_and_shuffled(count):
    images, labels = generator.digit_images(count, seed=0)
    assert len(images) == len(labels) == count and images.dtype == labels.dtype == np.uint8
    counts = np.bincount(labels, minlength=NUM_DIGITS)
    assert counts.max() - counts.min() <= 1
    assert count < 500 or not np.array_equal(labels, np.arange(count) % NUM_DIGITS)


def test_pen_widths_vary_from_a_quarter_to_three_times_the_usual_width_around_a_median_of_one():
    rng = np.random.default_rng(0)
    widths = np.array([generator.sample_pen_width(rng) for _ in range(20_000)]) / NETWORK_PEN_WIDTH
    assert widths.min() >= 0.25 and widths.max() <= 3
    assert widths.min() < 0.35 and widths.max() > 2.5
    assert np.mean((widths > 0.6) & (widths < 1.7)) > 0.8
    assert abs(np.median(widths) - 1) < 0.02


def test_the_contact_sheet_shows_every_style(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(contact_sheet, "SAMPLES", 1)
    monkeypatch.setattr("sys.argv", ["contact_sheet", str(tmp_path / "sheet.png")])
    contact_sheet.main()
    assert f": {len(STYLES)} styles of digits" in capsys.readouterr().out
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.height > contact_sheet.CELL * len(STYLES)
        samples = np.asarray(sheet)[:, contact_sheet.NAME_WIDTH :]
    rows = samples.reshape(-1, contact_sheet.CELL * samples.shape[1])
    assert (rows < 255).any(axis=1).all()
