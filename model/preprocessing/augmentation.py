"""What training does to a normalized image: another pen, a broken or blurred stroke, then turn, slant, stretch, shift.

A pure function of the images and of uniform numbers, so that the same numbers always give the same images. Written with
`keras.ops` alone, so that it runs on every backend of Keras.
"""

from keras import ops

# The ranges within which a digit is still the digit it was. Validation accuracy decided between these and half of each.
ROTATION = 0.21  # radians, 12°
SLANT = 0.2  # pixels sideways for each pixel up
STRETCH = 0.15  # each axis by up to 15 %, one independent of the other
SHIFT = 2.0  # pixels
THICKNESS = 0.5  # of the way to the image dilated or eroded by one pixel
BLUR = 0.6  # of the way to the mean over 3×3 pixels; half of the images stay sharp
GAP = 1.8  # pixels: radius of the hole in a third of the images; a stroke is 2.6 wide
GAP_REACH = 9.0  # pixels from the middle that the hole may lie at, each way

RANDOM_NUMBERS = 11
"""How many uniform numbers each image takes."""


def augment(images, chances):
    """Images (N, 28, 28), 0 … 1, and uniform numbers (N, RANDOM_NUMBERS), −1 … 1 → images of the same shape and range.

    Paper, not a mirror image, comes in from beyond the edge.
    """
    images = _thicken(images[..., None], chances[:, 0])
    images = _blur(images, chances[:, 7])
    images = _break(images, chances[:, 8], chances[:, 9], chances[:, 10])
    turn, slant = ROTATION * chances[:, 1], SLANT * chances[:, 2]
    wide, high = 1 + STRETCH * chances[:, 3], 1 + STRETCH * chances[:, 4]
    right, down = SHIFT * chances[:, 5], SHIFT * chances[:, 6]
    return _transform(images, _affine(turn, slant, wide, high, right, down))


def transform(images, turn, slant, right, down):
    """Images (N, 28, 28) → the same, turned by radians, slanted, and shifted by pixels; each amount is (N,)."""
    same = ops.ones_like(turn)
    return _transform(images[..., None], _affine(turn, slant, same, same, right, down))


def _transform(images, matrices):
    """(N, 28, 28, 1) → (N, 28, 28)."""
    images = ops.image.affine_transform(
        images, matrices, interpolation="bilinear", fill_mode="constant", fill_value=0.0, data_format="channels_last"
    )
    return images[..., 0]


def _affine(turn, slant, wide, high, right, down):
    """(N, 8): for each pixel of the result, where in the source it comes from, about the field's centre."""
    centre = 13.5
    cos, sin = ops.cos(turn), ops.sin(turn)
    a, b = wide * cos, wide * (slant * cos - sin)
    c, d = high * sin, high * (slant * sin + cos)
    x = centre - a * centre - b * centre + right
    y = centre - c * centre - d * centre + down
    nothing = ops.zeros_like(a)
    return ops.stack([a, b, x, c, d, y, nothing, nothing], axis=1)


def _thicken(images, amount):
    """Blend with the dilated image where `amount` is positive, with the eroded one where it is negative."""
    amount = THICKNESS * amount[:, None, None, None]
    dilated = ops.max_pool(images, 3, strides=1, padding="same")
    eroded = -ops.max_pool(-images, 3, strides=1, padding="same")
    return images + ops.maximum(amount, 0.0) * (dilated - images) + ops.maximum(-amount, 0.0) * (eroded - images)


def _blur(images, amount):
    """Blend with the mean of the neighbourhood where `amount` is positive."""
    amount = BLUR * ops.maximum(amount, 0.0)[:, None, None, None]
    return images + amount * (ops.average_pool(images, 3, strides=1, padding="same") - images)


def _break(images, across, down, whether):
    """Rub a hole with a soft edge, no matter whether ink is there, where `whether` is above a third."""
    side = images.shape[1]
    place = ops.arange(side, dtype="float32") - (side - 1) / 2
    x = place[None, None, :] - GAP_REACH * across[:, None, None]
    y = place[None, :, None] - GAP_REACH * down[:, None, None]
    kept = ops.clip(ops.sqrt(x * x + y * y) - GAP + 0.5, 0.0, 1.0)[..., None]
    return ops.where(whether[:, None, None, None] > 1 / 3, images * kept, images)
