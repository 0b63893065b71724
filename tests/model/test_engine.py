"""The browser's engine gives the results of the Python modules that it mirrors, stage by stage. Node runs the engine.

If one of these tests fails after a change of a Python module, make the same change in the module of assets/engine/
whose first line names the Python module.
"""

import base64
import hashlib
import json
import re
import shutil
import subprocess

import numpy as np
import pytest

from model.inference import candidates, checkpoint
from model.inference.activations import Activations
from model.inference.attribution import IntegratedGradients
from model.inference.checkpoint import DEFAULT_CHECKPOINT
from model.inference.forward_pass import ForwardPass
from model.inference.occlusion import occlude
from model.preprocessing.enclosures import enclosing
from model.preprocessing.geometry import resample
from model.preprocessing.normalization import normalize
from model.preprocessing.signs import find_signs
from model.preprocessing.strokes import rasterize
from model.preprocessing.trace import trace_strokes
from model.training.importing import Interface, adapt
from tests.helpers.own_models import functional_with_softmax
from tests.helpers.paths import ROOT
from web.export.check import differences
from web.export.networks import network_files
from web.export.parity_drawings import parity_drawings
from web.schemas.inside import ActivationsRequest, ActivationsResponse
from web.schemas.responses import AnswerResponse, LearnResponse, encode

ENGINE = ROOT / "assets" / "engine"
COUNT = 60
TOLERANCE = 1e-4
"""Largest difference of probabilities. Sums of many numbers differ in their last digits, in units of 1e-6."""


