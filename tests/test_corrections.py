"""Corrections: what was acknowledged is kept, whatever happens then, and nothing else gets in."""

import contextlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import hand
import huggingface_hub
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.classes import DIGIT_LABELS, LABELS
from model.corrections import store
from model.corrections.hub_backup import HubBackup
from model.corrections.store import Correction, CorrectionStore, StorageError, configured_store
from model.data.drawings import read_drawings
from model.errors import InputError, UserError
from model.evaluation import metrics
from model.preprocessing.strokes import parse_strokes

ROOT = Path(__file__).parent.parent
MODEL = "0123456789abcdef" * 4
SAID = ("4", "unsure", MODEL)
SEVEN = {"strokes": [[[0.2, 0.2], [0.75, 0.2], [0.4, 0.85]], [[0.3, 0.5], [0.6, 0.5]]]}

# What another process runs: it keeps corrections one by one, and says each number once it is kept.
WRITER = f"""
import sys
from model.corrections import CorrectionStore
kept = CorrectionStore(sys.argv[1])
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    kept.keep({{"strokes": [[[number / 10000, 0.5]]]}}, "7", *{SAID!r})
    print(number, flush=True)
"""


@pytest.fixture
def kept(tmp_path):
    """A new file of corrections."""
    return CorrectionStore(tmp_path / "corrections.sqlite")


