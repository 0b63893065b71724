"""The export stores weights for the browser's engine, and overwrites no other files."""

import pytest

from model.errors import UserError
from model.inference import backend

backend.load_tensorflow()

from keras import layers  # Must follow `load_tensorflow`, which hides the start-up messages of TensorFlow.

from web.export.arrays import ArrayFile
from web.export.site import export


def test_weights_keep_their_values_in_half_precision_if_that_is_exact():
    file = ArrayFile()
    exact, other = layers.Dense(2), layers.Dense(2)
    for layer, value in ((exact, 0.5), (other, 0.1)):
        layer.build((None, 3))
        layer.set_weights([0 * weight + value for weight in layer.get_weights()])
    assert [file.add(layer.get_weights()[0])["half"] for layer in (exact, other)] == [True, False]
    assert len(file.content) == 2 * 6 + 4 * 6


def test_a_folder_with_other_files_is_not_overwritten(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UserError, match="has other files; expected an empty folder, or an earlier export"):
        export(None, tmp_path, None)
