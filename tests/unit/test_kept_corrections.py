"""The static site saves corrections as a file of drawings, as `python -m model.corrections --export` does."""

import json
import shutil
import subprocess

import numpy as np
import pytest

from model.data.drawings import LabeledDrawings, read_drawings, write_drawings
from tests.helpers.drawings import DIGIT_DRAWINGS
from tests.helpers.paths import ROOT


def test_the_file_of_corrections_is_that_of_the_command(tmp_path):
    if shutil.which("node") is None:
        pytest.skip("Node is not installed, so the site's file cannot be written.")
    random = np.random.default_rng(1)
    dot = [[[0.5, 0.25]]]
    drawings = [[random.random((7, 2)).tolist(), random.random((1, 2)).tolist()], dot, *DIGIT_DRAWINGS]
    labels = ["47", "not a digit", *map(str, range(10))]
    sent = [{"strokes": drawing, "label": label} for drawing, label in zip(drawings, labels, strict=True)]
    (tmp_path / "sent.json").write_text(json.dumps(sent))
    found, expected = tmp_path / "found.npz", tmp_path / "expected.npz"
    script = ROOT / "tests" / "helpers" / "drawings_file.mjs"
    done = subprocess.run(["node", script, tmp_path / "sent.json", found], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    write_drawings(expected, LabeledDrawings(drawings, labels, ["visitor"] * len(labels)))
    with np.load(found, allow_pickle=False) as one, np.load(expected, allow_pickle=False) as other:
        assert set(one.files) == set(other.files)
        for name in one.files:
            np.testing.assert_array_equal(one[name], other[name])
            assert one[name].dtype == other[name].dtype
    assert read_drawings(found).labels == labels
