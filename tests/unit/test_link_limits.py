"""A link to a drawing holds no drawing that the server would refuse."""

import re

from model.preprocessing.strokes import MAX_POINTS
from tests.helpers.paths import ROOT
from web.schemas.fields import MAX_STROKES


def test_the_limits_of_a_link_are_the_limits_of_the_server():
    script = (ROOT / "assets" / "shared" / "strokes.js").read_text()
    limits = dict(re.findall(r"export const (MAX_\w+) = ([\d_]+);", script))
    assert {name: int(limit) for name, limit in limits.items()} == {
        "MAX_STROKES": MAX_STROKES,
        "MAX_POINTS": MAX_POINTS,
    }
