"""Write the static site into a folder: the page, the engine and the networks. Any host can serve the folder."""

import json
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from model.errors import UserError
from model.evaluation.model_card import model_card
from model.inference import checkpoint, features
from model.inference.comparison import Comparison
from web.api import Api
from web.export.networks import FOLDER as NETWORKS
from web.export.networks import network_files
from web.export.page import BEFORE_PAINT, CLASSIC_SCRIPTS, ExportedPage
from web.export.scripts import scripts
from web.export.texts import local_texts
from web.manifest import manifest
from web.schemas.responses import AboutResponse
from web.static_files import hash_of, public_files
from web.texts import ASSETS, ENGLISH, LANGUAGES

STATIC = "static"
WORKER = "worker.js"
SERVED_ONLY = "page/page.css"
"""A file of the served page that the static site does not need."""
README = """---
title: {title}
emoji: ✏️
colorFrom: indigo
colorTo: gray
sdk: static
pinned: false
---

{subtitle}

`python demo.py --export` wrote this folder. The network runs in the visitor's browser; drawings stay on the device.
"""


@dataclass(frozen=True)
class _Settings:
    """What `build_page` reads of a `Service`."""

    rejects: bool
    network: str | None
    models: tuple[str, ...]
    store: str = "the browser"  # See assets/site/kept_corrections.js.


def export(build_page: Callable[[Api], gr.Blocks], folder: Path, path: Path) -> list[str]:
    """Write the static site with the checkpoint `path`. Return the paths of its files below the folder.

    Raises UserError if the folder has other files, or if the engine does not have a layer of the network.
    """
    _check(folder)
    notes = checkpoint.load_notes(path)
    network = features.short_hash(notes["sha256"]) if features.is_available(path, notes) else None
    networks, names = _networks(path)
    models = (path.stem, *sorted(name for name in names if name != path.stem))
    page = ExportedPage(build_page(Api(_Settings(notes["rejection_threshold"] < 1, network, models))))
    files = _files(page) | networks
    shutil.rmtree(folder / STATIC, ignore_errors=True)
    contents = _with_addresses(page, files, path.stem)
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return list(contents)


def _check(folder: Path) -> None:
    """Raise UserError if the folder has files of something else. An earlier export is replaced."""
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is a file; expected a folder for the site.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / WORKER).exists():
        raise UserError(f"{folder} has other files; expected an empty folder, or an earlier export.")


def _files(page: ExportedPage) -> dict[str, bytes]:
    """Return the scripts, styles, texts and pictures of the page, by path. Their addresses will contain the version."""
    names = [name for name in public_files() if not name.endswith(".js") and name != SERVED_ONLY]
    files = {name: public_files()[name] for name in names}
    files |= {name: _with_local_texts(files[name]) for name in files if name.startswith("locales/")}
    files[BEFORE_PAINT] = b"\n".join((ASSETS / name).read_bytes() for name in CLASSIC_SCRIPTS)
    return files | scripts(page.names) | {"site/page.css": page.style().encode()}


def _with_local_texts(locale: bytes) -> bytes:
    content = json.loads(locale)
    return json.dumps(content | {"texts": local_texts(content["texts"])}, ensure_ascii=False).encode()


def _networks(path: Path) -> tuple[dict[str, bytes], list[str]]:
    """Return the files of the page's network and of the models to compare it with, and the names of all of them.

    A model to compare with is left out if the engine does not have one of its layers.
    """
    card = model_card(path, checkpoint.load_notes(path))
    about = AboutResponse(facts=card.facts, pictures=card.pictures)
    files = network_files(path) | {f"{NETWORKS}/about.json": about.model_dump_json().encode()}
    accuracies = {path.stem: _accuracy(path)}
    for other in Comparison(checkpoint.FOLDER, path).paths():
        if other.stem in accuracies:
            continue
        try:
            files |= network_files(other, is_own=False)
        except UserError as error:
            print(f"The comparison does not have {other.stem}: {error}", flush=True)
        else:
            accuracies[other.stem] = _accuracy(other)
    # The least accurate first, as in `Comparison.compare`.
    names = sorted(accuracies, key=accuracies.__getitem__)
    return files | {f"{NETWORKS}/models.json": json.dumps(names).encode()}, names


def _accuracy(path: Path) -> float:
    return checkpoint.load_notes(path)["test"]["accuracy"]


def _with_addresses(page: ExportedPage, files: Mapping[str, bytes], network: str) -> dict[str, bytes]:
    """Return all files of the site by their addresses. The addresses of a version differ from those of other ones."""
    document = page.document({name: name for name in files}, network)
    version = hash_of({**files, "index.html": document.encode()})
    addresses = {name: f"{STATIC}/{version}/{name}" for name in files}
    manifests = {
        f"manifest{f'.{tag}' if tag else ''}.webmanifest": json.dumps(manifest(tag, addresses.__getitem__)).encode()
        for tag in ("", *(language["tag"] for language in LANGUAGES))
    }
    own = (f"{NETWORKS}/{network}.json", f"{NETWORKS}/{network}.bin")
    at_first = [addresses[name] for name in files if name in own or not name.startswith((NETWORKS, "screenshots"))]
    return {
        "index.html": page.document(addresses, network).encode(),
        WORKER: _worker(version, ["./", *manifests, *at_first]),
        "README.md": README.format(title=ENGLISH["title"], subtitle=ENGLISH["subtitle"]).encode(),
        ".nojekyll": b"",  # GitHub Pages then serves the files as they are.
        **manifests,
        **{addresses[name]: content for name, content in files.items()},
    }


def _worker(version: str, files: list[str]) -> bytes:
    """Return the service worker with the version, and the files that it keeps at the first visit."""
    text = (ASSETS / "site" / WORKER).read_text(encoding="utf-8")
    text = text.replace('"{version}"', json.dumps(version), 1)
    return re.sub(r"FILES = \[\]", f"FILES = {json.dumps(files)}", text, count=1).encode()
