"""Measure, compare with the target, print a table, keep every figure.

A benchmark is a module with a function that takes a Report:

    from benchmarks.harness import Report, run, timed

    def bench(report: Report) -> None:
        ours = timed(compile_cycle)
        peer = timed(compile_with_a_loop, repeat=1)
        report.seconds("compile a cycle", ours.median, at_most=20,
                       ratio=peer.median / ours.median, ratio_at_least=20)

    if __name__ == "__main__":
        run(bench, dataset="city")
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINES = ROOT / "var" / "bench.jsonl"


@dataclass(frozen=True)
class Timing:
    """Seconds of every repetition."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one: machines are noisy."""
        return statistics.median(self.seconds)

    def quantile(self, share: float) -> float:
        """The time that this share of the repetitions stayed under."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def timed(work: Callable[[], object], *, repeat: int = 5, warm_up: int = 1) -> Timing:
    """Time `work` without the first, cold runs."""
    for _ in range(warm_up):
        work()
    gc.collect()
    seconds = []
    for _ in range(repeat):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return Timing(tuple(seconds))


@dataclass(frozen=True)
class Limit:
    """What a figure must reach."""

    value: float
    at_most: bool

    def holds(self, figure: float) -> bool:
        """Whether the figure is on the right side."""
        return figure <= self.value if self.at_most else figure >= self.value

    def __str__(self) -> str:
        return f"{'≤' if self.at_most else '≥'} {self.value:g}"


@dataclass(frozen=True)
class Figure:
    """One measured number, with its ratio to a peer of the same run."""

    what: str
    value: float
    unit: str
    target: Limit | None
    ratio: float | None = None
    ratio_target: Limit | None = None

    @property
    def passed(self) -> bool:
        """Both the figure and its ratio reach their targets."""
        held = self.target is None or self.target.holds(self.value)
        if self.ratio is None or self.ratio_target is None:
            return held
        return held and self.ratio_target.holds(self.ratio)

    @property
    def verdict(self) -> str:
        """PASS or FAIL; a figure without any target is only reported."""
        if self.target is None and self.ratio_target is None:
            return "-"
        return "PASS" if self.passed else "FAIL"


def limit(at_most: float | None, at_least: float | None) -> Limit | None:
    """The one of two bounds that is given."""
    if at_most is not None:
        return Limit(at_most, at_most=True)
    return None if at_least is None else Limit(at_least, at_most=False)


@dataclass
class Report:
    """The figures of one run."""

    name: str
    dataset: str
    figures: list[Figure] = field(default_factory=list)

    def add(
        self,
        what: str,
        value: float,
        unit: str,
        *,
        at_most: float | None = None,
        at_least: float | None = None,
        ratio: float | None = None,
        ratio_at_most: float | None = None,
        ratio_at_least: float | None = None,
    ) -> Figure:
        """Note one figure with its bounds."""
        figure = Figure(
            what,
            value,
            unit,
            limit(at_most, at_least),
            ratio,
            limit(ratio_at_most, ratio_at_least),
        )
        self.figures.append(figure)
        return figure

    def seconds(self, what: str, value: float, **bounds: float) -> Figure:
        """A duration."""
        return self.add(what, value, "s", **bounds)

    def rate(self, what: str, value: float, unit: str, **bounds: float) -> Figure:
        """So many in a second."""
        return self.add(what, value, f"{unit}/s", **bounds)

    @property
    def passed(self) -> bool:
        """Whether every target was reached, and there was one at all."""
        judged = [one for one in self.figures if one.verdict != "-"]
        return bool(judged) and all(one.passed for one in judged)

    def table(self) -> str:
        """Figures, targets and verdicts in columns."""
        head = f"{'figure':<44}{'measured':>16}{'target':>12}{'ratio':>9}{'target':>10}"
        lines = [f"{self.name} ({self.dataset})", f"{head}  verdict"]
        for one in self.figures:
            value = f"{one.value:,.4g} {one.unit}"
            ratio = "" if one.ratio is None else f"{one.ratio:.2f}"
            lines.append(
                f"{one.what:<44}{value:>16}{one.target or ''!s:>12}"
                f"{ratio:>9}{one.ratio_target or ''!s:>10}  {one.verdict}"
            )
        return "\n".join(lines)

    def line(self) -> str:
        """The run as one JSON object."""
        figures = [asdict(one) | {"verdict": one.verdict} for one in self.figures]
        run_facts = {
            "at": datetime.now(timezone.utc).isoformat(timespec="seconds"),  # noqa: UP017
            "commit": commit(),
            "benchmark": self.name,
            "dataset": self.dataset,
            "cores": os.cpu_count(),
            "figures": figures,
            "passed": self.passed,
        }
        return json.dumps(run_facts, ensure_ascii=False)


def commit() -> str:
    """The commit that was measured, with a + where files were changed since."""
    git = ["git", "describe", "--always", "--dirty=+", "--abbrev=12"]
    try:
        result = subprocess.run(
            git, cwd=ROOT, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return ""
    return result.stdout.strip()


def run(work: Callable[[Report], None], *, dataset: str, lines: Path = LINES) -> None:
    """Set Django up, measure, keep, print; exits with 1 when a target was missed."""
    import django

    django.setup()
    report = Report(Path(sys.argv[0]).stem, dataset)
    work(report)
    lines.parent.mkdir(parents=True, exist_ok=True)
    with lines.open("a", encoding="utf-8") as out:
        out.write(report.line() + "\n")
    print(report.table(), flush=True)
    sys.exit(0 if report.passed else 1)
