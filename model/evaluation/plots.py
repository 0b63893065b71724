"""Draw metrics as SVG figures.

A figure has no background, and draws dark or light ink, depending on the color scheme, so it fits light and dark pages.
"""

import io
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill

import numpy as np

from model.classes import NUM_DIGITS

TEXT_COLOR = "#010203"
"""Placeholder color. When a figure is saved, "currentColor" replaces it."""
COLOR_SCHEME_STYLE = """<style>
@media (prefers-color-scheme: dark) { svg:root { color: #ddd } svg:root image { filter: invert(1) } }
</style>
</svg>"""
"""CSS with which a figure follows light and dark mode.

In an `<img>`, the figure follows the CSS property `color-scheme` of the element. Alone in a tab, it follows the
browser.
"""
MISTAKE_COLOR = (0.86, 0.2, 0.16)
MISTAKE_ROWS, MISTAKE_COLUMNS = 6, 10
MARKED_SETTINGS = {"rotation": (-15, 15)}
"""Settings with a dotted line in the figure of a sweep (`robustness.Sweep`). People often slant digits by up to 15°."""
TITLE_WIDTH = 48
"""Maximum number of characters in a line of a sweep's title."""


def figure_path(folder: Path, checkpoint: Path, name: str) -> Path:
    """Return the path of a checkpoint's figure: <folder>/<recipe>-<name>.svg."""
    return folder / f"{checkpoint.stem}-{name}.svg"


def draw_curves(history: list[dict[str, float]], path: Path) -> None:
    """Draw loss and accuracy per epoch, on training and on validation data."""
    figure, axes = _subplots(1, 2, 9, 3.4)
    epochs = range(1, len(history) + 1)
    for axis, name in zip(axes, ("loss", "accuracy"), strict=True):
        for prefix, label in (("", "training"), ("validation_", "validation")):
            axis.plot(epochs, [epoch[prefix + name] for epoch in history], label=label)
        axis.set(xlabel="epoch", title=name)
        axis.grid(alpha=0.3)
        axis.legend()
    _save(figure, path)


def draw_confusion(title: str, confusion: list[list[int]], path: Path) -> None:
    """Draw a confusion matrix: a row for each true digit, a column for each predicted digit. Mistakes are colored."""
    counts = np.array(confusion)
    mistakes = counts * (1 - np.eye(NUM_DIGITS, dtype=int))
    figure, axis = _subplots(1, 1, 5.4, 5.4)
    # The square root makes rare mistakes visible beside frequent mistakes.
    opacity = 0.9 * np.sqrt(mistakes / max(1, mistakes.max()))
    axis.pcolormesh(np.dstack([np.broadcast_to(MISTAKE_COLOR, (*counts.shape, 3)), opacity]))
    for i, j in np.argwhere(counts):
        axis.text(j + 0.5, i + 0.5, counts[i, j], ha="center", va="center", fontsize=8)
    ticks = np.arange(NUM_DIGITS) + 0.5
    axis.set_xticks(ticks, range(NUM_DIGITS))
    axis.set_yticks(ticks, range(NUM_DIGITS))
    axis.set(title=title, xlabel="predicted digit", ylabel="true digit", aspect="equal")
    axis.invert_yaxis()
    _save(figure, path)


