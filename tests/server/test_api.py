"""The API, tested on a running server with the usual clients: curl, `gradio_client` and MCP."""

import inspect
import json
import urllib.error
import urllib.request

import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image, ImageDraw

from tests.helpers.drawings import SEVEN, number
from tests.helpers.paths import ROOT
from web.api import Api


@pytest.fixture(scope="module")
def client(server):
    return Client(server.address, verbose=False, httpx_kwargs={"timeout": 60})


def post(address: str, body: str | bytes) -> tuple[int, dict]:
    """Return the status and the JSON that curl would get."""
    content = body if isinstance(body, bytes) else body.encode()
    request = urllib.request.Request(address, content, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def is_alive(client) -> bool:
    return client.predict(SEVEN, api_name="/predict")["digit"] == 7


@pytest.fixture
def picture(tmp_path):
    """The path of a picture of a 7 on white paper."""
    image = Image.new("L", (300, 200), 255)
    ImageDraw.Draw(image).line([(110, 50), (190, 50), (140, 160)], fill=20, width=14, joint="curve")
    path = tmp_path / "seven.png"
    image.save(path)
    return path


# --- answers


def test_an_answer_has_all_fields(client):
    answer = client.predict(SEVEN, api_name="/predict")
    reading = ["digit", "verdict", "reason", "probabilities", "no_digit", "image", "box", "strokes"]
    assert list(answer) == [*reading, "number", "readings", "current", "milliseconds"]
    assert [list(each) for each in answer["readings"]] == [reading]
    assert answer["box"] == pytest.approx([0.32, 0.25, 0.69, 0.8]) and answer["strokes"] == [0]
    assert answer["number"] == "7"
    assert (answer["verdict"], answer["digit"]) == ("digit", 7)
    assert len(answer["probabilities"]) == 10 and sum(answer["probabilities"]) == pytest.approx(1)
    assert len(answer["image"]) == 28 and {len(row) for row in answer["image"]} == {28}
    assert 200 < max(max(row) for row in answer["image"]) <= 255
    assert min(answer["milliseconds"].values()) >= 0


def test_strokes_may_be_sent_as_json_text(client):
    assert client.predict(json.dumps(SEVEN), api_name="/predict")["digit"] == 7


def test_a_picture_gets_the_same_kind_of_answer_as_strokes(client, picture):
    answer = client.predict(handle_file(picture), api_name="/predict_image")
    assert list(answer) == list(client.predict(SEVEN, api_name="/predict"))
    assert answer["digit"] == 7


def test_a_number_has_one_reading_per_digit(client):
    answer = client.predict({"strokes": number("4711")}, api_name="/predict")
    assert (answer["number"], answer["verdict"], answer["current"]) == ("4711", "digit", 3)
    assert [reading["digit"] for reading in answer["readings"]] == [4, 7, 1, 1]
    assert [reading["strokes"] for reading in answer["readings"]] == [[0, 1], [2], [3], [4]]
    lefts = [reading["box"][0] for reading in answer["readings"]]
    assert lefts == sorted(lefts)


def test_an_empty_drawing_is_blank(client):
    answer = client.predict({"strokes": []}, api_name="/predict")
    assert (answer["verdict"], answer["digit"]) == ("blank", None)


def test_curl_can_call_an_endpoint_in_two_steps(server):
    address = f"{server.address}/gradio_api/call/predict"
    status, ticket = post(address, json.dumps({"data": [SEVEN]}))
    assert status == 200
    with urllib.request.urlopen(f"{address}/{ticket['event_id']}", timeout=60) as response:
        event, data = response.read().decode().strip().split("\n")[:2]
    assert event == "event: complete"
    assert json.loads(data.removeprefix("data: "))[0]["digit"] == 7


def test_an_explanation_gives_each_pixel_of_ink_its_contribution(client):
    rows = client.predict(SEVEN, 7, None, api_name="/explain")["evidence"]
    assert len(rows) == 28 and {len(row) for row in rows} == {28}
    values = [value for row in rows for value in row]
    assert max(abs(value) for value in values) == 127
    image = client.predict(SEVEN, api_name="/predict")["image"]
    assert all(ink or not value for ink, value in zip((v for row in image for v in row), values, strict=True))


@pytest.mark.parametrize(
    ("digits", "message"), [((11, None), "from 0 to 9"), (("7", 1), "from 0 to 9"), ((7, 7), "itself")]
)
def test_an_invalid_digit_gets_an_error_message(client, digits, message):
    with pytest.raises(AppError, match=message):
        client.predict(SEVEN, *digits, api_name="/explain")
    assert is_alive(client)


def test_a_comparison_has_the_reading_of_every_model(client):
    models = client.predict(SEVEN, api_name="/compare")["models"]
    assert {model["name"] for model in models} == {
        path.stem for path in (ROOT / "model" / "checkpoints").glob("*.keras")
    }
    assert [model["mnist"] for model in models] == sorted(model["mnist"] for model in models)
    assert [model["digit"] for model in models] == [7] * len(models)
    assert client.predict({"strokes": []}, api_name="/compare") == {"models": []}


def test_an_answers_image_can_be_explained_and_compared(client):
    image = {"image": client.predict(SEVEN, api_name="/predict")["image"]}
    of_image, of_strokes = (
        client.predict(drawing, 7, 1, api_name="/explain")["evidence"] for drawing in (image, SEVEN)
    )
    np.testing.assert_allclose(of_image, of_strokes, atol=3)  # The sent image is rounded to 256 levels.
    assert {model["digit"] for model in client.predict(image, api_name="/compare")["models"]} == {7}


def test_steps_has_the_images_from_ink_to_28_by_28(client):
    steps = client.predict(SEVEN, api_name="/steps")["steps"]
    assert [step["name"] for step in steps] == ["ink", "cropped", "fitted", "centred"]
    assert steps[-1]["image"] == client.predict(SEVEN, api_name="/predict")["image"]


def test_about_has_the_measurements_of_the_network(client):
    about = client.predict(api_name="/about")
    facts = {fact["name"]: fact["value"] for fact in about["facts"]}
    notes = json.loads((ROOT / "model" / "checkpoints" / "digits.json").read_text())
    assert facts["mnist"] == notes["test"]["accuracy"]
    assert facts["drawings"] == notes["drawings"]["unipen_digits"]["accuracy"]
    assert facts["parameters"] == notes["parameters"]
    assert {"curves", "reliability", "rejection", "drawings"} <= about["pictures"].keys()
    assert all(svg.startswith("<svg") for svg in about["pictures"].values())


def test_a_server_that_stores_no_corrections_rejects_a_correction(client):
    with pytest.raises(AppError, match="This server does not store corrections"):
        client.predict(SEVEN, "1", api_name="/correct")


def test_the_endpoints_are_the_public_methods_of_api_and_all_are_described(client):
    api = client.view_api(return_format="dict", print_info=False)
    methods = [name for name, _ in inspect.getmembers(Api, inspect.isfunction) if not name.startswith("_")]
    assert set(methods) >= {"predict", "predict_image", "explain", "compare", "steps", "about", "correct"}
    assert set(api["named_endpoints"]) == {f"/{name}" for name in methods}
    assert api["unnamed_endpoints"] == {}
    with urllib.request.urlopen(f"{client.src}gradio_api/info", timeout=60) as response:
        endpoints = json.load(response)["named_endpoints"]
    for name, endpoint in endpoints.items():
        assert len(endpoint["description"]) > 150, name
    for name in ("/predict", "/predict_image"):
        assert "probabilities" in endpoints[name]["returns"][0]["python_type"]["type"], name


# --- errors


@pytest.mark.parametrize(
    ("drawing", "message"),
    [
        ("draw me a seven", "not JSON"),
        ({"lines": []}, "strokes"),
        (7, "strokes"),
        ({"strokes": [[["0.1", "0.2"]]]}, "pair"),
        ({"strokes": [[[0.5, 1e300]]]}, "coordinate"),
        ({"strokes": [[[0.5, 0.5]] * 50_000]}, "50,000 points"),
    ],
    ids=["not JSON", "no strokes", "a number", "text instead of numbers", "far off", "50,000 points"],
)
def test_an_invalid_drawing_gets_an_error_message(client, drawing, message):
    with pytest.raises(AppError, match=message):
        client.predict(drawing, api_name="/predict")
    assert is_alive(client)


@pytest.mark.parametrize("number", ["NaN", "Infinity"])
def test_a_non_finite_coordinate_gets_an_error_message(server, client, number):
    status, answer = post(
        f"{server.address}/gradio_api/run/predict", f'{{"data": [{{"strokes": [[[0.5, {number}]]]}}]}}'
    )
    assert status == 422 and "not finite" in answer["error"]
    assert is_alive(client)


def test_a_body_that_is_not_json_is_rejected(server, client):
    status, _ = post(f"{server.address}/gradio_api/run/predict", "strokes, please")
    assert status == 422
    assert is_alive(client)


def test_half_of_a_surrogate_pair_is_rejected_as_an_escape_sequence_and_as_bytes(server, client):
    for half in (b"\\ud800", b"\xed\xa0\x80"):
        body = b'{"data": [{"strokes": []}, "' + half + b'", null]}'
        assert post(f"{server.address}/gradio_api/run/explain", body) == (422, {"error": "The request is not JSON."})
    assert is_alive(client)


@pytest.mark.parametrize("picture", ["http://127.0.0.1:9/seven.png", {"path": "seven.png"}, None])
def test_a_picture_of_an_mcp_call_is_never_fetched(server, picture):
    call = {"method": "tools/call", "params": {"name": "predict_image", "arguments": {"picture": picture}}}
    status, answer = post(f"{server.address}/gradio_api/mcp/", json.dumps(call))
    assert status == 422 and "not fetched" in answer["error"]


def test_text_in_a_png_file_gets_an_error_message(client, tmp_path):
    (tmp_path / "text.png").write_text("This is not a picture.")
    with pytest.raises(AppError, match="picture"):
        client.predict(handle_file(tmp_path / "text.png"), api_name="/predict_image")
    assert is_alive(client)


def test_a_picture_of_100_megapixels_gets_an_error_message(client, tmp_path):
    Image.new("1", (10_000, 10_000)).save(tmp_path / "huge.png")
    with pytest.raises(AppError, match="pixels"):
        client.predict(handle_file(tmp_path / "huge.png"), api_name="/predict_image")
    assert is_alive(client)


def test_a_file_of_30_megabytes_is_rejected(client, tmp_path):
    (tmp_path / "large.png").write_bytes(bytes(30_000_000))
    with pytest.raises(Exception, match="(?i)size|large"):
        client.predict(handle_file(tmp_path / "large.png"), api_name="/predict_image")
    assert is_alive(client)


def test_the_server_prints_one_line_and_no_traceback_for_rejected_calls(server, client):
    with pytest.raises(AppError):
        client.predict("draw me a seven", api_name="/predict")
    assert server.log.read_text() == f"Draw a digit at {server.address}\n"
