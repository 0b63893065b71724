"""The style of the page's components, from assets/components/<name>/<name>.css.

The style is in the document, and not in the components: Gradio would insert the style of a component again for each of
the component's values, and the browser would then compute the style of the whole page again.
"""

from web.texts import ASSETS


def component_style() -> str:
    """Return one style sheet. The rules of each file apply only inside of its component."""
    files = sorted(ASSETS.glob("components/*/*.css"))
    return "\n".join(f"#{file.stem} > .html-container > div {{ {file.read_text(encoding='utf-8')} }}" for file in files)
