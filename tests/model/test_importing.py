"""`train.py --import` turns a model that was trained elsewhere into a checkpoint, and refuses what does not fit."""

import functools
import re
import shutil
import zipfile

import numpy as np
import pytest

import train
from model.data import dataset, mnist
from model.errors import UserError
from model.inference import backend

backend.load_tensorflow()

import h5py
import keras  # Must follow `load_tensorflow`, which hides the start-up messages of TensorFlow.
from keras import layers

from model.inference import checkpoint
from model.inference.activations import Activations
from model.inference.attribution import IntegratedGradients
from model.inference.classifier import Classifier
from model.inference.comparison import Comparison
from model.training import importing, model_files
from tests.helpers.drawings import DIGIT_DRAWINGS
from tests.helpers.own_models import OWN_MODELS, train_own_model


@pytest.fixture(scope="module")
def own_models(mnist, tmp_path_factory):
    """The trained models of OWN_MODELS, by the name of their file."""
    folder = tmp_path_factory.mktemp("own")
    return {name: train_own_model(name, mnist, folder) for name in OWN_MODELS}


@pytest.fixture(scope="module")
def imported(own_models, tmp_path_factory):
    """The folder of the imported checkpoints, and what `train.py` printed about each model, by the name of its file."""
    folder, printed = tmp_path_factory.mktemp("imported"), {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mnist, "load", functools.cache(mnist.load))
        patch.setattr(dataset, "normalize_mnist", functools.cache(dataset.normalize_mnist))
        patch.setattr(mnist.Examples, "__hash__", object.__hash__)
        for name, model in own_models.items():
            patch.setattr("builtins.print", lambda *words, name=name, **_: printed.setdefault(name, []).append(*words))
            train.main(["--import", str(model.path), "--output", str(folder)])
    return folder, printed


@pytest.mark.slow
@pytest.mark.parametrize("name", OWN_MODELS)
def test_an_imported_model_is_as_accurate_as_its_own_evaluate_says_and_its_interface_is_detected(
    name, own_models, imported
):
    folder, printed = imported
    path = (folder / name).with_suffix(".keras")
    notes = checkpoint.load_notes(path)
    assert notes["test"]["accuracy"] == pytest.approx(own_models[name].accuracy, abs=0.001)
    assert own_models[name].accuracy > 0.6 and notes["test"]["count"] == 10_000
    interface, measured, *_, following = printed[name]
    assert interface == f"{own_models[name].path}: {own_models[name].interface}."
    assert measured.startswith(f"{path}: test accuracy on MNIST ")
    assert following == f"Next: python demo.py --checkpoint {path}"


@pytest.mark.slow
def test_the_inside_of_imported_models_is_shown_with_the_activations_of_keras_layers(imported):
    folder, printed = imported
    image = np.random.default_rng(1).random((28, 28), np.float32)
    kinds = {}
    for name in OWN_MODELS:
        path = (folder / name).with_suffix(".keras")
        network, notes = checkpoint.load(path)
        if name == "legacy.h5":
            assert any("nothing of its inside can be shown." in line for line in printed[name])
            continue
        inside = Activations(network, path, notes["sha256"])
        logits, changes = inside.of(image)
        np.testing.assert_allclose(logits, network(image[None], training=False)[0], atol=1e-4)
        ledger = inside.ledger(changes)
        assert (ledger is None) == (name == "residual.keras")  # Its logits are sums over two convolutions.
        if ledger:
            expected = logits - logits.mean() if ledger.is_centered else logits
            np.testing.assert_allclose(ledger.empty + ledger.contributions.sum(axis=1), expected, atol=1e-3)
        kinds[name] = [layer.kind for layer in inside.layers]
        assert inside.is_measured
        if name == "cnn.keras":
            convolution = next(layer for layer in network.layers if isinstance(layer, layers.Conv2D))
            reference = keras.Model(network.inputs[0], convolution.output)
            value, empty = (np.array(reference(each[None])) for each in (image, np.zeros_like(image)))
            np.testing.assert_allclose(changes[0], (value - empty)[0], atol=1e-3)
    assert kinds == {"functional.keras": ["units"], "cnn.keras": ["maps"], "residual.keras": ["maps", "maps"]}


