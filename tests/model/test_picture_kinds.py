"""Generated pictures and drawings of the kinds that people bring. `python -m tests.tools.picture_kinds` has more."""

from collections import Counter

import pytest

from tests.tools.picture_kinds.__main__ import make, rows, run
from tests.tools.picture_kinds.case import KINDS, Outcome
from tests.tools.picture_kinds.writing import Writing

SEED, CASES = 11, 3


@pytest.fixture(scope="module")
def writing(classifier):
    return Writing(classifier, SEED, count=150)


@pytest.mark.parametrize("name, suffix", rows(None))
def test_most_cases_of_every_kind_are_read_and_none_is_silently_wrong(classifier, writing, name, suffix):
    counts = run(classifier, writing, name, suffix, CASES, SEED)
    good = counts[Outcome.READ] + KINDS[name].may_be_unsure * counts[Outcome.UNSURE]
    assert counts[Outcome.WRONG] == 0
    assert good >= CASES - 1


def test_many_digits_that_touch_are_cut_and_read(classifier, writing):
    counts = sum((run(classifier, writing, *row, 6, SEED) for row in rows(["touching"])), Counter())
    assert counts[Outcome.READ] >= 7
    assert counts[Outcome.WRONG] == 0


def test_a_point_is_a_mark_and_not_a_digit(classifier, writing):
    for name, suffix in rows(["decimal"]):
        source, number = make(name, suffix, writing, SEED, 0)
        answer = classifier.read_strokes(source) if isinstance(source, list) else classifier.read_picture(source)
        assert (answer.number, [sign.kind for sign in answer.signs]) == (number, ["."])
        assert len(answer.readings) == len(number) - 1