def draw_reliability(metrics: dict[str, dict], path: Path) -> None:
    """Draw the reliability diagram of each data set and, below it, the number of predictions in each bin.

    metrics: the result of `classification_metrics` for each data set, by the name of the data set.
    """
    width, height = 4.6 * len(metrics), 5.6
    figure, axes = _subplots(2, len(metrics), width, height, squeeze=False, height_ratios=(3, 1), sharex=True)
    for (name, results), (above, below) in zip(metrics.items(), axes.T, strict=True):
        bins = results["reliability"]
        bin_width = 1 / len(bins["count"])
        centers = (np.arange(len(bins["count"])) + 0.5) * bin_width
        confidence, accuracy = (np.array(bins[part], float) for part in ("confidence", "accuracy"))
        above.plot((0, 1), (0, 1), color="0.6", linestyle="--", label="perfect calibration")
        above.bar(centers, accuracy, bin_width, color="tab:blue", alpha=0.35)
        above.plot(confidence, accuracy, "o-", color="tab:blue", markersize=4, label="measured")
        above.set(xlim=(0, 1), ylim=(0, 1.02), ylabel="accuracy")
        above.set_title(f"{name}: ECE {results['calibration_error']:.2%}", fontsize=10)
        above.legend(loc="upper left", fontsize=8)
        below.bar(centers, bins["count"], bin_width, color="0.5")
        below.set(yscale="log", xlabel="confidence", ylabel="count")
    _save(figure, path)


def draw_rejection(name: str, metrics: dict, path: Path) -> None:
    """Draw two diagrams: how the rejection rate depends on the acceptance rate, and the rejection rate of each label.

    The rejection rate is that of non-digits. The acceptance rate is that of digits.
    name: the title, which is the name of the data set of non-digits.
    metrics: the result of `rejection_metrics`.
    """
    figure, (left, right) = _subplots(1, 2, 12, 4.4, width_ratios=(1, 1.7))
    curve = metrics["curve"]
    left.plot(curve["digits_accepted"], curve["non_digits_rejected"], label=f"AUROC {metrics['auroc']:.4f}")
    operating_point = metrics["digits_accepted"], metrics["non_digits_rejected"]
    left.plot(*operating_point, "o", color="tab:red", label="the checkpoint's rejection threshold")
    left.set(xlabel="acceptance rate of digits", ylabel="rejection rate of non-digits")
    left.set(title=name, xlim=(0, 1.02), ylim=(0, 1.02))
    left.legend(loc="lower left", fontsize=8)
    labels = metrics["per_label"]
    right.bar(range(len(labels)), [label["rejected"] for label in labels.values()], color="tab:blue")
    # Escape dollar signs, because Matplotlib takes a dollar sign as the start of a formula.
    right.set_xticks(range(len(labels)), [label.replace("$", r"\$") for label in labels])
    right.set(ylabel="rejection rate", title="by label, at the checkpoint's rejection threshold", ylim=(0, 1.02))
    for axis in (left, right):
        axis.grid(alpha=0.3)
    _save(figure, path)


