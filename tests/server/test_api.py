"""The HTTP API on a running server: answers, rejected requests, headers, and Gradio's own routes."""

import io
import json
import re
import sys

import httpx
import numpy as np
import pytest
from PIL import Image

from tests.helpers.drawings import SEVEN, number, payload
from tests.helpers.images import pixels
from tests.helpers.paths import ROOT
from tests.helpers.pictures import BLACK, DRAWN, WHITE, colored, saved
from tests.helpers.server import call, get, post
from tests.helpers.slow_pictures import exif_with_overlapping_tags
from web.api import ENDPOINTS


@pytest.fixture(scope="module")
def client(server):
    with httpx.Client(base_url=server.address, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def ask(server):
    """ask(endpoint, **fields): the answer to a call."""

    def ask(endpoint: str, **fields) -> dict:
        response = call(server.address, endpoint, **fields)
        assert response.status_code == 200, response.text
        return response.json()

    return ask


# --- answers


def test_an_answer_has_all_fields(ask):
    answer = ask("predict", **SEVEN)
    fields = ["number", "verdict", "reason", "readings", "marks", "doubt", "current", "milliseconds", "version"]
    fields.append("features")
    assert list(answer) == fields
    assert (answer["number"], answer["verdict"], answer["version"]) == ("7", "digit", "1.0")
    assert min(answer["milliseconds"].values()) >= 0
    [reading] = answer["readings"]
    assert reading["box"] == pytest.approx([0.32, 0.25, 0.69, 0.8]) and reading["strokes"] == [0]
    assert len(reading["probabilities"]) == 10 and sum(reading["probabilities"]) == pytest.approx(1)
    image = pixels(reading["image"])
    assert image.shape == (28, 28) and image.max() > 200


def test_a_number_has_one_reading_per_digit(ask):
    answer = ask("predict", **payload(number("4711")))
    assert (answer["number"], answer["verdict"], answer["current"]) == ("4711", "digit", 3)
    assert [reading["digit"] for reading in answer["readings"]] == [4, 7, 1, 1]
    assert [reading["strokes"] for reading in answer["readings"]] == [[0, 1], [2], [3], [4]]
    lefts = [reading["box"][0] for reading in answer["readings"]]
    assert lefts == sorted(lefts)


def test_an_empty_drawing_is_blank(ask):
    answer = ask("predict", strokes=[])
    assert (answer["verdict"], answer["number"], answer["readings"][0]["digit"]) == ("blank", "", None)


def test_an_explanation_gives_each_pixel_of_ink_its_contribution(ask):
    evidence = pixels(ask("explain", **SEVEN, digit=7)["evidence"], dtype=np.int8)
    assert evidence.shape == (28, 28) and np.abs(evidence).max() == 127
    image = pixels(ask("predict", **SEVEN)["readings"][0]["image"])
    assert not evidence[image == 0].any()


def test_an_answers_image_can_be_explained_and_compared(ask):
    image = {"image": ask("predict", **SEVEN)["readings"][0]["image"]}
    of_image, of_strokes = (
        pixels(ask("explain", **drawing, digit=7, rather_than=1)["evidence"], dtype=np.int8)
        for drawing in (image, SEVEN)
    )
    # Not equal, because the image is rounded to 256 levels.
    np.testing.assert_allclose(of_image.astype(int), of_strokes, atol=5)
    assert {model["digit"] for model in ask("compare", **image)["models"]} == {7}


def test_a_comparison_has_the_reading_of_every_model(ask):
    models = ask("compare", **SEVEN)["models"]
    assert {model["name"] for model in models} == {
        path.stem for path in (ROOT / "model" / "checkpoints").glob("*.keras")
    }
    assert [model["mnist"] for model in models] == sorted(model["mnist"] for model in models)
    assert [model["digit"] for model in models] == [7] * len(models)
    assert ask("compare", strokes=[]) == {"models": []}


def test_activations_are_bytes_of_72_maps_whose_ledger_adds_up_and_silencing_changes_the_answer(client, ask):
    drawing = {"image": ask("predict", **SEVEN)["readings"][0]["image"]}
    response = call_for_bytes(client, **drawing)
    header, data = parts(response)
    assert response.headers["content-type"] == "application/octet-stream"
    assert (header["model"], header["measured"], header["ledger"]) == ("digits", True, None)
    assert [len(layer["maps"]) for layer in header["layers"]] == [12] * 6 and len(data) == 10_584
    assert header["outcome"]["probabilities"][7] > 0.9
    assert [layer["offset"] for layer in header["layers"]][1] == 12 * 14 * 14
    header, data = parts(call_for_bytes(client, **drawing, ledger=True))
    ledger = header["ledger"]
    rows = np.frombuffer(data, "<f4", len(ledger["empty"]) * ledger["columns"], ledger["offset"])
    sums = rows.reshape(-1, ledger["columns"]).sum(axis=1) + ledger["empty"]
    np.testing.assert_allclose(sums, header["outcome"]["logits"], atol=1e-4)
    silenced = [[5, index] for index in ledger["strongest"]]
    header, _ = parts(call_for_bytes(client, **drawing, silenced=silenced))
    assert header["silenced"]["logits"][7] < header["outcome"]["logits"][7] - 1


def call_for_bytes(client, **fields) -> httpx.Response:
    response = client.post("/api/activations", json=fields)
    assert response.status_code == 200, response.text
    return response


def parts(response: httpx.Response) -> tuple[dict, bytes]:
    """Return the header and the data of an answer in bytes."""
    size = int.from_bytes(response.content[:4], "little")
    return json.loads(response.content[4 : 4 + size]), response.content[4 + size :]


def test_the_inside_of_any_model_is_shown_and_a_wrong_name_map_or_layer_is_rejected(client, ask):
    header, data = parts(call_for_bytes(client, **SEVEN, model="softmax", weights=True))
    [layer] = header["layers"]
    assert (layer["kind"], layer["maps"]) == ("products", list(range(10)))
    weights = np.frombuffer(data, np.int8, 7840, layer["weights"]["offset"])
    assert np.abs(weights).max() == 127 and header["image"] == 2 * 7840
    image = np.frombuffer(data, np.uint8, offset=header["image"])
    np.testing.assert_array_equal(image, pixels(ask("predict", **SEVEN)["readings"][0]["image"]).ravel())
    for fields, sentence in [
        ({"model": "none"}, "There is no such model; expected one of deep-mnist,"),
        ({"silenced": [[0, 32]]}, "expected 0 to 31."),
        ({"layer": 6}, "expected 0 to 5, or null."),
    ]:
        rejected = client.post("/api/activations", json=SEVEN | fields)
        assert rejected.status_code == 422 and sentence in rejected.json()["detail"]


def test_occlusion_gives_49_changes_and_follows_silenced_maps(ask):
    found = ask("occlusion", **SEVEN, digit=7)
    assert len(found["erased"]) == 49 and min(found["erased"]) < 0 and found["added"] is None
    other = ask("occlusion", **SEVEN, digit=7, rather_than=1, dots=True, silenced=[[4, 7]])
    assert len(other["added"]) == 49 and other["score"] != found["score"]


def test_occlusion_of_a_cell_is_the_change_of_its_value_and_every_map_has_nine_cutouts(client, ask):
    header, data = parts(call_for_bytes(client, **SEVEN, layer=5))
    layer = header["layers"][5]
    values = np.frombuffer(data, np.int8, 128 * 49, layer["offset"]) * layer["scale"] / 127
    place = int(np.abs(values).argmax())
    found = ask("occlusion", **SEVEN, digit=None, cell=[5, *divmod(place, 49)])
    assert abs(found["score"]) >= abs(values[place]) - 0.01 and any(found["erased"])
    rejected = client.post("/api/occlusion", json=SEVEN | {"digit": None, "cell": [5, 3, 49]})
    assert rejected.status_code == 422 and "64 of 14×14, 128 of 7×7" in rejected.json()["detail"]
    header, data = parts(client.post("/api/cutouts", json={"layer": 2}))
    assert (header["maps"], header["count"], header["size"]) == (list(range(64)), 9, 13)
    assert Image.open(io.BytesIO(data)).size == (9 * 13, 64 * 13)


def test_steps_has_the_images_from_ink_to_28_by_28(ask):
    steps = ask("steps", **SEVEN)["steps"]
    assert [step["name"] for step in steps] == ["ink", "cropped", "fitted", "centred"]
    assert all(pixels(step["image"], step["width"]).shape == (step["height"], step["width"]) for step in steps)
    assert steps[-1]["image"] == ask("predict", **SEVEN)["readings"][0]["image"]


def test_about_has_the_measurements_of_the_network(client):
    about = client.get("/api/about").json()
    facts = {fact["name"]: fact["value"] for fact in about["facts"]}
    notes = json.loads((ROOT / "model" / "checkpoints" / "digits.json").read_text())
    assert facts["mnist"] == notes["test"]["accuracy"]
    assert facts["drawings"] == notes["drawings"]["unipen_digits"]["accuracy"]
    assert facts["parameters"] == notes["parameters"]
    assert {"curves", "reliability", "rejection", "drawings"} <= about["pictures"].keys()
    assert all(svg.startswith("<svg") for svg in about["pictures"].values())


UNKNOWN_TOKEN = (
    "No correction has this token; expected the token that the server sent with a correction that is not deleted yet."
)


def test_a_correction_is_stored_and_its_token_deletes_it(corrections_server):
    server, _ = corrections_server
    stored = call(server.address, "corrections", **SEVEN, label="1").json()
    assert stored["label"] == "1"
    address = f"{server.address}/api/corrections"
    for status, answer in ((200, {"deleted": True}), (404, {"detail": UNKNOWN_TOKEN})):
        response = httpx.delete(address, params={"token": stored["token"]})
        assert (response.status_code, response.json()) == (status, answer)
    assert httpx.delete(address, params={"token": "another"}).json() == {"detail": UNKNOWN_TOKEN}


# --- rejected requests


def test_a_server_that_stores_no_corrections_rejects_a_correction(server):
    rejected = call(server.address, "corrections", **SEVEN, label="1")
    assert (rejected.status_code, rejected.json()) == (422, {"detail": "This server does not store corrections."})


@pytest.mark.skipif(sys.platform != "linux", reason="The memory is limited on Linux only.")
def test_a_picture_that_takes_too_much_memory_is_rejected_and_the_next_picture_is_read(client):
    for _ in range(2):
        hungry = saved(Image.new("L", (50, 50)), exif=exif_with_overlapping_tags(600_000, 30_000))
        rejected = client.post("/api/predict_image", files={"picture": hungry})
        assert rejected.status_code == 422
        assert rejected.json()["detail"].startswith("The picture takes too much memory to decode; ")
        read = client.post("/api/predict_image", files={"picture": saved(colored(BLACK, WHITE, DRAWN))})
        assert read.json()["number"] == "5"


def test_a_picture_without_ink_has_its_own_reason(client):
    answer = client.post("/api/predict_image", files={"picture": saved(Image.new("L", (60, 40), 255))}).json()
    assert answer["verdict"] == "blank"
    assert answer["reason"] == answer["readings"][0]["reason"]
    assert answer["reason"].startswith("No strokes found. ")


def test_a_picture_of_100_megapixels_is_rejected(client, tmp_path):
    Image.new("1", (10_000, 10_000)).save(tmp_path / "huge.png")
    rejected = client.post("/api/predict_image", files={"picture": (tmp_path / "huge.png").read_bytes()})
    assert rejected.status_code == 422 and "pixels" in rejected.json()["detail"]


def test_a_file_of_30_megabytes_is_rejected(client):
    rejected = client.post("/api/predict_image", files={"picture": bytes(30_000_000)})
    assert rejected.status_code == 413 and "21,000,000 bytes" in rejected.json()["detail"]


@pytest.mark.parametrize("path", ["/api/predict", "/api/explain"])
def test_a_body_of_a_million_points_is_rejected_before_it_is_parsed(client, path):
    rejected = client.post(path, content=b'{"strokes": [[' + b"[0.5,0.5]," * 1_000_000 + b"[0,0]]]}")
    assert rejected.status_code == 413 and rejected.elapsed.total_seconds() < 5


def test_a_body_full_of_empty_lists_is_rejected_before_it_is_parsed(client):
    body = b'{"strokes": [[' + b"[]," * 80_000 + b"[]]]}"
    rejected = client.post("/api/predict", content=body, headers={"content-type": "application/json"})
    assert rejected.status_code == 422 and len(rejected.text) < 300
    assert rejected.elapsed.total_seconds() < 2


# --- headers


def test_answers_and_the_page_are_compressed(client):
    for response in (client.post("/api/predict", json=SEVEN), client.get("/"), client.get("/config")):
        assert response.headers["content-encoding"] == "gzip", response.url


def test_gradios_scripts_may_be_cached_and_the_manifest_names_icons_that_are_served(client):
    scripts = re.findall(r"/assets/[\w-]+-[\w-]{8}\.js", client.get("/").text)
    assert scripts and "immutable" in client.get(scripts[0]).headers["cache-control"]
    for icon in client.get("/manifest.json").json()["icons"]:
        assert client.get(f"/{icon['src']}").headers["content-type"].startswith(icon["type"])


# --- Gradio's routes


def test_gradios_routes_offer_the_same_endpoints_with_descriptions(server):
    described = get(f"{server.address}/gradio_api/info").json()
    assert set(described["named_endpoints"]) == {f"/{name}" for name in ENDPOINTS}
    assert described["unnamed_endpoints"] == {}
    for name, endpoint in described["named_endpoints"].items():
        assert endpoint["description"] == ENDPOINTS[name.strip("/")].description


def test_calls_of_earlier_versions_through_gradios_route_get_an_answer(server):
    answer = post(f"{server.address}/gradio_api/run/predict", json={"data": [SEVEN]}).json()
    assert answer["data"][0]["number"] == "7"


def test_curl_can_call_gradios_queue_in_two_steps(server):
    address = f"{server.address}/gradio_api/call/predict"
    ticket = post(address, json={"data": [SEVEN]}).json()["event_id"]
    event, data = get(f"{address}/{ticket}").text.strip().split("\n")[:2]
    assert event == "event: complete"
    assert json.loads(data.removeprefix("data: "))[0]["number"] == "7"


def test_the_server_prints_one_line_at_its_start_and_nothing_for_rejected_calls(server):
    before = server.log.read_text()  # Other tests may have sent what is not HTTP, for which the server prints a line.
    assert before.startswith(f"Draw a digit at {server.address}\n")
    assert call(server.address, "predict", strokes="seven").status_code == 422
    assert post(f"{server.address}/gradio_api/run/predict", json={"data": ["seven"]}).status_code == 422
    assert server.log.read_text() == before and "Traceback" not in before
