"""Workers that decode pictures: their limits, and their replacement after a failure. They end with their server."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model.errors import InputError
from model.preprocessing.decoding import decode
from tests.helpers.paths import ROOT
from tests.helpers.pictures import BLACK, DRAWN, WHITE, colored, picture_from, saved
from tests.helpers.slow_pictures import exif_with_overlapping_tags, progressive_jpeg
from tests.helpers.waiting import wait_until
from web import metrics
from web.admission import Overloaded
from web.pictures import messages
from web.pictures.decoder import FAILED, TOO_LARGE, TOO_SLOW, PictureDecoder
from web.pictures.lane import Lane, Limits

SMALL = saved(colored(BLACK, WHITE, DRAWN)).getvalue()
# Decoding takes several seconds. The time limits of these tests are shorter.
SLOW = progressive_jpeg(700, 8_000)
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="The memory is limited on Linux only.")
BUSY_SECONDS = 60  # A generous limit for a busy machine.


@pytest.fixture(scope="module")
def decoder():
    """A decoder whose limits are lower than those of the server."""
    decoder = PictureDecoder(Limits(12_000_000, 0.3), Limits(64_000_000, 0.5), max_seconds=BUSY_SECONDS)
    decoder.start()
    yield decoder
    decoder.close()


def rejection(decoder: PictureDecoder, content: bytes) -> str:
    """Return the message of the InputError that a picture raises."""
    with pytest.raises(InputError) as error:
        decoder.decode(content)
    return str(error.value)


def pids(decoder: PictureDecoder) -> tuple[int, int]:
    return decoder.quick.process.pid, decoder.thorough.process.pid


def assert_reads(decoder: PictureDecoder) -> None:
    np.testing.assert_array_equal(decoder.decode(SMALL), decode(saved(colored(BLACK, WHITE, DRAWN))))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_a_worker_returns_the_same_planes_as_this_process(decoder, form):
    file = saved(colored(BLACK, WHITE, DRAWN), form)
    np.testing.assert_array_equal(decoder.decode(file.getvalue()), decode(file))


def test_planes_of_gray_and_of_transparent_pictures_pass_unchanged(decoder):
    sixteen = Image.fromarray(((1 - DRAWN) * 65535).astype(np.uint16))
    ink_only = picture_from(np.dstack([np.zeros((*DRAWN.shape, 3)), DRAWN]))
    for image in (sixteen, ink_only):
        planes = decoder.decode(saved(image).getvalue())
        assert planes.dtype == np.float32 and planes.shape[2] == 1
        np.testing.assert_array_equal(planes, decode(saved(image)))


def test_a_rejected_picture_gets_its_sentence_and_the_worker_stays(decoder):
    assert_reads(decoder)
    before = pids(decoder)
    assert "not a readable picture" in rejection(decoder, b"hello")
    assert "damaged" in rejection(decoder, SMALL[: len(SMALL) // 2])
    assert pids(decoder) == before


def test_a_picture_that_needs_more_memory_is_decoded_in_the_thorough_lane(decoder):
    assert_reads(decoder)
    before = pids(decoder)
    assert decoder.decode(saved(Image.new("RGB", (1_500, 1_500))).getvalue()).shape == (400, 400, 3)
    assert pids(decoder) == before


def test_a_picture_that_needs_too_much_memory_gets_a_sentence(decoder):
    before = pids(decoder)
    assert rejection(decoder, saved(Image.new("RGB", (4_000, 4_000))).getvalue()) == TOO_LARGE
    assert pids(decoder) == before


@LINUX
def test_memory_that_cannot_be_predicted_is_limited_and_the_workers_are_replaced(decoder):
    assert_reads(decoder)
    before = pids(decoder)
    assert (
        rejection(
            decoder, saved(Image.new("L", (50, 50)), "PNG", exif=exif_with_overlapping_tags(250_000, 400)).getvalue()
        )
        == TOO_LARGE
    )
    assert not set(pids(decoder)) & set(before)
    assert_reads(decoder)


def test_a_picture_that_takes_too_long_gets_a_sentence_and_the_workers_are_replaced(decoder):
    assert_reads(decoder)
    before = pids(decoder)
    start = time.monotonic()
    assert rejection(decoder, SLOW) == TOO_SLOW
    assert time.monotonic() - start < BUSY_SECONDS
    assert not set(pids(decoder)) & set(before)
    assert_reads(decoder)


def test_a_worker_that_has_ended_while_idle_is_replaced_and_counted(decoder, monkeypatch):
    counted = []
    monkeypatch.setattr(metrics, "count_picture_worker_restart", lambda: counted.append(1))
    assert_reads(decoder)
    decoder.quick.process.kill()
    decoder.quick.process.wait()
    assert_reads(decoder)
    assert len(counted) == 1


def test_a_picture_that_crashes_both_workers_gets_a_sentence(decoder):
    stop = threading.Event()

    def crash():
        # Kill each worker when it decodes the slow picture.
        while not stop.wait(0.05):
            for lane in (decoder.quick, decoder.thorough):
                if lane.process and lane._is_ready:
                    lane.process.kill()

    thread = threading.Thread(target=crash)
    thread.start()
    try:
        assert rejection(decoder, SLOW) == FAILED
    finally:
        stop.set()
        thread.join()
    assert_reads(decoder)


def test_a_slow_picture_does_not_block_another_picture():
    decoder = PictureDecoder(Limits(30_000_000, 0.2), Limits(60_000_000, 1), max_seconds=BUSY_SECONDS)
    assert_reads(decoder)
    ended = []

    def slow():
        ended.append(rejection(decoder, SLOW))

    thread = threading.Thread(target=slow)
    thread.start()
    wait_until(lambda: decoder.thorough._free.locked())
    assert_reads(decoder)
    assert not ended
    thread.join()
    assert ended == [TOO_SLOW]
    decoder.close()


def test_a_picture_that_finds_no_free_worker_in_time_gets_overloaded(decoder):
    assert_reads(decoder)
    hasty = PictureDecoder(max_seconds=0.05)
    hasty.quick = decoder.quick
    with decoder.quick._free, pytest.raises(Overloaded):
        hasty.decode(SMALL)


def test_a_picture_that_has_waited_too_long_to_be_decoded_in_time_gets_overloaded(decoder):
    assert_reads(decoder)
    slow = PictureDecoder(max_seconds=0.2)
    slow.quick = slow.thorough = Lane(Limits(64_000_000, BUSY_SECONDS))
    slow.quick.start()
    slow.quick._wait_until_ready()
    with pytest.raises(Overloaded):
        slow.decode(SLOW)
    slow.close()


@pytest.mark.parametrize(
    "message",
    [
        messages.RESULT.pack(messages.PLANES, 401, 400, 1),
        messages.RESULT.pack(messages.PLANES, 0, 1, 1),
        messages.RESULT.pack(messages.PLANES, 320, 320, 2**31),
        messages.RESULT.pack(99, 0, 0, 0),
    ],
)
def test_a_malformed_message_of_a_worker_is_refused(message):
    with pytest.raises(ValueError, match="A worker sent"):
        messages.receive_result(io.BytesIO(message))


def test_a_worker_that_does_not_start_is_an_error_of_the_server(monkeypatch):
    monkeypatch.setattr("web.pictures.lane.WORKER", "web.pictures.missing")
    lane = Lane(Limits(12_000_000, 1))
    with pytest.raises(RuntimeError, match="did not start"):
        lane.decode(SMALL, time.monotonic() + BUSY_SECONDS)


def test_a_worker_loads_no_large_library():
    code = (
        "import sys, web.pictures.worker; print([n for n in ('tensorflow', 'gradio', 'fastapi') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "[]\n"


SERVER = """
import time
from web.pictures import messages
from web.pictures.decoder import PictureDecoder
decoder = PictureDecoder()
decoder.decode({content!r})
print(decoder.quick.process.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(os.name == "nt", reason="The test uses signals.")
@pytest.mark.parametrize("end", ["SIGKILL", "SIGTERM", "SIGINT"])
def test_a_worker_ends_with_its_server(end, tmp_path):
    code = SERVER.format(content=SMALL)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    # The server runs in another folder than this project.
    server = subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    pid = int(server.stdout.readline())
    server.send_signal(signal.Signals[end])
    server.wait()
    wait_until(lambda: not is_running(pid), seconds=BUSY_SECONDS)
    assert b"web/pictures" not in server.stderr.read()  # The worker has printed no traceback.


def is_running(pid: int) -> bool:
    """Return whether a process runs. A process that has ended but is not removed yet does not run."""
    try:
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/stat")
        return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
