"""`train.py` trains and writes a checkpoint, resumes a killed training, and explains a user's mistakes."""

import io
import json
import re
import signal
import subprocess
import sys

import pytest

import train
from model.data import mnist
from tests.helpers.paths import ROOT


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-u", str(ROOT / "train.py"), *arguments]


def run(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(command(*arguments), capture_output=True, text=True, cwd=ROOT, timeout=240)


@pytest.fixture
def with_small_mnist(small_mnist, monkeypatch):
    """In this process, replace MNIST by about 100 images in each split. Other processes still use the whole MNIST."""
    monkeypatch.setattr(mnist, "load", lambda path, validation: small_mnist)


@pytest.mark.slow
def test_softmax_learns_real_digits_in_one_epoch_and_writes_a_checkpoint_with_metrics_and_figures(tmp_path, capfd):
    train.main(["--recipe", "softmax", "--epochs", "1", "--output", str(tmp_path)])
    printed, errors = capfd.readouterr()
    assert errors == ""
    assert printed.splitlines()[-1] == f"Next: python demo.py --checkpoint {tmp_path / 'softmax.keras'}"
    notes = json.loads((tmp_path / "softmax.json").read_text())
    assert notes["test"]["accuracy"] > 0.9
    assert notes["test"]["count"] == 10_000
    assert notes["test"]["interval"][0] < notes["test"]["accuracy"] < notes["test"]["interval"][1]
    assert notes["settings"]["epochs"] == 1 and len(notes["history"]) == 1
    files = {path.name for path in tmp_path.iterdir()}
    ends = (".keras", ".json", ".features.npz", "-maps.json", "-curves.svg", "-confusion.svg")
    assert files == {f"softmax{end}" for end in ends}
    assert json.loads((tmp_path / "softmax-maps.json").read_text())["sha256"] == notes["sha256"]


@pytest.mark.slow
def test_a_training_that_is_killed_and_resumed_gives_the_same_checkpoint(tmp_path):
    # The dropout of `dense` uses random numbers. If resuming did not restore the random state, the checkpoints would
    # differ.
    settings = ("--recipe", "dense", "--epochs", "3", "--batch-size", "500", "--deterministic", "--seed", "7")
    complete, interrupted = tmp_path / "complete", tmp_path / "interrupted"
    assert run(*settings, "--output", str(complete)).returncode == 0
    with subprocess.Popen(
        command(*settings, "--output", str(interrupted)), stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as training:
        next(line for line in training.stdout if line.startswith("epoch  1"))
        training.send_signal(signal.SIGKILL)
    assert not (interrupted / "dense.keras").exists()
    resumed = run(*settings, "--output", str(interrupted), "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert "epoch  1" not in resumed.stdout
    first, second = (json.loads((folder / "dense.json").read_text()) for folder in (complete, interrupted))
    for key in ("history", "test", "temperature", "sha256"):
        assert first[key] == second[key]


@pytest.mark.slow
def test_a_dry_run_runs_every_stage_and_writes_nothing(tmp_path):
    done = run("--recipe", "digits", "--dry-run", "--output", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "nothing was written" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_with_few_images_runs_every_stage_and_writes_nothing(with_small_mnist, tmp_path, capsys):
    train.main(["--recipe", "softmax", "--dry-run", "--output", str(tmp_path)])
    assert "nothing was written" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


class Terminal(io.StringIO):
    """A terminal. `lines` are the lines that its user sees."""

    def isatty(self) -> bool:
        return True

    @property
    def lines(self) -> list[str]:
        visible = re.sub(r"\x1b\[[\d;]*m", "", self.getvalue())  # Without colors.
        lines = []
        for line in visible.split("\n"):
            shown = ""
            for part in re.split(r"[\r\x08]+", line):  # Each part is written over the earlier ones.
                shown = part + shown[len(part) :]
            lines.append(shown)
        return lines


@pytest.mark.parametrize("recipe", ["softmax", "softmax-tape"])
def test_the_line_of_an_epoch_is_below_its_progress_bar(recipe, with_small_mnist, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdout", Terminal())
    train.main(["--recipe", recipe, "--epochs", "2", "--batch-size", "20", "--output", str(tmp_path)])
    lines = [line for line in sys.stdout.lines if line]
    for epoch in (1, 2):
        index = next(i for i, line in enumerate(lines) if line.startswith(f"epoch  {epoch} of 2: loss"))
        assert re.match(r"(\d+)/\1 .*loss: ", lines[index - 1]), lines
        assert lines[index].endswith("minutes left")


# Mistakes


def test_a_users_mistake_gets_the_usage_and_one_sentence_and_no_traceback():
    done = run("--epochs", "0")
    assert done.returncode == 2
    usage, _, message = done.stderr.partition("train.py: error: ")
    assert usage.startswith("usage: train.py") and message == "argument --epochs: 0 is not above 0\n"


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (("--recipe", "resnet"), "train: there is no recipe “resnet”; the recipes are "),
        (("--recipe", "softmax", "--data", "nowhere.npz"), "nowhere.npz does not exist"),
        (("--learning-rate", "nan"), "nan is not above 0"),
        (("--recipe", "digits", "--batch-size", "44"), "--batch-size must be larger"),
    ],
)
def test_a_wrong_option_is_explained_in_one_sentence(arguments, sentence, capsys):
    assert sentence in message_of(arguments, capsys)
    assert capsys.readouterr().err == ""


def test_resuming_without_an_interrupted_training_is_an_error(with_small_mnist, tmp_path, capsys):
    message = message_of(("--recipe", "softmax", "--resume", "--output", str(tmp_path)), capsys)
    assert "holds no interrupted training" in message


def message_of(arguments: tuple[str, ...], capsys) -> str:
    """Return the error message of `train.py` with these arguments."""
    with pytest.raises(SystemExit) as stopped:
        train.main(list(arguments))
    # For an invalid option, `argparse` prints the message and exits with status 2. For every other error, `train.py`
    # raises SystemExit with the message as its code. Outside of a test, Python prints this message and exits with 1.
    return stopped.value.code if stopped.value.code != 2 else capsys.readouterr().err
