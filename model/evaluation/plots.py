"""Figures as pictures: SVG without a background, in the colour of the text around it, so that it suits any theme."""

import io
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill

import numpy as np

INK = "#010203"
"""Stands for the colour of the surrounding text until the picture is written."""
BY_ITSELF = """<style>
@media (prefers-color-scheme: dark) { svg:root { color: #ddd } svg:root image { filter: invert(1) } }
</style>
</svg>"""
"""How a picture follows light and dark that stands by itself; within a page, the page says it."""
RED = (0.86, 0.2, 0.16)
SHEET = 6, 10
"""Rows and columns of the contact sheet of mistakes."""
MARKED = {"rotation": (-15, 15)}
"""Settings that are marked in a sweep: people slant their digits by up to so many degrees."""


def figure_path(folder: Path, checkpoint: Path, name: str) -> Path:
    """Return where a figure of a checkpoint is stored: <folder>/<recipe>-<name>.svg."""
    return folder / f"{checkpoint.stem}-{name}.svg"


def draw_curves(history: list[dict[str, float]], path: Path) -> None:
    """Loss and accuracy per epoch, training beside validation, as an SVG."""
    chart, places = _chart(1, 2, 9, 3.4)
    epochs = range(1, len(history) + 1)
    for place, name in zip(places, ("loss", "accuracy"), strict=True):
        for part, label in (("", "training"), ("validation_", "validation")):
            place.plot(epochs, [epoch[part + name] for epoch in history], label=label)
        place.set(xlabel="epoch", title=name)
        place.grid(alpha=0.3)
        place.legend()
    _save(chart, path)


def draw_confusion(confusion: list[list[int]], path: Path) -> None:
    """What was drawn (down) and what was read (across), as an SVG; the mistakes are coloured."""
    counts = np.array(confusion)
    mistakes = counts * (1 - np.eye(10, dtype=int))
    chart, place = _chart(1, 1, 5.4, 5.4)
    # By the root, so that a single mistake is seen, too.
    strength = 0.9 * np.sqrt(mistakes / max(1, mistakes.max()))
    place.pcolormesh(np.dstack([np.broadcast_to(RED, (10, 10, 3)), strength]))
    for i, j in np.argwhere(counts):
        place.text(j + 0.5, i + 0.5, counts[i, j], ha="center", va="center", fontsize=8)
    ticks = np.arange(10) + 0.5
    place.set_xticks(ticks, range(10))
    place.set_yticks(ticks, range(10))
    place.set(xlabel="read as", ylabel="drawn", aspect="equal")
    place.invert_yaxis()
    _save(chart, path)


def draw_reliability(measured: dict[str, dict], path: Path) -> None:
    """How sure against how right, a column for each of the named `evaluation.figures`, with the counts below."""
    chart, places = _chart(2, len(measured), 4.6 * len(measured), 5.6, squeeze=False, height_ratios=(3, 1), sharex=True)
    for (name, figures), (above, below) in zip(measured.items(), places.T, strict=True):
        bins = figures["reliability"]
        width = 1 / len(bins["count"])
        middles = (np.arange(len(bins["count"])) + 0.5) * width
        sure, right = (np.array(bins[part], float) for part in ("sure", "right"))
        above.plot((0, 1), (0, 1), color="0.6", linestyle="--", label="as sure as right")
        above.bar(middles, right, width, color="tab:blue", alpha=0.35)
        above.plot(sure, right, "o-", color="tab:blue", markersize=4, label="measured")
        above.set(xlim=(0, 1), ylim=(0, 1.02), ylabel="share right")
        above.set_title(f"{name}: calibration error {figures['calibration_error']:.2%}", fontsize=10)
        above.legend(loc="upper left", fontsize=8)
        below.bar(middles, bins["count"], width, color="0.5")
        below.set(yscale="log", xlabel="probability of the likeliest digit", ylabel="drawings")
    _save(chart, path)


def draw_refusal(name: str, refusal: dict, path: Path) -> None:
    """Digits accepted against non-digits refused, and each label's share, of `evaluation.refusal` on file `name`."""
    chart, (left, right) = _chart(1, 2, 12, 4.4, width_ratios=(1, 1.7))
    curve = refusal["curve"]
    left.plot(curve["digits_accepted"], curve["non_digits_rejected"], label=f"AUROC {refusal['auroc']:.4f}")
    own = refusal["digits_accepted"], refusal["non_digits_rejected"]
    left.plot(*own, "o", color="tab:red", label="the checkpoint's own line")
    left.set(xlabel="digits accepted", ylabel="non-digits refused", title=name, xlim=(0, 1.02), ylim=(0, 1.02))
    left.legend(loc="lower left", fontsize=8)
    labels = refusal["per_label"]
    right.bar(range(len(labels)), [label["refused"] for label in labels.values()], color="tab:blue")
    # A dollar sign would begin a formula.
    right.set_xticks(range(len(labels)), [label.replace("$", r"\$") for label in labels])
    right.set(ylabel="refused", title="by label, at the checkpoint's own line", ylim=(0, 1.02))
    for place in (left, right):
        place.grid(alpha=0.3)
    _save(chart, path)