def draw_mistakes(
    name: str, images: Sequence[np.ndarray], labels: np.ndarray, probabilities: np.ndarray, path: Path
) -> None:
    """Draw the most confident mistakes, each with the true digit, the predicted digit and the confidence.

    name: the name of the data set.
    images: the ink of each drawing, float (H, W) of any size, 0 paper, 1 ink.
    labels: the true digits, int (N,).
    probabilities: the predicted probability of each digit, (N, 10).
    """
    confidence, predicted = probabilities.max(axis=1), probabilities.argmax(axis=1)
    wrong = np.flatnonzero(predicted != labels)
    shown = wrong[np.argsort(-confidence[wrong], kind="stable")][: MISTAKE_ROWS * MISTAKE_COLUMNS]
    rows = max(1, -(-len(shown) // MISTAKE_COLUMNS))
    figure, axes = _subplots(rows, MISTAKE_COLUMNS, 1.15 * MISTAKE_COLUMNS, 1.4 * rows + 0.5, squeeze=False)
    title = f"{name}: the {len(shown)} most confident of {len(wrong):,} mistakes in {len(labels):,} predictions"
    figure.suptitle(title, fontsize=10)
    for axis in axes.flat:
        axis.set_axis_off()
    for axis, i in zip(axes.flat, shown, strict=False):
        if images[i].size:
            axis.imshow(np.dstack([np.zeros((*images[i].shape, 3)), images[i]]), interpolation="none")
        axis.set_title(f"{labels[i]} → {predicted[i]}  {confidence[i]:.0%}", fontsize=8)
    _save(figure, path)


def draw_sweeps(title: str, metrics: dict, path: Path) -> None:
    """Draw the accuracy for each setting of each sweep, and for each corruption.

    metrics: the result of `robustness.measure`.
    """
    figure, axes = _subplots(3, 3, 12, 10.5)
    figure.suptitle(title, fontsize=10)
    bottom_row = axes[2, 0].get_gridspec()[2, :]
    for axis in axes[2]:
        axis.remove()
    lowest = min(min(sweep["accuracy"]) for sweep in metrics["sweeps"].values())
    for axis, (name, sweep) in zip(axes[:2].flat, metrics["sweeps"].items(), strict=False):
        _draw_sweep(axis, sweep, MARKED_SETTINGS.get(name, ()))
        axis.set_ylim(lowest - 0.02, 1.005)
    _draw_corruptions(figure.add_subplot(bottom_row), metrics)
    _save(figure, path)


def _draw_sweep(axis, sweep: dict, marked: Sequence[float]) -> None:
    named = isinstance(sweep["usual"], str)
    positions = range(len(sweep["settings"])) if named else sweep["settings"]
    axis.plot(positions, sweep["accuracy"], "o-", markersize=4)
    if named:
        axis.set_xticks(positions, [str(setting).replace(" ", "\n") for setting in sweep["settings"]], fontsize=8)
    else:
        for setting in (sweep["usual"], *marked):
            axis.axvline(setting, color="0.6", linestyle="--" if setting == sweep["usual"] else ":", linewidth=1)
    axis.set_title(fill(sweep["title"], TITLE_WIDTH), fontsize=9)
    axis.set_ylabel("accuracy", fontsize=8)
    axis.grid(alpha=0.3)


def _draw_corruptions(axis, metrics: dict) -> None:
    corruptions = sorted(metrics["corruptions"].items(), key=lambda item: item[1]["accuracy"])
    accuracies = [results["accuracy"] for _, results in corruptions]
    bars = axis.bar([name.replace(" ", "\n") for name, _ in corruptions], accuracies, color="tab:blue", alpha=0.7)
    # The negative padding moves the labels into the bars, away from the dashed line.
    axis.bar_label(bars, [f"{accuracy:.1%}" for accuracy in accuracies], fontsize=8, padding=-16)
    axis.axhline(metrics["as_drawn"], color="0.4", linestyle="--", linewidth=1)
    title = f"corruptions; dashed: as drawn, {metrics['as_drawn']:.1%} of {metrics['count']:,} drawings"
    axis.set_title(title, fontsize=9)
    axis.set(ylabel="accuracy", ylim=(max(0, min(accuracies) - 0.05), 1.01))
    axis.tick_params(axis="x", labelsize=8)


def _subplots(rows: int, columns: int, width: float, height: float, **options):
    """Return a new figure and the axes of the figure. No window is opened. Width and height are in inches."""
    import matplotlib  # Imported here, not at the top of the file: the page must run without Matplotlib.

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    colored = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
    plt.rcParams.update(dict.fromkeys(colored, TEXT_COLOR))
    # Save text as text, not as outlines. The fixed salt gives equal ids, so that equal figures give equal files.
    plt.rcParams.update(
        {"svg.fonttype": "none", "svg.hashsalt": "chart", "axes.facecolor": "none", "legend.framealpha": 0}
    )
    ratios = {name: options.pop(name) for name in ("width_ratios", "height_ratios") if name in options}
    return plt.subplots(rows, columns, figsize=(width, height), layout="constrained", gridspec_kw=ratios, **options)


def _save(figure, path: Path) -> None:
    import matplotlib.pyplot as plt

    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None})
    plt.close(figure)
    # Omit the XML declaration, so that the file is the same as the picture in the answer of /api/about.
    svg = drawn.getvalue().replace(TEXT_COLOR, "currentColor").replace("</svg>", COLOR_SCHEME_STYLE)
    path.write_text(svg[svg.index("<svg") :], encoding="utf-8")
