"""One result of `benchmark`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """One row of the benchmark's table.

    what: the measured quantity.
    here, baseline: the results of this project and of the baseline, as texts with units.
    ratio: one result divided by the other; None if there is no baseline. For most rows, it is the baseline divided by
    `here`: the higher, the better for this project. For start-up and memory, it is `here` divided by the baseline: the
    lower, the better.
    met: whether the target is met; None if there is no target.
    """

    what: str
    here: str
    baseline: str = ""
    ratio: float | None = None
    target: str = ""
    met: bool | None = None

    def row(self) -> list[str]:
        """Return the cells of the table's row."""
        ratio = "" if self.ratio is None else f"{self.ratio:.1f}"
        missed = " **missed**" if self.met is not None and not self.met else ""
        return [self.what, self.here, self.baseline, ratio, self.target + missed]
