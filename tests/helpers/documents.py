"""Read code blocks of the documentation."""

import re

from tests.helpers.paths import ROOT


def block(document: str, start: str) -> str:
    """Return a code block of a document. start: the first words of the code block."""
    text = (ROOT / document).read_text()
    [found] = [block for block in re.findall(r"```\w+\n(.*?)```", text, re.DOTALL) if block.startswith(start)]
    return found
