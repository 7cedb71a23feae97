"""How time grows with the place: a county, a city and, with --province, a province.

Each size is generated, measured and taken back in a database of its own. The exponent
is the slope of log time over log rows, by least squares over the sizes: 1 is linear.
"""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

from benchmarks.compile import compile_cycle
from benchmarks.ground import analyze, opened_cycle, scratch, taken_back
from benchmarks.harness import Report, run, timed
from benchmarks.pages import again, official, pages, reading, statements

SIZES, LARGEST = ("county", "city"), "province"
EXPONENT, TIMES, REPEAT = 1.15, 14, 15


@dataclass(frozen=True)
class Measured:
    """One size: its rows, and the seconds of the compile and of each list's SQL."""

    size: str
    assessed: int
    schools: int
    compiling: float
    lists: dict[str, float]


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """Return the slope of log seconds over log rows, by least squares."""
    logs = [(math.log(rows), math.log(seconds)) for rows, seconds in points]
    across = sum(x for x, _y in logs) / len(logs)
    up = sum(y for _x, y in logs) / len(logs)
    steep = sum((x - across) * (y - up) for x, y in logs)
    return steep / sum((x - across) ** 2 for x, _y in logs)


def measure(size: str) -> Measured:
    """Generate one size, measure it, and take it back."""
    from schools.models import School

    with taken_back():
        cycle = opened_cycle(size)
        compiling = sum(compile_cycle(cycle))
        analyze()
        return Measured(
            size,
            cycle.assessments.count(),
            School.objects.count(),
            compiling,
            list_times(cycle),
        )


def list_times(cycle: Any) -> dict[str, float]:
    """Return the seconds of each list page's statements, run with nothing around."""
    client = official(cycle.region)
    found = {}
    for page in pages(cycle):
        if page.name.startswith("list of "):
            client.get(page.address)
            reads = reading(statements(client, page.address)[0])
            found[page.name] = timed(partial(again, reads), repeat=REPEAT).median
    return found


def bench(report: Report, sizes: Sequence[str] = SIZES) -> None:
    """Measure every size and fit how time grows."""
    with scratch():
        measured = [measure(size) for size in sizes]
    for one in measured:
        report.add(f"{one.size}: groups and schools assessed", one.assessed, "")
        report.seconds(f"{one.size}: compile a cycle", one.compiling)
    grown = exponent([(one.assessed, one.compiling) for one in measured])
    report.add("compile: exponent", grown, "", at_most=EXPONENT)
    if measured[-1].size == LARGEST:
        times = measured[-1].compiling / measured[-2].compiling
        report.add("compile: province over city", times, "×", at_most=TIMES)
    last = measured[-1].lists
    slowest = max(last, key=lambda name: last[name])
    for one in measured:
        report.seconds(f"{one.size}: SQL of the {slowest}", one.lists[slowest])
    grown = exponent([(one.schools, one.lists[slowest]) for one in measured])
    report.add(f"SQL of the {slowest}: exponent", grown, "", at_most=EXPONENT)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--province", action="store_true", help="measure a province too"
    )
    chosen = SIZES + ((LARGEST,) if parser.parse_args().province else ())
    run(lambda report: bench(report, chosen), dataset=", ".join(chosen))
