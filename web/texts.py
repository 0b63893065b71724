"""The page's texts by language, and the sentences that the API forms from these texts."""

import json
from pathlib import Path

from model.inference.answer import Answer, Doubt, Reading, Verdict

ASSETS = Path(__file__).parent.parent / "assets"
_LOCALES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(ASSETS.glob("locales/*.json"))}
TEXTS = {tag: locale["texts"] for tag, locale in _LOCALES.items()}
"""Texts by language and key. In a text, `{name}` marks a value to fill in."""
ENGLISH = TEXTS["en"]
LANGUAGES = [
    {"tag": tag, "name": _LOCALES[tag]["name"], "direction": _LOCALES[tag]["direction"]}
    for tag in sorted(_LOCALES, key=lambda tag: (tag != "en", tag))
]
"""The page's languages, English first. `name` is the language's own name. `direction` is "ltr" or "rtl"."""

_DOUBT_KEYS = {
    Doubt.SIGN: "isWithSign",
    Doubt.LOST_PART: "isWithoutPart",
    Doubt.TWO_LINES: "isTwoLines",
    Doubt.RING: "isInRing",
}


def reading_reason(reading: Reading, is_picture: bool = False) -> str:
    """Return the verdict on one reading of a drawing or of a picture as an English sentence."""
    first, second = reading.ranking[:2]
    key = "nothingFound" if is_picture and reading.verdict == Verdict.BLANK else _reason_key(reading)
    return ENGLISH[key].format(number=first, first=first, second=second)


def _reason_key(reading: Reading) -> str:
    if reading.verdict == Verdict.NOT_DIGIT:
        return "isSeveral" if reading.several >= reading.not_digit / 2 else "isNone"
    if reading.verdict == Verdict.UNSURE:
        second = (1 - reading.not_digit) * reading.probabilities[reading.ranking[1]]
        return "isBetween" if second >= reading.not_digit else "isDigitOrNone"
    return {Verdict.DIGIT: "isNumber", Verdict.BLANK: "isBlank"}[reading.verdict]


def answer_reason(answer: Answer, is_picture: bool = False) -> str:
    """Return the verdict on a whole drawing or picture as an English sentence."""
    if answer.doubt is not None and answer.readings[answer.least_certain].verdict == Verdict.DIGIT:
        return ENGLISH[_DOUBT_KEYS[answer.doubt]].format(number=answer.number)
    if answer.doubt == Doubt.TWO_LINES:
        return ENGLISH[_DOUBT_KEYS[answer.doubt]]
    if len(answer.readings) == 1 and not answer.signs:
        return reading_reason(answer.reading, is_picture)
    if answer.verdict == Verdict.DIGIT:
        return ENGLISH["isNumber"].format(number=answer.number)
    index = answer.least_certain
    reason = reading_reason(answer.readings[index])
    return ENGLISH["isDoubtful"].format(number=answer.number, place=index + 1, reason=reason)
