"""The groups of a picture that could be digits. This module imports SciPy, so it is imported with the first picture."""

import dataclasses

import numpy as np

from model.inference.answer import Doubt, SignReading
from model.inference.candidates import Candidates, Timer, doubt_of, stroke_box
from model.inference.touching_digits import Cuts
from model.preprocessing import segmentation, stroke_width, touching
from model.preprocessing.normalization import IMAGE_SIDE, normalize_all
from model.preprocessing.parts import keep_parts, outline, parts
from model.preprocessing.picture import PictureInk, extract
from model.preprocessing.runs import pen_width
from model.preprocessing.signs import find_signs


def of_planes(planes: np.ndarray, inverse: bool = False) -> Candidates:
    """Return the candidates of a decoded picture, float32 (H, W, C). inverse: whether to take the ink for paper."""
    timer = Timer()
    found = extract(planes, inverse)
    candidates = dataclasses.replace(_of_ink(found, timer), is_doubtful=found.is_doubtful)
    if found.whole is None:
        return candidates
    return dataclasses.replace(candidates, whole=_of_ink(found.whole, Timer()))


def _of_ink(found: PictureInk, timer: Timer) -> Candidates:
    ink = found.ink
    masks = parts(ink)
    outlines = [outline(mask) for mask in masks]
    boxes = np.array([stroke_box([each]) for each in outlines]).reshape(-1, 4)
    row = find_signs(boxes)
    digits = [i for i in range(len(masks)) if i in row.digits]
    groups = segmentation.candidate_groups([outlines[i] for i in digits])
    chosen = [[digits[i] for i in group.marks] for group in groups]

    def ink_of(group: int) -> np.ndarray:
        return _only(ink, [masks[i] for i in chosen[group]], len(masks))

    inks = [stroke_width.adjust(ink_of(group)) for group in range(len(groups))]
    size = np.array(ink.shape[::-1], float)
    group_boxes = [stroke_box([outlines[i] / size for i in marks]) for marks in chosen]
    signs = tuple(SignReading(sign.kind, stroke_box([outlines[i] / size for i in sign.marks])) for sign in row.signs)
    timer.end("ink")
    images = normalize_all(inks)
    timer.end("normalization")
    doubt = doubt_of(boxes[digits], signs) or (Doubt.LOST_PART if len(found.lost) else None)
    marks, pen = [outlines[i] for i in digits], pen_width(ink > 0.5)
    return Candidates(
        groups,
        images,
        group_boxes,
        [()] * len(groups),
        marks,
        timer.milliseconds,
        signs,
        doubt,
        pen=pen,
        cuts=lambda index: _cuts(ink_of(index)),
    )


def _cuts(ink: np.ndarray) -> Cuts:
    """Return the cuts of ink (H, W) into two digits that touch."""
    found = touching.cuts(ink)
    parts = [part for cut in found for part in (cut.left, cut.right)]
    images = normalize_all([stroke_width.adjust(part) for part in parts])
    size = np.array(ink.shape[::-1], float)
    boxes = [stroke_box([(np.argwhere(part)[:, ::-1] + 0.5) / size]) for part in parts]
    crossings = np.array([cut.crossings for cut in found], int)
    return Cuts(images.reshape(-1, 2, IMAGE_SIDE, IMAGE_SIDE), np.array(boxes).reshape(-1, 2, 4), crossings)


def _only(ink: np.ndarray, masks: list[np.ndarray], num_parts: int) -> np.ndarray:
    """Return only the ink of some parts (connected components) of a picture.

    masks: the masks of these parts. num_parts: the number of all parts of the picture. If `masks` has all parts, the
        result is the complete ink, including the faint pixels outside the parts.
    """
    return ink if len(masks) == num_parts else keep_parts(ink, np.logical_or.reduce(masks))