def writer(path: Path, first: int, end: int) -> subprocess.Popen:
    command = [sys.executable, "-c", WRITER, str(path), str(first), str(end)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def numbers(kept: CorrectionStore) -> list[int]:
    """What WRITER kept, in the file's order."""
    return [round(10000 * json.loads(row.strokes)["strokes"][0][0][0]) for row in kept]


def drawn(digit: int) -> dict:
    return {"strokes": [[list(point) for point in stroke] for stroke in hand.DIGITS[digit]]}


def refused(action, *given) -> str:
    with pytest.raises(StorageError) as refusal:
        action(*given)
    return str(refusal.value)


@contextlib.contextmanager
def nobody():
    """Without the superuser's right to write everywhere."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(was)


@contextlib.contextmanager
def nobody_owns(folder: Path):
    """`nobody`, in a folder of their own."""
    if os.geteuid() == 0:
        os.chown(folder, 65534, -1)
    with nobody():
        yield


@pytest.fixture
def folder():
    """A folder that somebody without rights can get to, unlike tmp_path."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o755)
        yield path


def command(*arguments: object) -> subprocess.CompletedProcess:
    line = [sys.executable, "-m", "model.corrections", *map(str, arguments)]
    without = {name: value for name, value in os.environ.items() if name != "CORRECTIONS"}
    return subprocess.run(line, capture_output=True, text=True, cwd=ROOT, env=without, timeout=120)


# What is kept


def test_a_correction_is_kept_with_what_the_network_said_and_when(kept):
    kept.keep(json.dumps(SEVEN), "7", "4?", "not a digit", MODEL)
    [row] = CorrectionStore(kept.path)
    assert json.loads(row.strokes) == SEVEN
    assert (row.label, row.number, row.verdict, row.model) == ("7", "4?", "not a digit", MODEL)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", row.time)


def test_nothing_that_comes_with_the_strokes_is_kept(kept):
    given = SEVEN | {"name": "Ann", "strokes": [[[0.123456789, 0.5]], []]}
    kept.keep(given, "1", *SAID)
    assert [row.strokes for row in kept] == ['{"strokes":[[[0.1235,0.5]]]}']


def test_rows_are_counted_by_label_in_the_labels_order(kept):
    assert kept.count() == {} and list(kept) == []
    for label in ("not a digit", "7", "0", "7"):
        kept.keep(SEVEN, label, *SAID)
    assert list(kept.count().items()) == [("0", 1), ("7", 2), ("not a digit", 1)]


@pytest.mark.parametrize(
    "changed, said",
    [
        ({"label": "10"}, "A drawing is one of 0, 1, 2"),
        ({"label": 7}, "A drawing is one of"),
        ({"label": None}, "A drawing is one of"),
        ({"verdict": "<b>digit</b>"}, "verdict is one of digit, unsure, not a digit"),
        ({"number": "4; DROP TABLE corrections"}, "The number that was read is digits"),
        ({"number": "1" * 65}, "The number that was read is digits"),
        ({"number": "٧"}, "The number that was read is digits"),
        ({"model": "digits"}, "64 hexadecimal digits"),
        ({"model": MODEL + "\n"}, "64 hexadecimal digits"),
        ({"drawing": {"strokes": [[]]}}, "Nothing is drawn"),
        ({"drawing": {"strokes": []}, "number": "", "verdict": "blank"}, "Nothing is drawn"),
    ],
)
def test_what_is_no_correction_is_refused_in_words(kept, changed, said):
    right = {"drawing": SEVEN, "label": "7", "number": "4", "verdict": "unsure", "model": MODEL}
    with pytest.raises(InputError, match=re.escape(said)):
        kept.keep(**right | changed)
    assert kept.count() == {}


def test_a_drawing_past_the_bound_is_refused_and_one_of_a_minute_is_kept(kept):
    points = np.random.default_rng(1).random((10_000, 2)).tolist()
    with pytest.raises(InputError, match="corrections of at most 100,000 are kept"):
        kept.keep({"strokes": [points]}, "8", *SAID)
    kept.keep({"strokes": [points[:5_000]]}, "8", *SAID)
    assert kept.count() == {"8": 1}


values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
anything = st.recursive(values, lambda some: st.lists(some, max_size=4) | st.dictionaries(st.text(), some, max_size=3))
coordinates = st.floats() | st.integers(-2000, 2000) | values
strokes = st.lists(st.lists(st.lists(coordinates, min_size=1, max_size=3), max_size=4), max_size=3)


@given(
    drawing=st.builds(lambda strokes: {"strokes": strokes}, strokes) | anything,
    label=st.sampled_from(LABELS) | anything,
    number=st.text("0123456789?", max_size=3) | anything,
    verdict=st.sampled_from(store.VERDICTS) | anything,
)
def test_whatever_is_given_either_is_refused_in_words_or_can_be_drawn_again(drawing, label, number, verdict):
    try:
        row = Correction.of(drawing, label, number, verdict, MODEL)
    except InputError as refusal:
        assert str(refusal).endswith(".")
        return
    assert row.label in LABELS and row.verdict in store.VERDICTS
    assert 1 <= len(row.number) <= 64 and set(row.number) <= set("0123456789?")
    again = parse_strokes(row.strokes)
    for ours, theirs in zip(again, parse_strokes(drawing), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=0.00005001)


# Export


def test_what_is_exported_is_read_as_drawings(kept, tmp_path):
    kept.keep(SEVEN, "7", *SAID)
    kept.keep({"strokes": [[[0.5, 0.5]]]}, "not a digit", *SAID)
    assert kept.export(tmp_path / "taught.npz") == 2
    read = read_drawings(tmp_path / "taught.npz")
    assert (read.labels, read.writers) == (["7", "not a digit"], ["visitor", "visitor"])
    expected = [(np.array(stroke) - 0.2) / 0.65 for stroke in SEVEN["strokes"]]
    for ours, theirs in zip(read.drawings[0], expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=0.00051)


def test_digits_and_others_are_exported_apart_for_the_evaluation(kept, tmp_path):
    for label in ("7", "not a digit", "0"):
        kept.keep(SEVEN, label, *SAID)
    kept.export(tmp_path / "digits.npz", DIGIT_LABELS)
    kept.export(tmp_path / "others.npz", ["not a digit"])
    assert metrics.read_digits(tmp_path / "digits.npz")[1].tolist() == [7, 0]
    assert len(metrics.read_non_digits(tmp_path / "others.npz")) == 1


def test_the_network_reads_what_was_exported_as_it_reads_the_drawing(kept, tmp_path):
    from model.inference.classifier import Classifier

    for digit in range(10):
        kept.keep(drawn(digit), str(digit), *SAID)
    kept.export(tmp_path / "digits.npz")
    assert metrics.measure_drawings(Classifier.load(), tmp_path / "digits.npz")["accuracy"] == 1


def test_the_command_says_how_many_of_which_label_and_exports(kept, tmp_path):
    for label in ("7", "7", "not a digit"):
        kept.keep(SEVEN, label, *SAID)
    done = command("--database", kept.path, "--export", tmp_path / "taught.npz", "--only", "digits")
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 kept (7: 2, not a digit: 1)." in done.stdout
    assert read_drawings(tmp_path / "taught.npz").labels == ["7", "7"]


def test_the_commands_user_is_told_what_is_wrong(kept, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear diary, " * 100)
    for arguments, said in [
        ((), "Give --database FILE"),
        (("--database", tmp_path / "nowhere"), "nowhere does not exist"),
        (("--database", tmp_path / "letter.txt"), "letter.txt: Not possible now: the file of corrections is damaged"),
        (("--database", kept.path, "--export", tmp_path / "no" / "folder"), "No such file or directory"),
    ]:
        done = command(*arguments)
        assert done.returncode != 0 and said in done.stderr
        assert "Traceback" not in done.stderr


# Many at once, and kills


def test_threads_keep_at_once(kept):
    def keep():
        for _ in range(20):
            kept.keep(SEVEN, "7", *SAID)

    threads = [threading.Thread(target=keep) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept.count() == {"7": 160}


def test_two_processes_that_begin_with_no_file_and_keep_hundreds_lose_none(tmp_path):
    path = tmp_path / "corrections.sqlite"
    both = [writer(path, first, first + 300) for first in (0, 300)]
    for process in both:
        process.communicate(timeout=120)
        assert process.returncode == 0
    assert sorted(numbers(CorrectionStore(path))) == list(range(600))


@pytest.mark.parametrize("after", [1, 30, 150])
def test_a_kill_in_the_middle_of_writing_loses_nothing_that_was_acknowledged(tmp_path, after):
    path = tmp_path / "corrections.sqlite"
    with writer(path, 0, 10_000) as victim:
        acknowledged = [int(next(victim.stdout)) for _ in range(after)]
        victim.send_signal(signal.SIGKILL)
        acknowledged += [int(line) for line in victim.stdout]
    # The row under way may have been kept or not; all others are there, in order, and so is the next.
    found = numbers(CorrectionStore(path))
    assert found in (acknowledged, [*acknowledged, len(acknowledged)])
    CorrectionStore(path).keep(SEVEN, "7", *SAID)
    assert CorrectionStore(path).count() == {"7": len(found) + 1}


# Failures


def test_a_full_disk_is_told_and_what_was_kept_stays(tmp_path):
    path, count = tmp_path / "corrections.sqlite", 0
    small = CorrectionStore(path, max_bytes=65_536)
    with pytest.raises(StorageError, match="there is no room left"):
        for count in range(10_000):  # noqa: B007  How many went in is what is asked.
            small.keep(SEVEN, "7", *SAID)
    assert count > 100
    assert small.count() == {"7": count}
    assert path.stat().st_size <= 65_536
    CorrectionStore(path).keep(SEVEN, "7", *SAID)
    assert small.count() == {"7": count + 1}


def test_a_read_only_file_is_told_and_what_was_kept_stays(folder):
    with nobody_owns(folder):
        kept = CorrectionStore(folder / "corrections.sqlite")
        kept.keep(SEVEN, "7", *SAID)
        kept.path.chmod(0o444)
        assert "cannot be written" in refused(kept.keep, SEVEN, "8", *SAID)
        assert "cannot be written" in refused(CorrectionStore, kept.path)
        kept.path.chmod(0o644)
        assert kept.count() == {"7": 1}


def test_a_folder_that_is_read_only_or_missing_is_told(folder, tmp_path):
    with nobody():
        assert "cannot be opened" in refused(CorrectionStore, folder / "corrections.sqlite")
    assert "cannot be opened" in refused(CorrectionStore, tmp_path / "no" / "corrections.sqlite")
    assert "cannot be opened" in refused(CorrectionStore, tmp_path)


@pytest.mark.parametrize("damage", [b"no database at all, " * 100, b"SQLite format 3\0" + b"\xff" * 4080])
def test_a_damaged_file_is_told_and_left_as_it_is(tmp_path, damage):
    path = tmp_path / "corrections.sqlite"
    path.write_bytes(damage)
    assert "damaged" in refused(CorrectionStore, path)
    assert path.read_bytes() == damage


def test_a_page_damaged_later_is_told_whatever_is_asked(kept, tmp_path):
    for _ in range(200):
        kept.keep(SEVEN, "7", *SAID)
    whole = kept.path.read_bytes()
    kept.path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    for action in ((kept.count,), (list, kept), (kept.export, tmp_path / "out.npz"), (kept.keep, SEVEN, "7", *SAID)):
        assert "damaged" in refused(*action)


def test_damaged_strokes_are_told_when_they_are_exported(kept, tmp_path):
    kept.keep(SEVEN, "7", *SAID)
    with contextlib.closing(sqlite3.connect(kept.path)) as connection, connection:
        connection.execute("UPDATE corrections SET strokes = substr(strokes, 1, 20)")
    assert "damaged" in refused(kept.export, tmp_path / "taught.npz")


def test_a_locked_file_is_told_after_a_while_and_works_again(kept, monkeypatch):
    monkeypatch.setattr(store, "BUSY_SECONDS", 0.1)
    with contextlib.closing(sqlite3.connect(kept.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "try again in a moment" in refused(kept.keep, SEVEN, "7", *SAID)
        assert kept.count() == {}  # Reading goes on.
    kept.keep(SEVEN, "7", *SAID)
    assert kept.count() == {"7": 1}


# Versions


def version(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def test_an_older_file_is_brought_up_to_date_with_all_its_rows(kept):
    kept.keep(SEVEN, "7", *SAID)
    later = (*store.MIGRATIONS, "ALTER TABLE corrections ADD COLUMN pen TEXT NOT NULL DEFAULT 'mouse'")
    newer = CorrectionStore(kept.path, migrations=later)
    newer.keep(SEVEN, "8", *SAID)
    assert version(kept.path) == len(later)
    assert [row.label for row in newer] == ["7", "8"]
    with contextlib.closing(sqlite3.connect(kept.path)) as connection:
        assert connection.execute("SELECT pen FROM corrections").fetchall() == [("mouse",), ("mouse",)]
    assert CorrectionStore(kept.path, migrations=later).count() == {"7": 1, "8": 1}


def test_a_migration_that_fails_halfway_changes_nothing(kept):
    kept.keep(SEVEN, "7", *SAID)
    broken = (*store.MIGRATIONS, "ALTER TABLE corrections ADD COLUMN pen TEXT", "ALTER TABLE nowhere DROP pen")
    assert "no such table: nowhere" in refused(lambda: CorrectionStore(kept.path, migrations=broken))
    assert version(kept.path) == len(store.MIGRATIONS)
    assert CorrectionStore(kept.path).count() == {"7": 1}


def test_a_file_from_a_newer_version_is_refused_and_left_as_it_is(kept):
    kept.keep(SEVEN, "7", *SAID)
    CorrectionStore(kept.path, migrations=(*store.MIGRATIONS, "CREATE TABLE pens (name TEXT)"))
    before = kept.path.read_bytes()
    assert "from a newer version of this program" in refused(CorrectionStore, kept.path)
    assert kept.path.read_bytes() == before


# The environment, and the copy on the Hub


class Scheduler:
    """Stands in for huggingface_hub.CommitScheduler: notes what it was asked for, and uploads nothing."""

    def __init__(self, **asked):
        self.asked, self.lock = asked, threading.Lock()
        asked["folder_path"].mkdir()


@pytest.fixture
def hub(monkeypatch):
    monkeypatch.setattr(huggingface_hub, "CommitScheduler", Scheduler, raising=False)
    monkeypatch.setenv("HF_TOKEN", "secret")
    monkeypatch.setenv("CORRECTIONS_DATASET", "somebody/taught")


def test_the_environment_says_where_corrections_go_and_an_argument_says_it_first(tmp_path, monkeypatch):
    monkeypatch.delenv("CORRECTIONS", raising=False)
    assert configured_store() is None
    monkeypatch.setenv("CORRECTIONS", str(tmp_path / "one"))
    assert configured_store().path == tmp_path / "one"
    assert configured_store(tmp_path / "two").path == tmp_path / "two"
    assert configured_store().mirror is None


@pytest.mark.parametrize("missing", ["HF_TOKEN", "CORRECTIONS_DATASET"])
def test_without_a_token_or_a_dataset_nothing_goes_to_the_hub(hub, tmp_path, monkeypatch, missing):
    monkeypatch.delenv(missing)
    assert configured_store(tmp_path / "kept").mirror is None


def test_rows_also_go_to_a_private_dataset_a_line_each_in_a_file_of_their_process(hub, tmp_path):
    one, two = (configured_store(tmp_path / name) for name in ("one", "two"))
    asked = one.mirror.scheduler.asked
    assert (asked["repo_id"], asked["repo_type"], asked["private"]) == ("somebody/taught", "dataset", True)
    assert asked["token"] == "secret" and asked["folder_path"] == tmp_path / "one.hub"
    for label in ("7", "8"):
        one.keep(SEVEN, label, *SAID)
    two.keep(SEVEN, "9", *SAID)
    lines = [json.loads(line) for line in one.mirror.file.read_text().splitlines()]
    assert [line["label"] for line in lines] == ["7", "8"]
    assert json.loads(lines[0]["strokes"]) == SEVEN
    assert one.mirror.file.name != two.mirror.file.name
    assert "secret" not in one.mirror.file.read_text()


def test_a_line_waits_for_an_upload_under_way(hub, tmp_path):
    kept = configured_store(tmp_path / "kept")
    with kept.mirror.scheduler.lock:
        keeping = threading.Thread(target=kept.keep, args=(SEVEN, "7", *SAID))
        keeping.start()
        keeping.join(0.5)
        assert keeping.is_alive() and not kept.mirror.file.exists()
    keeping.join()
    assert len(kept.mirror.file.read_text().splitlines()) == 1


def test_a_copy_that_cannot_be_written_stops_nobody_and_is_told_in_the_log(hub, tmp_path, caplog):
    kept = configured_store(tmp_path / "kept")
    (tmp_path / "kept.hub").rmdir()
    kept.keep(SEVEN, "7", *SAID)
    assert kept.count() == {"7": 1}
    assert "not in the copy for the Hub" in caplog.text


def test_a_dataset_that_cannot_be_reached_is_told_by_its_name(hub, tmp_path, monkeypatch):
    def unreachable(**asked):
        raise ConnectionError("no route to host")

    monkeypatch.setattr(huggingface_hub, "CommitScheduler", unreachable)
    with pytest.raises(UserError, match="somebody/taught on the Hub cannot be used .no route to host"):
        HubBackup.configured(tmp_path / "kept.hub")
