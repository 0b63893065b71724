"""The page's visual components, as gr.HTML. The markup, style and module of each are in assets/components/<name>/."""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import gradio as gr

from web.scripts import PAGE, PAGE_NAME
from web.static_files import address
from web.texts import ASSETS

STORING = {
    'data-text="aNumber" hidden': 'data-text="aNumber"',
    'class="note"': 'class="note stores"',
}
"""The changes of the correction's markup for a server that stores corrections."""


def heading() -> gr.HTML:
    """Return the title and the choice of a language."""
    return _component("heading", label="language")


def sketchpad() -> gr.HTML:
    """Return the pad. Value: a Drawing, see shared/strokes.js."""
    return _component("sketchpad", label="drawing", events=["input"])


def answer_view(rejects: bool) -> gr.HTML:
    """Return the verdict, the network's 28×28 input and the bars. Value: an AnswerView, see shared/answers.js.

    rejects: whether the network can reject a drawing as a non-digit. Then there is a bar for "not a digit".
    """
    return _component("answer", label="answer", events=["retry", "rested"], rejects=rejects)


def timeline() -> gr.HTML:
    """Return the probabilities while the drawing was made. Value: the newest AnswerView, see shared/answers.js."""
    return _component("timeline", label="timeline")


def example_row() -> gr.HTML:
    """Return drawings to try, from assets/examples/, and a button to choose a picture.

    Value: {"strokes": …} or {"picture": …}.
    """
    drawings = [
        {"name": name} | json.loads(_read_asset(f"examples/{name}.json"))
        for name in ("two", "slashed-zero", "crossed-seven", "open-four", "2026", "letter", "scribble")
    ]
    return _component("examples", label="example", events=["input"], examples=drawings)


def share_tools(rejects: bool) -> gr.HTML:
    """Return the buttons that copy a link or a picture, or save a file. Value: see share.js.

    rejects: whether the picture has a bar for "not a digit", as in `answer_view`.
    """
    return _component("share", label="share", events=["requested", "linked"], rejects=rejects)


def inside(models: Sequence[str]) -> gr.HTML:
    """Return the section that shows the maps of a network's layers. Its example is in assets/examples/.

    models: the names of all networks, the page's own first.
    """
    example = json.loads(_read_asset("examples/three-to-eight.json"))
    return _component("inside", label="inside the network", models=list(models), **example)


def correction(stores: bool, learns: bool) -> gr.HTML:
    """Return the buttons that give a drawing or one of its digits the correct label.

    Value: an Offer, see page/corrections.js, or {} if nothing can be corrected.
    stores: whether the server stores corrections. learns: whether the page learns from them.
    """
    note = "learnAndStoreNote" if learns else "correctionNote"
    return _component(
        "correction",
        label="correction",
        events=["chosen", "labeled", "undone"],
        visible=stores or learns,
        # The first view shows the markup before the module runs.
        replacements=STORING | {"learnNote": note} if stores else {},
        stores=stores,
        learns=learns,
    )


def learned(network: str | None) -> gr.HTML:
    """Return the drawings that the page has learned from the visitor.

    network: the short hash of the network, or None if it cannot learn.
    """
    return _component("learned", label="learned", events=["changed"], visible=network is not None, network=network)


def quiz(learns: bool) -> gr.HTML:
    """Return the folded section with the test of ten digits. Value: see quiz.js.

    learns: whether the page can learn from a drawing of the test.
    """
    return _component("quiz", label="test", events=["started", "drawn", "taught"], learns=learns)


def steps() -> gr.HTML:
    """Return the folded section that shows the steps of normalization. Value: see steps.js."""
    return _component("steps", label="steps", events=["opened"])


def comparison() -> gr.HTML:
    """Return the folded section that shows every model's reading. Value: see compare.js."""
    return _component("compare", label="every model", events=["opened"])


def erasures() -> gr.HTML:
    """Return the folded section that erases pieces of the digit. Value: see page/erasures.js."""
    return _component("erasures", label="erasures", events=["opened", "erased"])


def networks() -> gr.HTML:
    """Return the tiles with the answers of all networks. Value: see page/networks.js."""
    return _component("networks", label="networks", events=["changed"])


def about() -> gr.HTML:
    """Return the folded section with the network's measurements. Value: see about.js."""
    return _component("about", label="about", events=["opened"])


def footer() -> gr.HTML:
    """Return the link to the documentation of the API."""
    return _component("footer", label="footer")


def page_settings() -> dict:
    """Return the arguments of `launch` and `mount_gradio_app` that decide how the page looks."""
    return {
        "theme": _theme(),
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
        # The color of Gradio's default theme has a contrast of only 2.6:1 on white.
        body_text_color_subdued="*neutral_500",
        body_text_color_subdued_dark="*neutral_400",
        # Gradio's own accent has 4.5:1 on white, and no more than 4.3:1 on dark gray. page.css sets the dark accent.
        color_accent="*primary_600",
    )


def call_in_page(function: str) -> str:
    """Return JavaScript for Gradio that calls a function of assets/page/events.js with its arguments; see main.js."""
    event = f'new CustomEvent("call:{function}", {{ detail: {{ values, answer }} }})'
    return f"(...values) => new Promise((answer) => document.dispatchEvent({event}))"


def _component(
    name: str,
    label: str,
    events: Sequence[str] = (),
    visible: bool = True,
    replacements: Mapping[str, str] = MappingProxyType({}),
    **props,
) -> gr.HTML:
    """Return a component from assets/components/<name>/<name>.{html,css,js}.

    The module exports `mount`. events: the events that it emits. props: the values that it reads.
    replacements: texts in the markup, and what takes their place.
    """
    markup = _read_asset(f"components/{name}/{name}.html")
    for text, other in replacements.items():
        markup = markup.replace(text, other)
    # The page may be below a path, or in a frame.
    script = f'import(new URL("{address(PAGE)}", document.baseURI))'
    parameters = "{ element, props: withValues(props), trigger, watch }"
    mount = f"{script}.then(({{ {PAGE_NAME}: {{ mounts, withValues }} }}) => mounts.{name}({parameters}))"
    return gr.HTML(
        label=label,
        html_template=markup,
        css_template="",  # See web/style.py.
        # Gradio accepts only events whose quoted names are in this text.
        js_on_load=f"{mount} // Events: {json.dumps(events)}",
        apply_default_css=False,
        elem_id=name,
        visible=visible,
        **props,
    )


def _read_asset(path: str) -> str:
    return (ASSETS / path).read_text(encoding="utf-8")
