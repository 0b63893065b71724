"""Keep Gradio from writing type stubs, the `.pyi` files of its components, whenever it is imported.

Gradio 6 writes them into its own package, which takes a third of the time of the import. Only editors read them.
"""

import contextlib
import inspect
from collections.abc import Iterator

METACLASS = "ComponentMeta"
"""Gradio's class of component classes. It writes the stubs of each component that has a source file."""


@contextlib.contextmanager
def without_stub_files() -> Iterator[None]:
    """While the context is open, let Gradio's components have no source file, so that Gradio writes no stubs."""
    source_file = inspect.getfile

    def getfile(defined: object) -> str:
        if type(defined).__name__ == METACLASS:
            raise OSError("This project needs no type stubs.")  # Gradio catches it.
        return source_file(defined)

    inspect.getfile = getfile
    try:
        yield
    finally:
        inspect.getfile = source_file
