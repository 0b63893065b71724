"""Random and fixed transforms of normalized images.

The transforms are pure functions: the same images and random numbers always give the same result. They use only
`keras.ops`, so they run on every backend of Keras.
"""

from keras import ops

# Ranges of the random transforms. Within these ranges, a digit keeps its label. The values were chosen by
# validation accuracy; the alternative was half of each range.
ROTATION = 0.21  # radians, 12°
SLANT = 0.2  # pixels sideways per pixel upward
STRETCH = 0.15  # up to 15 % for each axis independently
SHIFT = 2.0  # pixels
THICKNESS = 0.5  # weight of the image dilated or eroded by 1 pixel
BLUR = 0.6  # weight of the mean over 3×3 pixels; half of the images stay sharp
GAP_RADIUS = 1.8  # pixels; a third of the images get a gap; a stroke is 2.6 pixels wide
GAP_OFFSET = 9.0  # pixels from the image's center to the center of the gap, along each axis

RANDOM_NUMBERS = 11
"""Number of random numbers that `augment` takes for each image."""


def augment(images, random_numbers):
    """Return images with random thickness, blur, gap, rotation, slant, stretch and shift, float (N, 28, 28), 0 to 1.

    Pixels from outside the original image are paper, 0.

    images: normalized images, float (N, 28, 28), 0 to 1.
    random_numbers: uniform random numbers from −1 to 1, (N, RANDOM_NUMBERS).
    """
    thickness, angle, slant, wide, high, right, down, blur, *gap = ops.unstack(random_numbers, RANDOM_NUMBERS, axis=1)
    images = _thicken(images[..., None], thickness)
    images = _blur(images, blur)
    images = _break(images, *gap)
    matrices = _inverse_affine(
        ROTATION * angle, SLANT * slant, 1 + STRETCH * wide, 1 + STRETCH * high, SHIFT * right, SHIFT * down
    )
    return _warp(images, matrices)


def transform(images, angle, slant, right, down):
    """Return images (N, 28, 28), each rotated, slanted and shifted by its own amounts.

    angle: the rotation of each image in radians, (N,).
    slant: the slant of each image in pixels sideways per pixel upward, (N,).
    right, down: the shift of each image in pixels, (N,).
    """
    one = ops.ones_like(angle)
    return _warp(images[..., None], _inverse_affine(angle, slant, one, one, right, down))


def _warp(images, matrices):
    """Apply affine transforms (N, 8) to images (N, 28, 28, 1), interpolated bilinearly. Return images (N, 28, 28)."""
    images = ops.image.affine_transform(
        images, matrices, interpolation="bilinear", fill_mode="constant", fill_value=0.0, data_format="channels_last"
    )
    return images[..., 0]


def _inverse_affine(angle, slant, wide, high, right, down):
    """Return the coefficients (N, 8) that map each result pixel to its source, relative to the image's center."""
    center = 13.5
    cos, sin = ops.cos(angle), ops.sin(angle)
    a, b = wide * cos, wide * (slant * cos - sin)
    c, d = high * sin, high * (slant * sin + cos)
    x = center - a * center - b * center + right
    y = center - c * center - d * center + down
    zero = ops.zeros_like(a)
    return ops.stack([a, b, x, c, d, y, zero, zero], axis=1)


def _thicken(images, amount):
    """Blend each image with its dilated image if `amount` is positive, with its eroded image if it is negative."""
    amount = THICKNESS * amount[:, None, None, None]
    dilated = ops.max_pool(images, 3, strides=1, padding="same")
    eroded = -ops.max_pool(-images, 3, strides=1, padding="same")
    return images + ops.maximum(amount, 0.0) * (dilated - images) + ops.maximum(-amount, 0.0) * (eroded - images)


def _blur(images, amount):
    """Blend each image with its mean over 3×3 pixels if `amount` is positive."""
    amount = BLUR * ops.maximum(amount, 0.0)[:, None, None, None]
    return images + amount * (ops.average_pool(images, 3, strides=1, padding="same") - images)


def _break(images, right, down, chance):
    """Erase a soft-edged disc from a third of the images. The disc may miss the ink.

    chance: random numbers (N,), uniform from −1 to 1. A disc is erased where the number is above 1/3.
    """
    side = images.shape[1]
    positions = ops.arange(side, dtype="float32") - (side - 1) / 2
    x = positions[None, None, :] - GAP_OFFSET * right[:, None, None]
    y = positions[None, :, None] - GAP_OFFSET * down[:, None, None]
    remaining = ops.clip(ops.sqrt(x * x + y * y) - GAP_RADIUS + 0.5, 0.0, 1.0)[..., None]
    return ops.where(chance[:, None, None, None] > 1 / 3, images * remaining, images)
