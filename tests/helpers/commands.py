"""Check command lines of this project's programs against their argument parsers, without running the programs.

python -m tests.helpers.commands < FILE     read one command per line; print a message for each invalid command

This module runs as a separate process, because some programs import libraries that unit tests must not import.
"""

import argparse
import contextlib
import importlib
import importlib.util
import io
import shlex
import sys
from pathlib import Path
from types import ModuleType
from unittest import mock


class Parsed(Exception):
    """Raised to stop a program after it has parsed its arguments without an error."""


def check(command: str) -> str:
    """Return the reason why a command is invalid, or "" if the command is valid.

    command: `python -m MODULE …` or `python SCRIPT.py …`, with a module or a script of this project.
    """
    _, program, *arguments = shlex.split(command)
    if program == "-m":
        program, *arguments = arguments
    try:
        module = load(program.removesuffix(".py"))
    except ImportError as error:
        return str(error)
    if not hasattr(module, "argparse"):  # The program has no parser. Calling `main` would run the program.
        return "It takes no arguments." if arguments else ""
    return parse(module, [program, *arguments])


def load(name: str) -> ModuleType:
    """Import and return the module with the program's function `main`. For a package, return its module `__main__`."""
    spec = importlib.util.find_spec(name)
    is_package = spec is not None and spec.submodule_search_locations is not None
    return importlib.import_module(f"{name}.__main__" if is_package else name)


def parse(module: ModuleType, argv: list[str]) -> str:
    """Call the module's `main`, and stop it after it has parsed `argv`. Return the parser's error message, or ""."""
    original = argparse.ArgumentParser.parse_args

    def parse_and_stop(parser: argparse.ArgumentParser, arguments: list[str] | None = None) -> None:
        original(parser, arguments)
        raise Parsed

    message = io.StringIO()
    with (
        mock.patch.object(argparse.ArgumentParser, "parse_args", parse_and_stop),
        mock.patch.object(sys, "argv", argv),
        contextlib.redirect_stderr(message),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        try:
            module.main()
        except Parsed:
            return ""
        except SystemExit as end:  # `--help` ends with status 0.
            return message.getvalue().strip().rpartition("\n")[2] if end.code else ""
    return "It did not parse its arguments."


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    for line in sys.stdin.read().splitlines():
        if reason := check(line):
            print(f"{line}: {reason}")
