"""A link to a drawing holds no drawing that the server would refuse."""

import re

from model.preprocessing.strokes import MAX_POINTS
from tests.helpers.paths import ROOT
from web.schemas.fields import MAX_STROKES


def test_the_limits_of_a_link_are_the_limits_of_the_server():
    script = (ROOT / "assets" / "components" / "share" / "link.js").read_text()
    [limits] = re.findall(r"MAX_STROKES, MAX_POINTS\] = \[([\d_]+), ([\d_]+)\]", script)
    assert tuple(map(int, limits)) == (MAX_STROKES, MAX_POINTS)
