"""Random and fixed transforms of normalized images.

The transforms are pure functions: the same images and random numbers always give the same result. They use only
`keras.ops`, so they run on every backend of Keras.
"""

from keras import ops

# Ranges of the random transforms. Within these ranges, a digit keeps its label. The validation accuracy was
# higher than with ranges of half the size.
ROTATION = 0.21  # radians, 12°
SLANT = 0.2  # pixels to the left or right per pixel upward
STRETCH = 0.15  # width and height are divided by independent factors from 1 − STRETCH to 1 + STRETCH
SHIFT = 2.0  # pixels in each direction
THICKNESS = 0.5  # largest share of the dilated or eroded image in the blend with the original image
BLUR = 0.6  # largest share of the 3×3 mean in the blend with the original; half of the images are not blurred
GAP_RADIUS = 1.8  # pixels; for comparison, a stroke of an MNIST digit is 2.6 pixels wide
GAP_OFFSET = 9.0  # largest distance in x and in y, in pixels, from the image's center to the gap's center

RANDOM_NUMBERS = 11
"""Number of random numbers that `augment` needs for each image."""


def augment(images, random_numbers):
    """Return images with random thickness, blur, gap, rotation, slant, stretch and shift, float (N, 28, 28), 0 to 1.

    Pixels of the result that lie outside the original image are 0, which is paper.

    images: normalized images, float (N, 28, 28), 0 to 1.
    random_numbers: uniform random numbers from −1 to 1, (N, RANDOM_NUMBERS).
    """
    thickness, angle, slant, wide, high, left, up, blur, *gap = ops.unstack(random_numbers, RANDOM_NUMBERS, axis=1)
    images = _thicken(images[..., None], thickness)
    images = _blur(images, blur)
    images = _break(images, *gap)
    matrices = _inverse_affine(
        ROTATION * angle, SLANT * slant, 1 + STRETCH * wide, 1 + STRETCH * high, SHIFT * left, SHIFT * up
    )
    return _warp(images, matrices)


def transform(images, angle, slant, left, up):
    """Return images, float (N, 28, 28). Each image is rotated, slanted and shifted by the given amounts.

    angle: the counterclockwise rotation of each image in radians, (N,).
    slant: the slant of each image in pixels to the right per pixel upward, (N,).
    left, up: the shift of each image to the left and up, in pixels, (N,).
    """
    one = ops.ones_like(angle)
    return _warp(images[..., None], _inverse_affine(angle, slant, one, one, left, up))


def _warp(images, matrices):
    """Apply affine transforms (N, 8) to images (N, 28, 28, 1), interpolated bilinearly. Return images (N, 28, 28)."""
    images = ops.image.affine_transform(
        images, matrices, interpolation="bilinear", fill_mode="constant", fill_value=0.0, data_format="channels_last"
    )
    return images[..., 0]


def _inverse_affine(angle, slant, wide, high, left, up):
    """Return the coefficients (N, 8) for `affine_transform`.

    The coefficients map the position of each pixel of the result to the position in the original image where its value
    is read. A pixel reads the value that is `left` pixels to its right, which moves the ink to the left. A `wide` above
    1 makes the ink narrower for the same reason.
    The image's center is the fixed point of rotation, slant and stretch.
    """
    center = 13.5
    cos, sin = ops.cos(angle), ops.sin(angle)
    a, b = wide * cos, wide * (slant * cos - sin)
    c, d = high * sin, high * (slant * sin + cos)
    x = center - a * center - b * center + left
    y = center - c * center - d * center + up
    zero = ops.zeros_like(a)
    return ops.stack([a, b, x, c, d, y, zero, zero], axis=1)


def _thicken(images, amount):
    """Thicken the strokes of each image if `amount` is positive; thin the strokes if `amount` is negative.

    amount: from −1 to 1, (N,). The image is blended with the dilated image (positive) or the eroded image (negative).
    """
    amount = THICKNESS * amount[:, None, None, None]
    dilated = ops.max_pool(images, 3, strides=1, padding="same")
    eroded = -ops.max_pool(-images, 3, strides=1, padding="same")
    return images + ops.maximum(amount, 0.0) * (dilated - images) + ops.maximum(-amount, 0.0) * (eroded - images)


def _blur(images, amount):
    """Blur each image whose `amount` is positive: blend the image with the mean over 3×3 pixels. `amount`: (N,)."""
    amount = BLUR * ops.maximum(amount, 0.0)[:, None, None, None]
    return images + amount * (ops.average_pool(images, 3, strides=1, padding="same") - images)


def _break(images, right, down, chance):
    """Erase a soft-edged disc from a third of the images. The disc may miss the ink.

    right, down, chance: uniform random numbers from −1 to 1, (N,). `right` and `down` give the position of the disc.
    The disc is erased only if `chance` is above 1/3, which is true for a third of the numbers from −1 to 1.
    """
    side = images.shape[1]
    positions = ops.arange(side, dtype="float32") - (side - 1) / 2
    x = positions[None, None, :] - GAP_OFFSET * right[:, None, None]
    y = positions[None, :, None] - GAP_OFFSET * down[:, None, None]
    remaining = ops.clip(ops.sqrt(x * x + y * y) - GAP_RADIUS + 0.5, 0.0, 1.0)[..., None]
    return ops.where(chance[:, None, None, None] > 1 / 3, images * remaining, images)
