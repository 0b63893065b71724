"""Four clients get the same answers and the same error messages: HTTP, `gradio_client`, `@gradio/client` and MCP."""

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from jsonschema import validate

from tests.helpers.coroutines import finish
from tests.helpers.drawings import DIGIT_DRAWINGS, SEVEN, number, payload
from tests.helpers.mcp_client import call_tool, session
from tests.helpers.paths import ROOT
from tests.helpers.pictures import picture_from, render
from web.api import ENDPOINTS
from web.mcp_server import MAX_ANSWER

PICTURE = "a picture of a 7"
Call = tuple[str, dict]
"""An endpoint, and the fields of its request. The text PICTURE stands for a file with this picture."""

VALID: list[Call] = [
    ("predict", SEVEN),
    ("predict", payload(number("74"))),
    ("predict", {"strokes": []}),
    ("learn", SEVEN | {"label": "1"}),
    ("predict_image", {"picture": PICTURE}),
    ("explain", SEVEN | {"digit": 7}),
    ("explain", SEVEN | {"digit": 7, "rather_than": 1}),
    ("compare", SEVEN),
    ("occlusion", SEVEN | {"digit": 7, "rather_than": 1, "dots": True}),
    ("occlusion", SEVEN | {"digit": None, "cell": [5, 3, 24]}),
    ("steps", {"strokes": []}),
]
INVALID: list[Call] = [
    ("predict", {"strokes": "seven"}),
    ("predict", {}),
    ("predict", {"strokes": [], "more": 1}),
    ("predict", {"strokes": [[["0.1", 0.2]]]}),
    ("predict", {"strokes": [[[0.5]]]}),
    ("predict", {"strokes": [[[0.5, 1e300]]]}),
    ("predict", {"strokes": [[]] * 501}),
    ("predict", {"strokes": [[[0.5, 0.5]] * 12_001]}),
    ("learn", SEVEN | {"label": "12"}),
    ("learn", {"strokes": [], "label": "1"}),
    ("predict_image", {"picture": "not a picture"}),
    ("explain", SEVEN | {"digit": 11}),
    ("explain", SEVEN | {"digit": 7, "rather_than": 7}),
    ("explain", {"image": "AAAA", "digit": 7}),
    ("compare", {}),
    ("correct", SEVEN | {"label": "seven"}),
]


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, Path]:
    """The files of the calls, by the text that stands for the file."""
    folder = tmp_path_factory.mktemp("pictures")
    picture_from(1 - render(DIGIT_DRAWINGS[7])).save(folder / "seven.png")
    (folder / "text.png").write_text("This is not a picture.")
    return {PICTURE: folder / "seven.png", "not a picture": folder / "text.png"}


@pytest.fixture(scope="module")
def expected(server, files) -> list[object]:
    """The answer or the error message of the HTTP API to each call."""
    return [over_http(server.address, files, *call) for call in VALID + INVALID]


def over_http(address: str, files: dict[str, Path], endpoint: str, fields: dict) -> object:
    path = address + ENDPOINTS[endpoint].path
    with_file = {"files": {"picture": files[fields["picture"]].read_bytes()}} if "picture" in fields else None
    response = httpx.post(path, **(with_file or {"json": fields}), timeout=60)
    return plain(response.json()) if response.status_code == 200 else response.json()["detail"]


def plain(answer: dict) -> dict:
    """Return an answer without durations."""
    for part in [answer, *answer.get("models", [])]:
        part.pop("milliseconds", None)
    return answer


def arguments(call: Call, files: dict[str, object]) -> list:
    """Return the arguments of a call through Gradio: the drawing, and the other fields in the order of the schema.

    files: the argument for each file.
    """
    endpoint, fields = call
    if "picture" in fields:
        return [files[fields["picture"]]]
    names = [name for name in ENDPOINTS[endpoint].request.model_fields if name not in ("strokes", "image")]
    drawing = {name: value for name, value in fields.items() if name not in names}
    return [drawing, *(fields.get(name) for name in names)]


def test_the_http_api_answers_or_rejects_each_call(expected):
    assert all(isinstance(answer, dict) for answer in expected[: len(VALID)])
    sentences = expected[len(VALID) :]
    assert all(isinstance(sentence, str) and sentence.endswith(".") for sentence in sentences)
    assert len(set(sentences)) == len(INVALID)


