"""The page's visual components as Gradio ones. How each looks and what it does lies in assets/<its name>/."""

import json
from collections.abc import Sequence

import gradio as gr
from gradio.components import Component

from web.texts import ASSETS, ENGLISH, TEXTS

_NUMBERS = {"type": "array", "items": {"type": "number"}}
_SEVEN = [[0.3, 0.25], [0.7, 0.25], [0.45, 0.8]]


def heading() -> gr.HTML:
    """The title, and the choice of a language. Value: the language chosen, a key of TEXTS."""
    return _component("heading", label="language")


def sketchpad() -> gr.HTML:
    """Where one draws. Value: {"strokes": [[[x, y], …], …]} in fractions of the pad's side, x right, y down."""
    strokes = {"type": "array", "items": {"type": "array", "items": _NUMBERS}}
    schema = {"type": "object", "properties": {"strokes": strokes}, "required": ["strokes"]}
    scripts = ["shared/drawing.js", "components/sketchpad/photo.js", "components/sketchpad/keyboard.js"]
    return _documented(_component("sketchpad", label="drawing", before=scripts), schema, {"strokes": [_SEVEN]})


def answer_view() -> gr.HTML:
    """Verdict, the image that the network saw, ten bars. Value: what classifier.Answer.as_json() gives."""
    whole_numbers = {"type": "array", "items": {"type": "integer"}}
    reading = {
        "digit": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "verdict": {"type": "string"},
        "reason": {"type": "string"},
        "probabilities": _NUMBERS,
        "no_digit": {"type": "number"},
        "image": {"type": "array", "items": whole_numbers},
        "box": {"anyOf": [_NUMBERS, {"type": "null"}]},
        "strokes": whole_numbers,
    }
    properties = reading | {
        "number": {"type": "string"},
        "readings": {"type": "array", "items": {"type": "object", "properties": reading}},
        "current": {"type": "integer"},
        "milliseconds": {"type": "object", "additionalProperties": {"type": "number"}},
    }
    return _documented(_component("answer", label="answer"), {"type": "object", "properties": properties})


def example_row() -> gr.HTML:
    """Drawings to try, from assets/examples/, and a way to bring a picture. Value: {"strokes": …} or {"picture": …}."""
    drawings = [
        {"name": name} | json.loads(read_asset(f"examples/{name}.json"))
        for name in ("two", "slashed-zero", "crossed-seven", "open-four", "2026", "letter", "scribble")
    ]
    return _component("examples", label="example", examples=drawings)


def share_tools() -> gr.HTML:
    """A link that carries the drawing, and its files. Value: {"strokes": …, "as": "link", "png" or "json"}."""
    return _component("share", label="share", before=["shared/drawing.js", "components/share/link.js"])


def comparison(own: str) -> gr.HTML:
    """Every model's reading of the drawing, folded. Value: what comparison.Table.as_json() gives."""
    return _component("compare", label="every model", own=own)


def correction(visible: bool) -> gr.HTML:
    """“It was a …”, shown only where corrections are kept. Value: {"label": …} of a click, {"kept": true} in answer."""
    return _component("teach", label="correction", visible=visible)


def steps() -> gr.HTML:
    """How the drawing becomes 28×28, folded. Value: what steps.Steps.as_json() gives."""
    return _component("steps", label="steps")


def about() -> gr.HTML:
    """What is known of the network, folded. Value: what portrait.Portrait.as_json() gives."""
    return _component("about", label="about")


def picture_file() -> gr.File:
    """A picture for the API, as it was uploaded; not to be seen on the page."""
    file = gr.File(label="picture", visible=False)
    example = {"path": "digit.png", "url": "digit.png", "orig_name": "digit.png", "meta": {"_type": "gradio.FileData"}}
    return _documented(file, file.api_info(), example)


def hidden_json(label: str, example=None) -> gr.JSON:
    """A value of the API that the page does not show."""
    return _documented(gr.JSON(label=label, visible=False), {}, example)


def read_asset(path: str) -> str:
    """The text of assets/<path>."""
    return (ASSETS / path).read_text(encoding="utf-8")


def page_settings() -> dict:
    """Return the arguments of launch() that decide how the page looks."""
    scripts = (read_asset(f"page/{name}.js") for name in ("words", "ask"))
    return {
        "theme": _theme(),
        "css": read_asset("page/page.css"),
        "head": "".join(f"<script>{script}</script>" for script in scripts),
        "i18n": gr.I18n(**TEXTS),
        "favicon_path": ASSETS / "page" / "favicon.svg",
    }


def _theme() -> gr.themes.Base:
    """Return Gradio's default theme with one accent color and with fonts that visitors already have."""
    return gr.themes.Default(
        primary_hue="indigo",
        secondary_hue="indigo",
        neutral_hue="zinc",
        font=["system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    ).set(
        # Gradio's own color has a contrast of only 2.6:1 on white.
        body_text_color_subdued="*neutral_500",
        body_text_color_subdued_dark="*neutral_400",
    )


def _component(name: str, label: str, before: Sequence[str] = (), visible: bool = True, **props) -> gr.HTML:
    """Markup, style and script from assets/<name>/<name>.{html,css,js}, the script after others that it builds on."""
    return gr.HTML(
        label=label,
        html_template=read_asset(f"components/{name}/{name}.html"),
        css_template=read_asset(f"components/{name}/{name}.css"),
        js_on_load="\n".join(map(read_asset, [*before, f"components/{name}/{name}.js"])),
        apply_default_css=False,
        elem_id=name,
        visible=visible,
        text=ENGLISH,
        **props,
    )


def _documented(component: Component, schema: dict, example: dict | None = None) -> Component:
    """Say on Gradio's API page what the component's value is.

    Set on the instance: Gradio writes a .pyi file beside every module that derives a class from one of its components.
    """
    component.api_info = lambda: schema
    component.example_payload = component.example_value = lambda: example
    return component
