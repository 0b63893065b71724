"""Errors: command lines report an error in one line, and quote errors of libraries briefly."""

import errno

import pytest

from model.errors import InputError, UserError, exit_on_error, first_line


@pytest.mark.parametrize("error", [UserError("The file is damaged."), OSError("The disk is full.")])
def test_a_command_line_exits_with_its_name_and_the_message(error):
    with pytest.raises(SystemExit) as stopped, exit_on_error("train"):
        raise error
    # If sys.exit gets a text, Python prints the text to stderr and exits with status 1.
    assert stopped.value.code == f"train: {error}"


@pytest.mark.parametrize("error", [InputError("a bug"), ValueError("a bug"), KeyboardInterrupt()])
def test_other_errors_are_not_hidden(error):
    with pytest.raises(type(error)), exit_on_error("train"):
        raise error


def test_a_full_disk_is_named_without_the_number_of_the_error():
    message = "^train: The disk is full. Make room on it, and run the command again.$"
    with pytest.raises(SystemExit, match=message), exit_on_error("train"):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_command_without_errors_does_not_exit():
    with exit_on_error("train"):
        pass


@pytest.mark.parametrize(
    "error, expected",
    [
        (ValueError("first\nsecond"), "first"),
        (ValueError("\n  first  \nsecond"), "first"),
        (ValueError("x" * 500), "x" * 200),
        (ValueError(), "ValueError"),
        (KeyError(), "KeyError"),
    ],
)
def test_the_first_line_of_a_message_is_short_and_never_empty(error, expected):
    assert first_line(error).strip() == expected
