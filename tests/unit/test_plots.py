"""Figures of the metrics."""

from textwrap import fill
from xml.etree import ElementTree

import numpy as np

from model.evaluation import corruptions, metrics, plots, robustness
from model.preprocessing.strokes import rasterize
from tests.helpers.labeled_drawings import synthetic_digits


def words(path) -> set[str]:
    """Return all texts of an SVG."""
    return {"".join(text.itertext()) for text in ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text")}


def test_figures_show_the_metrics(tmp_path):
    history = [dict(loss=1 / n, accuracy=0.9, validation_loss=2 / n, validation_accuracy=0.8) for n in (1, 2, 3)]
    drawings = synthetic_digits(30).drawings
    labels, predicted = np.arange(30) % 10, np.eye(10)[(np.arange(30) + (np.arange(30) > 20)) % 10]
    measured = metrics.classification_metrics(predicted, labels)
    rejection = metrics.rejection_metrics(np.array([0.1, 0.2]), np.array([0.9, 0.8]), ["A", "$"], 0.5)
    sweeps = {
        "count": 30,
        "as_drawn": 0.9,
        "sweeps": {
            name: {"title": sweep.title, "usual": sweep.usual, "settings": list(sweep.settings)}
            | {"accuracy": np.linspace(1, 0.5, len(sweep.settings)).tolist()}
            for name, sweep in robustness.SWEEPS.items()
        },
        "corruptions": {name: {"accuracy": 0.8, "changed": 1.0} for name in corruptions.CORRUPTIONS},
    }
    images = [rasterize(strokes) for strokes in drawings]
    plots.draw_curves(history, tmp_path / "curves.svg")
    plots.draw_confusion("digits", measured["confusion"], tmp_path / "confusion.svg")
    plots.draw_reliability({"one": measured, "other": measured}, tmp_path / "reliability.svg")
    plots.draw_rejection("letters", rejection, tmp_path / "rejection.svg")
    plots.draw_mistakes("digits", images, labels, predicted, tmp_path / "mistakes.svg")
    plots.draw_sweeps("digits", sweeps, tmp_path / "sweeps.svg")
    shown = {path.stem: words(path) for path in tmp_path.iterdir()}
    assert {"loss", "accuracy", "training", "validation", "epoch"} <= shown["curves"]
    assert {"predicted digit", "true digit", "3", "2"} <= shown["confusion"]
    assert {"accuracy", "confidence", "one: ECE 30.00%"} <= shown["reliability"]
    assert {"letters", "A", "AUROC 1.0000", "rejection rate"} <= shown["rejection"]
    assert {"1 → 2  100%", "digits: the 9 most confident of 9 mistakes in 30 predictions"} <= shown["mistakes"]
    titles = [fill(sweep.title, plots.TITLE_WIDTH) for sweep in robustness.SWEEPS.values()]
    assert {title.partition("\n")[0] for title in titles} <= shown["sweeps"]


def test_mistakes_are_drawn_even_without_any_or_with_a_blank_image(tmp_path):
    plots.draw_mistakes("digits", [np.zeros((0, 0))], np.array([3]), np.eye(10)[[4]], tmp_path / "blank.svg")
    plots.draw_mistakes("digits", [np.ones((5, 5))], np.array([3]), np.eye(10)[[3]], tmp_path / "none.svg")
    assert "3 → 4  100%" in words(tmp_path / "blank.svg")
    assert "digits: the 0 most confident of 0 mistakes in 1 predictions" in words(tmp_path / "none.svg")


def test_figures_have_the_color_of_the_surrounding_text_and_no_background(tmp_path):
    plots.draw_confusion("digits", np.eye(10, dtype=int).tolist(), tmp_path / "one.svg")
    plots.draw_confusion("digits", np.eye(10, dtype=int).tolist(), tmp_path / "two.svg")
    drawn = (tmp_path / "one.svg").read_text()
    assert drawn.count("currentColor") > 20 and "fill: #ffffff" not in drawn and plots.TEXT_COLOR not in drawn
    assert drawn == (tmp_path / "two.svg").read_text()
