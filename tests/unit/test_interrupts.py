"""Ctrl+C while a command starts: no traceback, and the exit status that shells expect."""

import ast
import signal
import subprocess
import sys
import time

import pytest

from model.interrupts import EXIT_STATUS
from tests.helpers.paths import ROOT

PROGRAM = """
from model.interrupts import exit_while_importing, interruptible
import sys, threading, time
exit_while_importing("program")
if "importing" in sys.argv:
    print("ready", flush=True)
    try:
        time.sleep(30)
    except BaseException:
        print("caught", flush=True)
class Slow:
    def __del__(self):
        print("ready", flush=True)
        time.sleep(30)
with interruptible("program"):
    if "callback" in sys.argv:
        del [Slow()][0]
    if "uncaught" in sys.argv:
        print("ready", flush=True)
        time.sleep(30)
    try:
        print("ready", flush=True)
        time.sleep(30)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
threading.Thread(target=time.sleep, args=[30]).start()
"""


def start(*arguments: str) -> subprocess.Popen:
    """Start the program, and wait until it has printed "ready"."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, *arguments], cwd=ROOT, text=True, **pipes)
    assert process.stdout.readline() == "ready\n"
    return process


def test_a_command_that_still_imports_ends_with_a_sentence():
    process = start("importing")
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=20)
    assert (process.returncode, output, errors) == (EXIT_STATUS, "", "\nprogram: interrupted.\n")


def test_an_interrupt_that_python_would_ignore_ends_the_command():
    process = start("callback")
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=20)
    assert (process.returncode, output, errors) == (EXIT_STATUS, "", "\nprogram: interrupted.\n")


def test_an_interrupt_that_the_command_does_not_handle_gives_no_traceback():
    process = start("uncaught")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (EXIT_STATUS, "")


def test_a_second_interrupt_ends_a_command_that_waits_for_a_thread():
    process = start()
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "interrupted\n"
    time.sleep(0.2)  # The program leaves the block.
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (-signal.SIGINT, "")


@pytest.mark.parametrize("script", ["demo.py", "train.py"])
def test_the_commands_handle_an_interrupt_before_they_import_anything_else(script):
    _, first, second, third, *_ = ast.parse((ROOT / script).read_text()).body  # The docstring comes first.
    assert ast.unparse(first).startswith("from model.interrupts import")
    assert f"exit_while_importing('{script.removesuffix('.py')}')" in ast.unparse(second)
    assert isinstance(third, ast.Import)