@pytest.mark.slow
def test_imported_models_answer_in_the_comparison_and_on_the_page(imported):
    folder, _ = imported
    shown = Comparison(checkpoint.FOLDER, folder / "cnn.keras")
    seven = [np.array(stroke, float) for stroke in DIGIT_DRAWINGS[7]]
    for name in OWN_MODELS:
        classifier = Classifier.load((folder / name).with_suffix(".keras"))
        [reading] = classifier.read_strokes(seven).readings
        assert reading.digit == 7 and reading.not_digit == 0 and not classifier.rejects(np.ones(1)).any()
        attribution = IntegratedGradients(classifier.network).attribute(reading.image, 7, None)
        assert np.isfinite(attribution).all() and attribution.any()
    models = Comparison(folder).compare(reading.image)
    assert sorted(model.name for model in models) == ["cnn", "functional", "legacy", "residual"]
    assert {model.reading.digit for model in models} == {7} and not any(model.own for model in models)
    assert [model.name for model in shown.compare(reading.image) if model.own] == ["cnn"]


def test_layers_and_operations_of_a_model_may_have_the_names_of_those_that_the_import_adds(tmp_path):
    keras.utils.clear_session()  # Keras numbers names from the start again, as in another process.
    inputs = keras.Input((28, 28), name="normalized_image")
    values = pixels = layers.Flatten()(layers.Rescaling(1 / 255, name="model_values")(inputs))
    for _ in range(12):  # log, log_1, log_2, …
        values = keras.ops.log(keras.ops.maximum(keras.ops.convert_to_tensor(values), 1.5))
    model = keras.Model(inputs, layers.Dense(10, activation="softmax")(pixels + values))
    model.save(tmp_path / "names.keras")
    model = model_files.load(tmp_path / "names.keras")
    network = importing.adapt(model, importing.Interface((28, 28), 255, has_probabilities=True))
    checkpoint.save(network, {}, tmp_path / "adapted.keras")
    saved = keras.saving.load_model(tmp_path / "adapted.keras", compile=False)
    image = np.random.default_rng(1).random((1, 28, 28), np.float32)
    np.testing.assert_allclose(saved(image), np.log(model(255 * image)), atol=1e-4)


@pytest.mark.slow
def test_an_import_replaces_an_earlier_import_and_no_other_file(own_models, imported, tmp_path):
    folder, _ = imported
    source = shutil.copy(own_models["cnn.keras"].path, tmp_path)
    importing.check_target(folder / "cnn.keras", own_models["cnn.keras"].path)
    for target, message in [
        (tmp_path / "cnn.keras", "would replace the model itself"),
        (checkpoint.FOLDER / "digits.keras", "digits.keras exists and is not an imported model; choose another --name"),
    ]:
        with pytest.raises(UserError, match=message):
            importing.check_target(target, source if target.parent == tmp_path else own_models["cnn.keras"].path)
    for name in ("", "..", "a/b", ".hidden", "line\nbreak", "x" * 61):
        with pytest.raises(UserError, match="cannot be a checkpoint's name"):
            importing.check_name(name)


# What is refused


@keras.saving.register_keras_serializable()
class CustomLayer(layers.Layer):
    def call(self, inputs):
        return inputs


def custom_function(inputs):
    return inputs


def ten_outputs_after(*first: layers.Layer, shape=(28, 28), outputs=10, dtype=None) -> keras.Model:
    return keras.Sequential([keras.Input(shape, dtype=dtype), *first, layers.Flatten(), layers.Dense(outputs)])


def two_inputs() -> keras.Model:
    inputs = [keras.Input((784,)), keras.Input((784,))]
    return keras.Model(inputs, layers.Dense(10)(inputs[0] + inputs[1]))


REFUSED = {
    "lambda.keras": (lambda: ten_outputs_after(layers.Lambda(lambda x: x / 255)), "contains a Lambda layer"),
    "lambda.h5": (lambda: ten_outputs_after(layers.Lambda(lambda x: x / 255)), "contains a Lambda layer"),
    "layer.keras": (lambda: ten_outputs_after(CustomLayer()), r"contains custom code \(CustomLayer\)"),
    "layer.h5": (lambda: ten_outputs_after(CustomLayer()), r"contains custom code \(CustomLayer\)"),
    "function.keras": (lambda: ten_outputs_after(layers.Activation(custom_function)), "contains custom code"),
    "five.keras": (lambda: ten_outputs_after(outputs=5), "outputs of the shape 5; expected 10, one for each digit"),
    "eleven.keras": (lambda: ten_outputs_after(outputs=11), "outputs of the shape 11; expected 10"),
    "color.keras": (lambda: ten_outputs_after(shape=(32, 32, 3)), "inputs of the shape 32×32×3; expected 28×28, 28"),
    "integers.keras": (lambda: ten_outputs_after(dtype="uint8"), "inputs of the type uint8; expected float32"),
    "two.keras": (two_inputs, "has 2 inputs and 1 outputs; expected one of each"),
    "unknown.keras": (lambda: keras.Sequential([layers.Dense(10)]), "has no shape of its inputs"),
    "wide.keras": (lambda: ten_outputs_after(layers.UpSampling1D(2_000)), "a layer with 1,568,000 values"),
}


