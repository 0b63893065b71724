"""Every checkpoint reads the same image, and is loaded only when it is asked for."""

import shutil

import pytest
from hand import DIGITS, OTHERS

from model.errors import InputError
from model.inference import checkpoint
from model.inference.classifier import Classifier
from model.inference.comparison import Comparison


@pytest.fixture
def two(tmp_path):
    """A folder with two checkpoints."""
    for name in ("softmax", "digits"):
        for suffix in (".keras", ".json"):
            shutil.copy(checkpoint.FOLDER / f"{name}{suffix}", tmp_path)
    return tmp_path


def drawing(strokes) -> dict:
    return {"strokes": [[list(point) for point in stroke] for stroke in strokes]}


def test_each_model_answers_for_itself_the_least_accurate_first(two):
    rows = Comparison(two).read_drawing(drawing(DIGITS[7])).as_json()["models"]
    assert [row["name"] for row in rows] == ["softmax", "digits"]
    assert [row["digit"] for row in rows] == [7, 7]
    alone = Classifier.load(two / "digits.keras").read_strokes(drawing(DIGITS[7])).reading
    assert rows[1]["probability"] == pytest.approx(max(alone.probabilities), abs=1e-6)
    assert rows[1]["bytes"] == (two / "digits.keras").stat().st_size


def test_only_who_learned_of_non_digits_refuses(two):
    rows = Comparison(two).read_drawing(drawing(OTHERS["smiley"])).as_json()["models"]
    assert rows[0]["verdict"] in ("digit", "unsure") and rows[0]["digit"] is not None
    assert (rows[1]["verdict"], rows[1]["digit"]) == ("not a digit", None)
    assert rows[1]["probability"] > 0.5  # Of being none, not of the nearest digit.


def test_nothing_is_loaded_for_nothing(two, monkeypatch):
    monkeypatch.setattr(Classifier, "load", lambda path: pytest.fail("loaded"))
    assert Comparison(two).read_drawing({"strokes": []}).as_json() == {"models": []}
    with pytest.raises(InputError):
        Comparison(two).read_drawing("{")
