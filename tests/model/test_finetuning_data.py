"""Data of fine-tuning: held-out drawings, and augmented copies of the drawings for training."""

import numpy as np

from model.data.drawings import LabeledDrawings
from model.inference import backend
from tests.helpers.labeled_drawings import random_drawings

backend.load_tensorflow()

from model.training import finetuning_data


def points(drawings: LabeledDrawings) -> list[bytes]:
    return [np.concatenate(strokes).tobytes() for strokes in drawings.drawings]


def test_a_quarter_of_each_label_is_held_out_and_no_drawing_is_in_both_parts():
    drawings = random_drawings(["0"] * 40 + ["7"] * 9 + ["not a digit"] * 4 + ["3"])
    training, held_out = finetuning_data.hold_out(drawings, seed=1)
    assert {label: held_out.labels.count(label) for label in set(drawings.labels)} == {
        "0": 10,
        "7": 2,
        "not a digit": 1,
        "3": 0,
    }
    assert sorted(points(training) + points(held_out)) == sorted(points(drawings))


def test_equal_drawings_are_all_in_the_same_part():
    drawings = random_drawings(["0"] * 12)
    thrice = LabeledDrawings(drawings.drawings * 3, drawings.labels * 3, drawings.writers * 3)
    for seed in range(10):
        training, held_out = finetuning_data.hold_out(thrice, seed)
        assert 6 <= len(held_out) <= 9
        assert not set(points(training)) & set(points(held_out))


def test_the_held_out_drawings_depend_on_the_seed_and_not_on_the_order():
    drawings = random_drawings(["0"] * 40)
    turned = LabeledDrawings(drawings.drawings[::-1], drawings.labels, drawings.writers)
    chosen = set(points(finetuning_data.hold_out(drawings, seed=1)[1]))
    assert set(points(finetuning_data.hold_out(turned, seed=1)[1])) == chosen
    assert set(points(finetuning_data.hold_out(drawings, seed=2)[1])) != chosen


def test_a_file_that_has_grown_holds_out_mostly_the_same_drawings():
    drawings = random_drawings(["0"] * 200)
    first = LabeledDrawings(drawings.drawings[:160], drawings.labels[:160], drawings.writers[:160])
    learned = set(points(finetuning_data.hold_out(first, seed=1)[0]))
    assert len(learned & set(points(finetuning_data.hold_out(drawings, seed=1)[1]))) < 10


def test_few_drawings_get_many_augmented_copies_each_and_many_drawings_get_one_copy_each():
    few = finetuning_data.augmented_copies(random_drawings(["7"] * 3), seed=1)
    assert few.images.shape == (96, 28, 28) and set(few.labels) == {7}
    assert len({image.tobytes() for image in few.images}) == 96
    assert few.images.min() >= 0 and few.images.max() <= 1
    assert len(finetuning_data.augmented_copies(random_drawings(["7"] * 2_600), seed=1).labels) == 2_600
