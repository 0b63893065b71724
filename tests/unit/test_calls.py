"""Checks of calls: the endpoint exists, no argument is missing, and each file was uploaded to this server."""

import json
from pathlib import Path

import pytest

from tests.helpers.unloaded_page import unloaded_page
from web.security.bodies import RequestRejected
from web.security.calls import CallChecker
from web.upload_folder import UploadFolder

SEVEN = {"strokes": [[[0.2, 0.2], [0.75, 0.2], [0.4, 0.85]]]}


@pytest.fixture(scope="module")
def calls() -> CallChecker:
    """A checker of the page's calls."""
    return CallChecker(unloaded_page())


@pytest.fixture
def uploads(tmp_path, monkeypatch) -> Path:
    """A folder of uploads."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    return UploadFolder(tmp_path).path


@pytest.fixture
def uploaded(uploads) -> Path:
    """The path of an uploaded picture."""
    path = uploads / "0123456789abcdef"
    path.write_bytes(b"picture")
    return path


def rejection(check, *arguments) -> tuple[int, str]:
    """Return the status and the message of the RequestRejected that a check raises."""
    with pytest.raises(RequestRejected) as rejected:
        check(*arguments)
    return rejected.value.status, rejected.value.message


def index_of(calls: CallChecker, endpoint: str) -> int:
    [index] = [index for index, name in calls.names.items() if name == endpoint]
    return index


# --- endpoints and arguments


@pytest.mark.parametrize("route", ["run", "call"])
def test_a_call_reaches_no_other_function_than_the_one_in_its_path(calls, route):
    body = {"data": [SEVEN], "fn_index": index_of(calls, "correct")}
    assert calls.check_call(route, "steps", body) == "steps"
    assert "fn_index" not in body


@pytest.mark.parametrize("route", ["run", "call"])
@pytest.mark.parametrize("name, data", [("steps", [SEVEN]), ("explain", [SEVEN, 7, None]), ("about", [])])
def test_a_complete_call_is_accepted_unchanged(calls, route, name, data):
    body = {"data": data}
    before = json.dumps(body)
    calls.check_call(route, name, body)
    assert json.dumps(body) == before


def test_missing_optional_arguments_become_null(calls):
    body = {"data": [SEVEN]}
    calls.check_call("run", "predict", body)
    assert body == {"data": [SEVEN, None, None]}
    named = {"drawing": SEVEN, "features": True}
    calls.check_call("call/v2", "predict", named)
    assert named == {"drawing": SEVEN, "features": True, "examples": None}


def test_a_call_through_the_queue_is_checked_by_the_index_of_its_function(calls):
    body = {"fn_index": index_of(calls, "predict"), "data": []}
    assert rejection(calls.check_call, "queue", "join", body) == (
        422,
        'Expected {"data": [drawing, features, examples]}.',
    )
    calls.check_call("queue", "join", body | {"data": [SEVEN]})


@pytest.mark.parametrize(
    "route, name, body",
    [
        ("run", "js_fn", {"data": []}),
        ("call", "", {"data": []}),
        ("queue", "join", {"data": []}),
        ("queue", "join", {"fn_index": 10_000, "data": []}),
        ("queue", "join", {"fn_index": "predict", "data": []}),
        ("queue", "predict", {"fn_index": [], "data": [SEVEN]}),
    ],
)
def test_the_error_for_an_unknown_endpoint_lists_all_endpoints(calls, route, name, body):
    status, message = rejection(calls.check_call, route, name, body)
    assert status == 404
    assert message.startswith("Unknown endpoint. The endpoints are /predict, /learn, /predict_image, /explain, ")


@pytest.mark.parametrize("body", [{}, {"data": []}, {"data": [SEVEN] * 4}, {"data": "7"}, {"data": None}])
def test_the_error_for_a_wrong_number_of_arguments_lists_the_expected_arguments(calls, body):
    assert rejection(calls.check_call, "run", "predict", body) == (
        422,
        'Expected {"data": [drawing, features, examples]}.',
    )


@pytest.mark.parametrize("body", [{}, {"data": [SEVEN]}, {"drawing": SEVEN, "more": 1}])
def test_the_error_for_wrong_names_of_arguments_lists_the_expected_names(calls, body):
    assert rejection(calls.check_call, "call/v2", "predict", body) == (
        422,
        'Expected {"drawing": …, "features": …, "examples": …}.',
    )


# --- files


@pytest.mark.parametrize("value", [{"path": "/etc/passwd"}, [{"a": [{"path": None}]}]])
def test_a_path_is_rejected_where_no_file_is_expected(calls, value):
    assert rejection(calls.check_call, "run", "predict", {"data": [value]}) == (
        422,
        'A "path" is accepted for files only.',
    )


@pytest.mark.parametrize("route, key", [("run", "data"), ("call/v2", "picture")])
def test_an_uploaded_file_is_accepted_without_the_other_entries_of_its_reference(calls, uploaded, route, key):
    reference = {"path": str(uploaded), "url": "http://127.0.0.1/secret", "meta": {"_type": "gradio.FileData"}}
    body = {key: [reference] if key == "data" else reference}
    calls.check_call(route, "predict_image", body)
    [passed_on] = body["data"] if key == "data" else [body["picture"]]
    assert passed_on == {"path": str(uploaded), "orig_name": uploaded.name, "meta": {"_type": "gradio.FileData"}}


def test_none_is_accepted_in_place_of_a_file(calls):
    body = {"data": [None]}
    calls.check_call("run", "predict_image", body)
    assert body == {"data": [None]}


@pytest.mark.parametrize("value", ["seven.png", 7, [], {}, {"url": "http://127.0.0.1/a.png"}, {"path": None}])
def test_a_reference_without_a_path_is_rejected(calls, value):
    status, message = rejection(calls.check_call, "run", "predict_image", {"data": [value]})
    assert status == 422 and "/gradio_api/upload first" in message


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "{uploads}",
        "{uploads}.lock",
        "{uploads}/missing.png",
        "{uploads}/../other/file",
        "http://127.0.0.1/a.png",
        "a\0b",
    ],
)
def test_a_file_that_was_not_uploaded_is_rejected(calls, uploads, path):
    other = uploads.parent / "other"
    other.mkdir()
    (other / "file").write_bytes(b"picture")  # Another program has the same folder for uploads.
    value = {"path": path.format(uploads=uploads)}
    status, message = rejection(calls.check_call, "run", "predict_image", {"data": [value]})
    assert status == 422 and "/gradio_api/upload first" in message


def test_a_link_out_of_the_folder_of_uploads_is_rejected(calls, uploads):
    link = uploads / "link.png"
    link.symlink_to("/etc/passwd")
    status, _ = rejection(calls.check_call, "run", "predict_image", {"data": [{"path": str(link)}]})
    assert status == 422