@pytest.fixture(scope="module")
def examples(classifier):
    """Three personal examples: drawings with another label, each learned after those before it."""
    found = []
    for drawing, label in zip(parity_drawings(COUNT)[-3:], (4, 7, 10), strict=True):
        found.append(classifier.learn(normalize(rasterize(drawing)), label, found))
    return found


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder with the files of the default network."""
    folder = tmp_path_factory.mktemp("site")
    write(network_files(DEFAULT_CHECKPOINT), folder)
    return folder


def write(files, folder):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def run_engine(site, **inputs) -> dict:
    """Return what the engine computes; see engine_stages.mjs."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed, so the engine does not run.")
    (site / "inputs.json").write_text(json.dumps({"drawings": [], "examples": [], "images": []} | inputs))
    script = ROOT / "tests" / "helpers" / "engine_stages.mjs"
    done = subprocess.run([node, script, site, site / "inputs.json"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def pairs(classifier, site, examples):
    """Pairs: a drawing, and what the engine computes for it."""
    drawings = parity_drawings(COUNT)
    strokes = [[stroke.tolist() for stroke in drawing] for drawing in drawings]
    sent = [LearnResponse.of(example, classifier.space.network).model_dump() for example in examples]
    results = run_engine(site, network=classifier.name, drawings=strokes, examples=sent)["results"]
    return list(zip(drawings, results, strict=True))


def floats(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")


def image_of(drawing) -> np.ndarray:
    return normalize(rasterize(drawing))


def test_strokes_become_the_same_points_ink_and_images(pairs):
    for drawing, result in pairs:
        for stroke, points in zip(drawing, result["points"], strict=True):
            np.testing.assert_allclose(resample(stroke, 20), points, rtol=0, atol=1e-9)
        ink, (height, width, values) = rasterize(drawing), result["ink"]
        np.testing.assert_array_equal(ink, floats(values).reshape(height, width))
        np.testing.assert_allclose(image_of(drawing).ravel(), floats(result["image"]), rtol=0, atol=1e-6)


def test_normalization_has_the_same_steps(pairs):
    for drawing, result in pairs:
        expected = trace_strokes(drawing)
        assert [step for step, *_ in result["trace"]] == list(expected)
        for step, height, width, values in result["trace"]:
            np.testing.assert_allclose(expected[step], floats(values).reshape(height, width), rtol=0, atol=1e-6)


def test_strokes_have_the_same_signs_enclosures_and_groups(pairs):
    for drawing, result in pairs:
        boxes = np.array([candidates.stroke_box([stroke]) for stroke in drawing]).reshape(-1, 4)
        if result["signs"]:
            row = find_signs(boxes)
            assert result["signs"] == {
                "digits": list(row.digits),
                "ignored": list(row.ignored),
                "signs": [{"kind": sign.kind, "marks": list(sign.marks)} for sign in row.signs],
            }
            ring, is_certain = enclosing(drawing, boxes)
            assert result["enclosing"] == {"index": ring, "isCertain": is_certain}
        groups = candidates.of_strokes(drawing).groups
        assert [list(group.values()) for group in result["groups"]] == [
            [group.start, group.stop, list(group.marks), group.connected, group.near] for group in groups
        ]


def test_the_network_gives_the_same_logits_with_and_without_views_and_simd(pairs, classifier):
    images = np.stack([image_of(drawing) for drawing, _ in pairs])
    forward = ForwardPass(classifier.network, test_time_augmentation=True)
    for expected, name in ((forward.single_view(images), "logits"), (forward(images), "augmented")):
        np.testing.assert_allclose(expected, [result[name] for _, result in pairs], rtol=1e-4, atol=1e-4)
    plain = [(result["logits"], result["plain"]) for _, result in pairs if "plain" in result]
    assert len(plain) > 3
    np.testing.assert_allclose(*zip(*plain, strict=True), rtol=1e-4, atol=1e-4)


def test_the_answers_are_equal_also_with_personal_examples(pairs, classifier, examples):
    plain = classifier.read_drawings([drawing for drawing, _ in pairs])
    personal = classifier.read_drawings([drawing for drawing, _ in pairs], [examples] * len(pairs))
    assert [answer.number for answer in plain] != [answer.number for answer in personal]
    for name, answers in (("answer", plain), ("personal", personal)):
        for answer, (_, result) in zip(answers, pairs, strict=True):
            found, largest = differences(AnswerResponse.of(answer).model_dump(mode="json"), result[name])
            assert found == [] and largest < TOLERANCE


def test_the_explanations_are_equal(pairs, classifier):
    gradients, single_view = IntegratedGradients(classifier.network), ForwardPass(classifier.network).single_view
    explained = [(image_of(drawing), result) for drawing, result in pairs if "attribution" in result]
    for image, result in explained:
        digit = classifier.read_image(image).digit
        for expected, name in (
            (gradients.attribute(image, digit), "attribution"),
            (gradients.attribute(image, 3, 5), "contrast"),
        ):
            np.testing.assert_allclose(
                expected.ravel(), result[name], rtol=0, atol=1e-3 * np.abs(expected).max() + 1e-6
            )
        erasure = occlude(single_view, image, digit, dots=True)
        for expected, name in (
            (erasure.score, "score"),
            (erasure.erased.ravel(), "erased"),
            (erasure.added.ravel(), "added"),
        ):
            np.testing.assert_allclose(expected, result["occlusion"][name], rtol=1e-3, atol=1e-3)


def test_the_maps_of_the_layers_are_equal_also_with_silenced_maps(pairs, classifier):
    inside = Activations(classifier.network, DEFAULT_CHECKPOINT, classifier.notes["sha256"])
    for drawing, result in pairs:
        if "inside" not in result:
            continue
        image = np.round(255 * image_of(drawing)) / np.float32(255)
        for name, silenced in (("inside", []), ("silenced", [[1, 3], [5, 7], [5, 100]])):
            request = ActivationsRequest(image=encode(image), layer=2, ledger=True, silenced=silenced)
            expected = ActivationsResponse.of("", 1, inside, request.normalized, request)
            outcome = expected.silenced or expected.outcome
            np.testing.assert_allclose(outcome.logits, result[name]["outcome"], rtol=1e-4, atol=1e-3)
            for one, other in zip(expected.layers, result[name]["layers"], strict=True):
                values = np.frombuffer(base64.b64decode(other.pop("values")), np.int8).astype(int)
                known = np.frombuffer(expected.data, np.int8, len(values), one.offset)
                assert np.abs(values - known).max() <= 1
                assert one.model_dump(exclude={"offset"}) == other
            ledger = result[name]["ledger"]
            rows = np.frombuffer(expected.data, "<f4", 12 * expected.ledger.columns, expected.ledger.offset)
            np.testing.assert_allclose(rows.reshape(12, -1), ledger["rows"], rtol=0, atol=1e-3)
            np.testing.assert_allclose(expected.ledger.empty, ledger["empty"], rtol=0, atol=1e-3)
            assert expected.ledger.strongest == ledger["strongest"]


@pytest.fixture(scope="module")
def imported_model(tmp_path_factory):
    """The path of a checkpoint that ends in a softmax, as `train.py --import` makes it. Its weights are random."""
    network = adapt(functional_with_softmax(), Interface((784,), 1, has_probabilities=True))
    path = tmp_path_factory.mktemp("imported") / "mine.keras"
    network.save(path)
    notes = json.loads(DEFAULT_CHECKPOINT.with_suffix(".json").read_text())
    notes |= {"bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    path.with_suffix(".json").write_text(json.dumps(notes))
    return path


def test_the_layers_of_other_networks_are_equal(site, classifier, imported_model):
    [drawing] = parity_drawings(1)
    paths = [DEFAULT_CHECKPOINT.with_stem(name) for name in ("softmax", "dense", "deep-mnist")] + [imported_model]
    for path in paths:
        write(network_files(path, is_own=False), site)
    strokes = [[stroke.tolist() for stroke in drawing]]
    shown = run_engine(site, network=classifier.name, drawings=strokes, others=[path.stem for path in paths])["shown"]
    kinds = []
    for path, result in zip(paths, shown, strict=True):
        network, notes = checkpoint.load(path)
        inside = Activations(network, path, notes["sha256"])
        request = ActivationsRequest(strokes=strokes[0], layer=0, ledger=True, weights=True)
        expected = ActivationsResponse.of("", 1, inside, request.normalized, request)
        np.testing.assert_allclose(expected.outcome.logits, result["outcome"], rtol=1e-4, atol=1e-3)
        kinds.append((expected.layers[0].kind, expected.ledger.centered, expected.layers[0].weights is not None))
        for one, other in zip(expected.layers, result["layers"], strict=True):
            parts = [(one, other.pop("values")), (one.weights, other.pop("weights"))]
            for part, text in parts:
                if part is None:
                    assert text is None
                    continue
                values = np.frombuffer(base64.b64decode(text), np.int8).astype(int)
                known = np.frombuffer(expected.data, np.int8, len(values), part.offset)
                assert np.abs(values - known).max() <= 1
            assert one.model_dump(exclude={"offset", "weights"}) == other
        rows = np.frombuffer(expected.data, "<f4", 10 * expected.ledger.columns, expected.ledger.offset)
        np.testing.assert_allclose(rows.reshape(10, -1), result["ledger"]["rows"], rtol=0, atol=1e-3)
        np.testing.assert_allclose(expected.ledger.empty, result["ledger"]["empty"], rtol=0, atol=1e-3)
        assert expected.ledger.centered == result["ledger"]["centered"]
    assert [kind for kind, _, _ in kinds] == ["products", "units", "maps", "units"]
    assert [centered for _, centered, _ in kinds] == [False, False, False, True]
    assert [has_weights for _, _, has_weights in kinds] == [True, True, False, False]


def test_a_correction_gives_the_same_example(pairs, classifier, examples):
    learned = [(image_of(drawing), result["learned"]) for drawing, result in pairs if "learned" in result]
    for image, result in learned:
        expected = LearnResponse.of(classifier.learn(image, 3, examples), classifier.space.network).model_dump()
        one, other = (np.frombuffer(base64.b64decode(each.pop("features")), np.int8) for each in (expected, result))
        assert np.abs(one.astype(int) - other).max() <= 1  # Half a step may be rounded up or down.
        for name in ("reach", "weight"):
            assert expected.pop(name) == pytest.approx(result.pop(name), abs=1e-3)
        assert expected == result


def test_every_module_of_the_engine_names_what_it_mirrors():
    for path in ENGINE.glob("*.js"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith("// Mirrors "), path.name
        for module in re.findall(r"(?:model|web)/[\w/]+\.py", first):
            assert (ROOT / module).is_file(), module


def test_the_kernel_is_assembled_from_its_text():
    pytest.importorskip("wasmtime")
    from tests.tools.kernel import BINARY, assembled

    assert BINARY.read_bytes() == assembled()


@pytest.mark.slow
def test_the_engine_reads_the_test_images_of_mnist_like_python(mnist, classifier, site):
    images = mnist.test.images
    sent = [base64.b64encode(image.tobytes()).decode() for image in images]
    found = np.array(run_engine(site, network=classifier.name, images=sent)["predictions"], float)
    predicted = classifier.predict(images / np.float32(255))
    expected = np.where(classifier.rejects(predicted.not_digit), np.nan, predicted.digits.argmax(axis=1))
    same = int(((found == expected) | (np.isnan(found) & np.isnan(expected))).sum())
    print(f"{same} of {len(images)} predictions are equal")
    assert same >= 9_999