def one_sentence(path) -> str:
    """Return the message of the command. Fail if the message has several lines."""
    with pytest.raises(SystemExit) as stopped:
        train.main(["--import", str(path), "--output", str(path.parent / "new")])
    assert "\n" not in stopped.value.code and stopped.value.code.startswith("train: ")
    assert not (path.parent / "new").exists()
    return stopped.value.code


@pytest.mark.filterwarnings("ignore:The object being serialized includes a `lambda`", "ignore:You are saving a model")
@pytest.mark.parametrize("name", REFUSED)
def test_a_model_that_contains_code_or_does_not_fit_is_refused_in_one_sentence(name, tmp_path):
    build, message = REFUSED[name]
    build().save(tmp_path / name)
    sentence = one_sentence(tmp_path / name)
    assert re.search(message, sentence), sentence


def replace_config(path, change):
    """Rewrite the description of the model in a .keras file."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["config.json"] = change(members["config.json"])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def test_what_is_no_keras_model_or_too_large_is_refused_in_one_sentence(tmp_path, monkeypatch):
    model = ten_outputs_after()
    model.export(tmp_path / "exported", verbose=False)
    (tmp_path / "text.keras").write_text("hello")
    np.savez(tmp_path / "arrays.npz", np.zeros(3))
    model.save_weights(tmp_path / "my.weights.h5")
    for name in ("huge.keras", "bomb.keras", "garbled.keras", "list.keras", "cut.keras", "cut.h5", "renamed.keras"):
        model.save(tmp_path / name)
    model.save(tmp_path / "renamed.hdf5")
    (tmp_path / "renamed.keras").rename(tmp_path / "renamed.h5")
    replace_config(tmp_path / "huge.keras", lambda config: config.replace(b'"units": 10,', b'"units": 1000000000,'))
    replace_config(tmp_path / "bomb.keras", lambda config: config + b" " * 3 * 2**20)
    replace_config(tmp_path / "garbled.keras", lambda config: config[: len(config) // 2])
    replace_config(tmp_path / "list.keras", lambda config: b"[1]")
    for name in ("cut.keras", "cut.h5"):
        content = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(content[: len(content) // 2])
    for name, message in [
        ("exported", "is a SavedModel folder; expected a file that model.save"),
        ("nowhere.keras", "does not exist; expected a file"),
        ("text.keras", "is not a Keras model"),
        ("arrays.npz", "is not a Keras model"),
        ("my.weights.h5", "contains only weights"),
        ("huge.keras", "Keras cannot load"),
        ("bomb.keras", "is too large"),
        ("garbled.keras", "is damaged"),
        ("list.keras", "is not a Keras model"),
        ("cut.keras", "is not a Keras model"),
        ("cut.h5", "is damaged"),
        ("renamed.h5", "is a .keras file with another suffix; rename it to renamed.keras"),
    ]:
        assert message in one_sentence(tmp_path / name)
    monkeypatch.setattr(model_files, "MAX_PARAMETERS", 7_000)
    assert "has 7,850 parameters; at most 7,000 are accepted" in one_sentence(tmp_path / "renamed.hdf5")
    monkeypatch.setattr(model_files, "MAX_BYTES", 10_000)
    for name in ("bomb.keras", "renamed.hdf5"):
        assert "is too large" in one_sentence(tmp_path / name)


def test_a_huge_layer_gets_no_memory_before_it_is_refused(tmp_path, monkeypatch):
    initialized = []
    monkeypatch.setattr(keras.initializers.GlorotUniform, "__call__", lambda _, shape, **__: initialized.append(shape))
    for name in ("huge.keras", "huge.h5"):
        with keras.StatelessScope(initialize_variables=False):
            model = ten_outputs_after(layers.Flatten(), layers.Dense(10**9))
        config = model.to_json()
        keras.utils.clear_session()
        if name.endswith("h5"):
            with h5py.File(tmp_path / name, "w") as file:
                file.attrs["model_config"] = config
        else:
            with zipfile.ZipFile(tmp_path / name, "w") as archive:
                archive.writestr("config.json", config)
        assert "Keras cannot load" in one_sentence(tmp_path / name)
        keras.Sequential([keras.Input((3,)), layers.Dense(2, kernel_initializer="zeros")])
    assert initialized == []


def test_options_that_do_not_go_together_are_refused(tmp_path, capsys):
    for arguments, message in [
        (["--import", "my.keras", "--resume"], "--import takes seconds and trains nothing"),
        (["--name", "mine"], "--name needs --import"),
    ]:
        with pytest.raises(SystemExit):
            train.main(arguments)
        assert message in capsys.readouterr().err
