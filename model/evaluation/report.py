"""Print measurements of a checkpoint."""

from model.evaluation import metrics


def print_classification(title: str, results: dict) -> None:
    """Print accuracy, calibration and the most common mistakes, the result of `classification_metrics`."""
    low, high = results["interval"]
    interval = f"95 % interval {low:.2%} to {high:.2%}"
    print(f"{title}: accuracy {results['accuracy']:.2%} ({interval}) on {results['count']:,} images")
    if "without_augmentation" in results:
        print(f"  without test-time augmentation: {results['without_augmentation']:.2%}")
    print("  per class: " + ", ".join(f"{digit}: {share:.1%}" for digit, share in enumerate(results["per_class"])))
    mistakes = ", ".join(f"{label} → {read}: {count}" for label, read, count in metrics.most_common_mistakes(results))
    print(f"  most common mistakes: {mistakes or 'none'}")
    print(f"  expected calibration error: {results['calibration_error']:.2%}")
    writers = results.get("writers")
    if writers and writers["count"]:
        print(
            f"  {writers['count']} writers with at least {metrics.MIN_DRAWINGS_PER_WRITER} drawings: "
            f"median accuracy {writers['median']:.1%}, 10th percentile {writers['worst_decile']:.1%}"
        )


def print_end_to_end(outcomes: dict) -> None:
    """Print the result of `metrics.outcomes`."""
    print(
        f"  end to end: accuracy {outcomes['accuracy']:.2%}, rejected {outcomes['rejected']:.2%}, "
        f"read as several digits {outcomes['several']:.2%}",
        flush=True,
    )


def print_rejection(title: str, results: dict) -> None:
    """Print the result of `rejection_metrics`."""
    counts = f"{results['non_digits']:,} non-digits, {results['digits']:,} digits"
    print(f"{title}: AUROC {results['auroc']:.4f} ({counts})")
    print(
        f"  at the rejection threshold {results['rejection_threshold']:.3f}: "
        f"rejection rate {results['non_digits_rejected']:.2%}, end to end {results['end_to_end_rejected']:.2%}; "
        f"acceptance rate of digits {results['digits_accepted']:.2%}"
    )
    for acceptance, rate in results["at"].items():
        print(f"  at {float(acceptance):.0%} acceptance: rejection rate {rate:.2%}")
    rates = ", ".join(f"{label}: {found['rejected']:.0%}" for label, found in results["per_label"].items())
    print(f"  rejection rate by label: {rates}", flush=True)


def print_robustness(title: str, results: dict) -> None:
    """Print the result of `robustness.measure`."""
    print(f"{title}, {results['count']:,} drawings: accuracy as drawn {results['as_drawn']:.2%}")
    for sweep in results["sweeps"].values():
        points = zip(sweep["settings"], sweep["accuracy"], strict=True)
        print(f"  {sweep['title']}: " + ", ".join(f"{setting}: {accuracy:.1%}" for setting, accuracy in points))
    for name, corruption in results["corruptions"].items():
        print(f"  {name}: {corruption['accuracy']:.1%} ({corruption['changed']:.0%} of the drawings changed)")
