"""Distance from the center of each pixel to the nearest point on the path of the pen.

Points have whole coordinates in units of 1/SUBPIXELS of a pixel. The centers of pixels have such coordinates, too.
Therefore squared distances are whole numbers, and the two methods of this module give exactly the same result.
"""

import numpy as np

SUBPIXELS = 8
MAX_SCATTERED = 4096
"""Maximum number of points of the method that is fast for few points. It uses 10 MB of memory."""

_FAR = 1 << 14  # A distance that is too far to matter. Its square, and the sum of two squares, fit into 32 bits.


def distance_to_nearest(columns: np.ndarray, rows: np.ndarray, shape: tuple[int, int], reach: int) -> np.ndarray:
    """Return the distance from the center of each pixel to the nearest point, float64 (H, W), in pixels.

    columns, rows: the coordinates of the points, int (N,), in units of 1/SUBPIXELS of a pixel. Each point is at least
        `reach` pixels away from the edges of the image.
    shape: the height H and the width W in pixels.
    reach: the largest distance that is returned. Distances are exact if they are at least 1 pixel below `reach`.
    """
    method = _scattered if len(columns) <= MAX_SCATTERED else _swept
    squared = method(columns, rows, shape, reach)
    return np.sqrt(np.minimum(squared, (reach * SUBPIXELS) ** 2)) / SUBPIXELS


def _scattered(columns: np.ndarray, rows: np.ndarray, shape: tuple[int, int], reach: int) -> np.ndarray:
    """Return the squared distances, (H, W). For each point, update the pixels around it."""
    points = np.unique(rows * (shape[1] * SUBPIXELS) + columns)
    rows, columns = np.divmod(points, shape[1] * SUBPIXELS)
    window = np.arange(-reach, reach)
    across, down = columns[:, None] // SUBPIXELS + window, rows[:, None] // SUBPIXELS + window
    pixels = down[:, :, None] * shape[1] + across[:, None, :]
    across, down = ((_center(pixel) - at[:, None]) ** 2 for pixel, at in ((across, columns), (down, rows)))
    squared = np.full(shape[0] * shape[1], (reach * SUBPIXELS) ** 2)
    np.minimum.at(squared, pixels.ravel(), (down[:, :, None] + across[:, None, :]).ravel())
    return squared.reshape(shape)


def _swept(columns: np.ndarray, rows: np.ndarray, shape: tuple[int, int], reach: int) -> np.ndarray:
    """Return the squared distances, (H, W). The time depends on the size of the image only, not on the points.

    First find the nearest point in each row of subpixels, and then the nearest of these points in each column of
    pixels (Felzenszwalb, Huttenlocher 2012, "Distance transforms of sampled functions").
    """
    height, width = shape
    below, above = reach * SUBPIXELS - SUBPIXELS // 2, reach * SUBPIXELS + SUBPIXELS // 2 - 1
    is_point = np.zeros((height * SUBPIXELS, width * SUBPIXELS), bool)
    is_point[rows, columns] = True
    index, center = np.arange(width * SUBPIXELS, dtype=np.int32), _center(np.arange(width, dtype=np.int32))
    left = np.maximum.accumulate(np.where(is_point, index, -_FAR), axis=1)[:, center]
    right = np.minimum.accumulate(np.where(is_point, index, _FAR)[:, ::-1], axis=1)[:, ::-1][:, center]
    left, right = center - left, right - center
    across = np.minimum(np.where(left > below, _FAR, left), np.where(right > above, _FAR, right)) ** 2
    across = np.pad(across, ((reach * SUBPIXELS, reach * SUBPIXELS), (0, 0)), constant_values=_FAR**2)
    squared = np.full(shape, (reach * SUBPIXELS) ** 2)
    for down in range(-below, above + 1):
        start = _center(reach) + down
        np.minimum(squared, across[start : start + height * SUBPIXELS : SUBPIXELS] + down**2, out=squared)
    return squared


def _center(pixel):
    """Return the coordinate of the center of a pixel, in units of 1/SUBPIXELS of a pixel."""
    return pixel * SUBPIXELS + SUBPIXELS // 2