def draw_mistakes(images: Sequence[np.ndarray], labels: np.ndarray, probabilities: np.ndarray, path: Path) -> None:
    """A contact sheet of the mistakes, the most confident first: what was drawn → what was read, and how surely.

    images: of any size, 0 = paper … 1 = ink; labels: int (N,); probabilities: (N, 10).
    """
    top, read = probabilities.max(axis=1), probabilities.argmax(axis=1)
    wrong = np.flatnonzero(read != labels)
    shown = wrong[np.argsort(-top[wrong], kind="stable")][: SHEET[0] * SHEET[1]]
    rows = max(1, -(-len(shown) // SHEET[1]))
    chart, places = _chart(rows, SHEET[1], 1.15 * SHEET[1], 1.4 * rows + 0.5, squeeze=False)
    chart.suptitle(f"The {len(shown)} surest of {len(wrong):,} mistakes among {len(labels):,}", fontsize=10)
    for place in places.flat:
        place.set_axis_off()
    for place, i in zip(places.flat, shown, strict=False):
        if images[i].size:
            place.imshow(np.dstack([np.zeros((*images[i].shape, 3)), images[i]]), interpolation="none")
        place.set_title(f"{labels[i]} → {read[i]}  {top[i]:.0%}", fontsize=8)
    _save(chart, path)


def draw_sweeps(measured: dict, path: Path) -> None:
    """Accuracy over each sweep's settings, and under each corruption, of `sensitivity.measure`."""
    chart, places = _chart(3, 3, 12, 10.5)
    below = places[2, 0].get_gridspec()[2, :]
    for place in places[2]:
        place.remove()
    lowest = min(min(sweep["accuracy"]) for sweep in measured["sweeps"].values())
    for place, (name, sweep) in zip(places[:2].flat, measured["sweeps"].items(), strict=False):
        _sweep(place, sweep, MARKED.get(name, ()))
        place.set_ylim(lowest - 0.02, 1.005)
    _corruptions(chart.add_subplot(below), measured)
    _save(chart, path)


def _sweep(place, sweep: dict, marked: Sequence[float]) -> None:
    words = isinstance(sweep["usual"], str)
    places = range(len(sweep["settings"])) if words else sweep["settings"]
    place.plot(places, sweep["accuracy"], "o-", markersize=4)
    if words:
        place.set_xticks(places, [str(setting).replace(" ", "\n") for setting in sweep["settings"]], fontsize=8)
    else:
        for setting in (sweep["usual"], *marked):
            place.axvline(setting, color="0.6", linestyle="--" if setting == sweep["usual"] else ":", linewidth=1)
    place.set_title(fill(sweep["title"], 48), fontsize=9)
    place.set_ylabel("accuracy", fontsize=8)
    place.grid(alpha=0.3)


def _corruptions(place, measured: dict) -> None:
    found = sorted(measured["corruptions"].items(), key=lambda item: item[1]["accuracy"])
    accuracy = [figures["accuracy"] for _, figures in found]
    bars = place.bar([name.replace(" ", "\n") for name, _ in found], accuracy, color="tab:blue", alpha=0.7)
    # Inside the bars, clear of the line.
    place.bar_label(bars, [f"{share:.1%}" for share in accuracy], fontsize=8, padding=-16)
    place.axhline(measured["as_drawn"], color="0.4", linestyle="--", linewidth=1)
    place.set_title(f"corruptions; dashed: as drawn, {measured['as_drawn']:.1%} of {measured['count']:,}", fontsize=9)
    place.set(ylabel="accuracy", ylim=(max(0, min(accuracy) - 0.05), 1.01))
    place.tick_params(axis="x", labelsize=8)


def _chart(rows: int, columns: int, width: float, height: float, **options):
    """Matplotlib without a window; imported here, so that the page need not load it."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    plt.rcParams.update(
        dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), INK)
    )
    # Text stays text; and the same figures give the same file.
    plt.rcParams.update(
        {"svg.fonttype": "none", "svg.hashsalt": "chart", "axes.facecolor": "none", "legend.framealpha": 0}
    )
    ratios = {name: options.pop(name) for name in ("width_ratios", "height_ratios") if name in options}
    return plt.subplots(rows, columns, figsize=(width, height), layout="constrained", gridspec_kw=ratios, **options)


def _save(chart, path: Path) -> None:
    import matplotlib.pyplot as plt

    drawn = io.StringIO()
    chart.savefig(drawn, format="svg", transparent=True, metadata={"Date": None})
    plt.close(chart)
    # Without what stands before it, so that it can be set into a page.
    svg = drawn.getvalue().replace(INK, "currentColor").replace("</svg>", BY_ITSELF)
    path.write_text(svg[svg.index("<svg") :], encoding="utf-8")
