"""Locales are complete. The field `reason` of an answer is the verdict as an English sentence."""

import dataclasses

import numpy as np
import pytest

from model.inference.answer import Answer, Reading, Verdict
from web.texts import LANGUAGES, TEXTS, answer_reason, reading_reason

IMAGE = np.zeros((28, 28), np.float32)


def reading(verdict: Verdict, first: int = 4, second: int = 9, not_digit: float = 0.0) -> Reading:
    probabilities = [0.0] * 10
    probabilities[first], probabilities[second] = 0.6, 0.4
    return Reading(tuple(probabilities), not_digit, verdict, IMAGE)


@pytest.mark.parametrize(
    "verdict, not_digit, reason",
    [
        (Verdict.DIGIT, 0.0, "This is 4."),
        (Verdict.UNSURE, 0.2, "This could be 4 or 9."),
        (Verdict.UNSURE, 0.3, "This could be 4, or not a digit."),
        (Verdict.NOT_DIGIT, 0.5, "Not a digit. If it were one: 4."),
        (Verdict.BLANK, 0.0, "Nothing is drawn yet."),
    ],
)
def test_a_single_digit_has_the_reason_of_its_verdict(verdict, not_digit, reason):
    one = reading(verdict, not_digit=not_digit)
    assert reading_reason(one) == reason
    assert answer_reason(Answer((one,), 0, {})) == reason


def test_a_picture_without_ink_has_its_own_reason():
    blank = reading(Verdict.BLANK)
    expected = (
        "No strokes found. The program looks for narrow lines with sharp edges, darker or lighter than the paper."
    )
    assert reading_reason(blank, is_picture=True) == answer_reason(Answer((blank,), 0, {}), is_picture=True) == expected
    assert reading_reason(reading(Verdict.DIGIT), is_picture=True) == "This is 4."


def test_digits_that_touch_have_their_own_reason():
    touching = dataclasses.replace(reading(Verdict.NOT_DIGIT, not_digit=0.9), several=0.6)
    assert reading_reason(touching) == "Several digits that touch? Leave a gap between them."
    assert reading_reason(dataclasses.replace(touching, several=0.3)) == "Not a digit. If it were one: 4."


def test_a_confident_number_is_named():
    answer = Answer((reading(Verdict.DIGIT, 7, 1), reading(Verdict.DIGIT)), 0, {})
    assert answer_reason(answer) == "This is 74."


def test_a_doubtful_number_has_the_reason_of_its_least_certain_digit():
    confident, unsure = reading(Verdict.DIGIT, 7, 1), reading(Verdict.UNSURE)
    other = reading(Verdict.NOT_DIGIT, not_digit=0.9)
    assert answer_reason(Answer((confident, unsure), 0, {})) == "Position 2 of 74: This could be 4 or 9."
    assert answer_reason(Answer((unsure, confident, other), 0, {})) == (
        "Position 3 of 47?: Not a digit. If it were one: 4."
    )


def placeholders(text: str) -> set[str]:
    return {part.partition("}")[0] for part in text.split("{")[1:]}


def test_every_language_has_every_text_with_the_same_values_to_fill_in():
    english = TEXTS["en"]
    for texts in TEXTS.values():
        assert texts.keys() == english.keys()
        for key, text in texts.items():
            assert placeholders(text) == placeholders(english[key]), key


def test_every_language_has_a_name_and_a_direction_and_english_is_the_first():
    assert [language["tag"] for language in LANGUAGES][0] == "en"
    assert {language["direction"] for language in LANGUAGES} <= {"ltr", "rtl"}
    assert len({language["name"] for language in LANGUAGES}) == len(TEXTS)
