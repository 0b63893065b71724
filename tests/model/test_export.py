"""The export describes networks for the browser's engine, and refuses layers that the engine does not have."""

import pytest

from model.errors import UserError
from model.inference import backend

backend.load_tensorflow()

import keras  # Must follow `load_tensorflow`, which hides the start-up messages of TensorFlow.
from keras import layers

from web.export.arrays import ArrayFile
from web.export.network import describe
from web.export.site import export


def network(*inner) -> keras.Model:
    return keras.Sequential(
        [keras.Input((28, 28)), layers.Reshape((28, 28, 1)), *inner, layers.Flatten(), layers.Dense(10)]
    )


REFUSED = {
    "LeakyReLU": [layers.LeakyReLU(name="one")],
    "AveragePooling2D": [layers.AveragePooling2D(2, name="one")],
    "Conv2D with the activation tanh": [layers.Conv2D(4, 3, activation="tanh", name="one")],
    "Conv2D with groups, dilation or channels first": [layers.Conv2D(4, 3, dilation_rate=2, name="one")],
    "MaxPooling2D with padding or channels first": [layers.MaxPooling2D(2, padding="same", name="one")],
    "Reshape to the shape (14, 56, 1)": [layers.Reshape((14, 56, 1), name="one")],
}


@pytest.mark.parametrize("reason", REFUSED)
def test_a_layer_that_the_engine_does_not_have_is_named_in_one_sentence(reason):
    with pytest.raises(UserError) as refused:
        describe(network(*REFUSED[reason]), "mine", ArrayFile())
    message = str(refused.value)
    assert message.startswith(
        f"mine cannot be exported, because the browser's engine does not have its layer “one” ({reason}"
    )
    assert message.count(". ") == 0 and message.endswith(".")


def test_a_network_with_branches_is_refused():
    image = keras.Input((28, 28))
    flat = layers.Flatten()(image)
    outputs = layers.Add(name="sum")([layers.Dense(10)(flat), layers.Dense(10, name="second")(flat)])
    with pytest.raises(UserError, match="second.*does not only read the layer before it"):
        describe(keras.Model(image, outputs), "mine", ArrayFile())


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