def test_gradio_client_gets_the_same_answers_and_error_messages(server, files, expected):
    client = Client(server.address, verbose=False)
    uploads = {name: handle_file(path) for name, path in files.items()}

    def result(call: Call) -> object:
        try:
            return plain(client.predict(*arguments(call, uploads), api_name=f"/{call[0]}"))
        except AppError as error:
            return str(error)

    assert [result(call) for call in VALID + INVALID] == expected


def test_the_npm_client_gets_the_same_answers_and_error_messages(server, files, expected):
    if shutil.which("node") is None or not (ROOT / "node_modules" / "@gradio").exists():
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("@gradio/client is not installed: npm ci")
    uploads = {name: f"file:{path}" for name, path in files.items()}
    calls = [(f"/{call[0]}", arguments(call, uploads)) for call in VALID + INVALID]
    command = ["node", ROOT / "tests" / "helpers" / "gradio_client.mjs", server.address]
    done = subprocess.run(command, input=json.dumps(calls), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    assert [plain(each["data"]) if "data" in each else each["error"] for each in results] == expected


def test_an_mcp_client_gets_the_same_answers_and_error_messages(server, files, expected):
    async def results() -> list[object]:
        async with session(server.address) as client:
            return [await result(client, *call) for call in VALID + INVALID]

    async def result(client, endpoint: str, fields: dict) -> object:
        if "picture" in fields:
            content = base64.b64encode(files[fields["picture"]].read_bytes()).decode()
            fields = {"picture": f"data:image/png;base64,{content}"}
        result = await client.call_tool(endpoint, fields)
        if result.isError:
            return result.content[0].text
        assert json.loads(result.content[0].text) == result.structuredContent
        return plain(result.structuredContent)

    assert finish(results()) == expected


def test_mcp_tools_have_schemas_and_short_answers(server):
    async def answers():
        async with session(server.address) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            calls = [("about", {}), ("steps", SEVEN), ("predict", payload(number("0123456789")))]
            return tools, {name: await client.call_tool(name, fields) for name, fields in calls}

    tools, results = finish(answers())
    assert set(tools) == set(ENDPOINTS)
    assert tools["predict_image"].inputSchema["properties"]["picture"]["pattern"].startswith("^data:")
    for name, result in results.items():
        assert not result.isError and len(result.model_dump_json()) <= MAX_ANSWER, name
        validate(result.structuredContent, tools[name].outputSchema)
    assert results["predict"].structuredContent["number"] == "0123456789"


def test_gradio_client_gets_activations_as_json_with_base64_text_and_a_tool_gets_only_the_header(server):
    content = httpx.post(f"{server.address}/api/activations", json=SEVEN, timeout=60).content
    size = int.from_bytes(content[:4], "little")
    header = json.loads(content[4 : 4 + size])
    answer = Client(server.address, verbose=False).predict(SEVEN, api_name="/activations")
    assert base64.b64decode(answer.pop("data")) == content[4 + size :]
    assert answer == header
    assert finish(call_tool(server.address, "activations", SEVEN)).structuredContent == {"data": None} | header


@pytest.mark.parametrize("picture", ["http://127.0.0.1:9/seven.png", "/etc/passwd", {"path": "/etc/passwd"}, None])
def test_a_picture_of_an_mcp_call_is_never_fetched(server, picture):
    async def results():
        async with session(server.address) as client:
            rejected = await client.call_tool("predict_image", {"picture": picture})
            return rejected, await client.call_tool("predict", SEVEN)

    rejected, later = finish(results())
    assert rejected.isError and "is not a data: URL" in rejected.content[0].text
    assert later.structuredContent["number"] == "7"  # A rejection does not end the session.


def test_an_answer_that_is_too_long_for_a_tool_is_an_error_with_a_sentence(server):
    many = payload(number("0123456789" * 3))

    async def result():
        async with session(server.address) as client:
            return await client.call_tool("predict", many)

    answer = finish(result())
    assert answer.isError and "send fewer strokes" in answer.content[0].text
