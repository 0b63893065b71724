"""Uploads of Gradio's clients: the limits, and the folder of each process."""

import asyncio
import multiprocessing
import os
import signal
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from model.errors import UserError
from tests.helpers.coroutines import finish
from web import uploads
from web.upload_folder import UploadFolder
from web.uploads import Uploads

ROUTE = "/gradio_api/upload"


@pytest.fixture
def folder(tmp_path):
    """The folder of uploads of this process."""
    folder = UploadFolder(tmp_path)
    yield folder
    folder.delete()


@pytest.fixture
def upload(folder):
    """upload(content, **options): the response to an upload. options: keyword arguments of httpx's `post`."""
    app = Starlette(routes=Uploads(folder).routes())

    def upload(content: bytes = b"picture", **options) -> httpx.Response:
        async def send() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://page") as client:
                return await client.post(ROUTE, **(options or {"files": {"files": ("a.png", content)}}))

        return finish(send())

    return upload


def files(folder: UploadFolder) -> list[Path]:
    return list(folder.path.iterdir())


def test_an_uploaded_picture_is_one_file(upload, folder):
    [path] = upload(b"picture").json()
    assert files(folder) == [Path(path)]
    assert Path(path).read_bytes() == b"picture"


def test_equal_pictures_of_two_visitors_have_different_paths(upload):
    assert upload().json() != upload().json()


def test_a_picture_that_no_call_reads_is_deleted_after_a_while(folder, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_AGE", 0)
    app = Starlette(routes=Uploads(folder).routes())

    async def send() -> bool:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://page") as client:
            [path] = (await client.post(ROUTE, files={"files": b"picture"})).json()
        await asyncio.sleep(0.01)
        return Path(path).exists()

    assert finish(send()) is False


def test_an_upload_is_refused_when_all_pictures_together_would_be_too_large(upload, folder, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_UPLOADS", 10_000)
    [first] = upload(bytes(6_000)).json()
    full = upload(bytes(6_000))
    assert full.status_code == 503 and full.headers["retry-after"]
    assert full.json() == {"error": "There is no room for more pictures at the moment; try again later."}
    assert files(folder) == [Path(first)]
    Path(first).unlink()  # As a call that reads the picture does.
    assert upload(bytes(6_000)).status_code == 200


def test_the_number_of_pictures_is_limited(upload, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_UPLOADED_PICTURES", 3)
    assert [upload(b"").status_code for _ in range(4)] == [200, 200, 200, 503]


def test_a_refused_upload_gives_its_room_back(upload, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_UPLOADED_PICTURES", 1)
    assert upload(json={}).status_code == 422
    assert upload().status_code == 200


def test_a_picture_that_is_too_large_is_refused(upload, folder, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_PICTURE", 5)
    assert upload(b"picture").status_code == 413
    assert files(folder) == []


@pytest.mark.parametrize(
    "options",
    [
        {"json": {}},
        {"files": {"other": b"picture"}},
        {"data": {"files": "text"}},
        {"content": b"--a\r\nfiles", "headers": {"content-type": "multipart/form-data; boundary=a"}},
        {"content": b"", "headers": {"content-type": "multipart/form-data"}},
    ],
)
def test_a_form_without_a_picture_is_refused_with_a_sentence(upload, folder, options):
    response = upload(**options)
    assert response.status_code == 422 and "expected multipart/form-data" in response.json()["error"]
    assert files(folder) == []


def test_a_full_disk_gets_a_sentence_and_leaves_no_partial_file(upload, folder, monkeypatch):
    def write(picture, path: Path) -> None:
        path.write_bytes(b"pict")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploads, "_write", write)
    response = upload()
    assert response.status_code == 503 and response.json()["error"].startswith("There is no room")
    assert files(folder) == []


# --- the folder


def test_only_the_user_of_the_process_can_read_the_folder(folder):
    assert folder.path.stat().st_mode & 0o777 == 0o700


def test_the_folder_is_deleted_with_its_lock(tmp_path):
    folder = UploadFolder(tmp_path)
    folder.new_path().write_bytes(b"picture")
    folder.delete()
    folder.delete()
    assert list(tmp_path.iterdir()) == []


def test_the_folder_is_deleted_when_the_application_ends(folder):
    async def run() -> bool:
        async with Uploads(folder).lifespan(None):
            return folder.path.exists()

    assert finish(run()) is True
    assert not folder.path.exists()


@contextmanager
def another_process(parent: Path):
    """Yield the process id and the folder of another process with a folder of uploads in `parent`."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=hold_folder, args=(parent, theirs))
    process.start()
    yield process, ours.recv()
    process.kill()
    process.join()


def hold_folder(parent: Path, pipe) -> None:
    folder = UploadFolder(parent)
    folder.new_path().write_bytes(b"picture")
    pipe.send(folder.path)
    signal.pause()


def test_a_start_deletes_the_folders_of_killed_processes_only(tmp_path):
    with another_process(tmp_path) as (process, theirs):
        first = UploadFolder(tmp_path)
        assert theirs.exists() and list(theirs.iterdir())
        process.kill()
        process.join()
        second = UploadFolder(tmp_path)
        assert not theirs.exists()
        assert first.path.exists() and second.path.exists()
        for folder in (first, second):
            folder.delete()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_created_is_an_error_that_names_the_setting(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot hold uploaded pictures.* set GRADIO_TEMP_DIR"):
        UploadFolder(tmp_path / "file")


def test_a_full_disk_is_an_error_at_the_start(tmp_path, monkeypatch):
    def write(path: Path, content: bytes) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, "write_bytes", write)
    with pytest.raises(UserError, match="No space left on device"):
        UploadFolder(tmp_path)
    assert list(tmp_path.iterdir()) == []
