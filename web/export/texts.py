"""The texts of the static site. In place of some texts about a server, it has texts about the browser."""

LOCAL = "local "
"""A text whose key has this start takes the place of the text with the rest of the key."""


def local_texts(texts: dict[str, str]) -> dict[str, str]:
    """Return the texts of one language for the static site, by key."""
    local = {key.removeprefix(LOCAL): text for key, text in texts.items() if key.startswith(LOCAL)}
    return {key: text for key, text in texts.items() if not key.startswith(LOCAL)} | local
