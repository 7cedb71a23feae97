"""Which policy clauses are shown by a test."""

from __future__ import annotations

import argparse
import ast
import csv
import json
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .paths import ROOT
from .say import Stop, say

CLAUSES = ROOT / "bureau" / "data" / "clauses.csv"
TESTS = ROOT / "tests"


@dataclass(frozen=True)
class Clause:
    """One clause of a policy document."""

    clause_id: str
    area: str
    priority: str
    title: str
    tests: int

    @property
    def missing(self) -> bool:
        """A clause that must be shown and is not."""
        return self.priority == "M" and not self.tests


def main(arguments: list[str]) -> int:
    """script/clauses [AREA] [--json]"""
    options = read_options(arguments)
    marks = count_marks(options.tests)
    every = read_clauses(options.clauses, marks)
    clauses = of_area(every, options.area)
    unknown = sorted(set(marks) - {clause.clause_id for clause in every})
    missing = [clause.clause_id for clause in clauses if clause.missing]
    say(as_json(clauses, missing, unknown) if options.json else table(clauses))
    if not options.json:
        say(summary(clauses, missing, unknown))
    return 1 if missing or unknown else 0


def read_options(arguments: list[str]) -> argparse.Namespace:
    """What is asked."""
    parser = argparse.ArgumentParser(
        prog="script/clauses",
        description="Coverage of the policy clauses by marked tests; "
        "not 0 while a clause that must be shown (M) has none.",
    )
    parser.add_argument("area", nargs="?", help="only this area, such as groups")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--clauses", type=Path, default=CLAUSES, help="clause list")
    parser.add_argument("--tests", type=Path, default=TESTS, help="folder of tests")
    return parser.parse_args(arguments)


def count_marks(folder: Path) -> Counter[str]:
    """How often each clause is named by a mark in the tests."""
    counted: Counter[str] = Counter()
    for path in sorted(folder.rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        counted.update(marked(tree))
    return counted


def marked(tree: ast.AST) -> Iterator[str]:
    """The clause ids in `pytest.mark.clause("…")` anywhere in a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and is_clause_mark(node.func):
            for argument in node.args:
                if isinstance(argument, ast.Constant):
                    yield str(argument.value)


def is_clause_mark(node: ast.expr) -> bool:
    """Whether an expression is `….mark.clause`."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "clause"
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "mark"
    )


def read_clauses(path: Path, marks: Counter[str]) -> list[Clause]:
    """The list of clauses with the number of their tests."""
    if not path.exists():
        raise Stop(f"the clause list is missing: {path}.", f"git checkout -- {path}")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return [as_clause(row, marks) for row in csv.DictReader(lines)]


def as_clause(row: dict[str, str], marks: Counter[str]) -> Clause:
    """One line of the list."""
    title = row.get("key_terms_zh") or row.get("key_terms") or row.get("title") or ""
    return Clause(
        clause_id=row["clause_id"],
        area=row["area"],
        priority=row["priority"],
        title=" ".join(title.split()),
        tests=marks[row["clause_id"]],
    )


def of_area(clauses: list[Clause], area: str | None) -> list[Clause]:
    """The clauses of one area, or all."""
    if area is None:
        return clauses
    chosen = [clause for clause in clauses if clause.area == area]
    if not chosen:
        areas = ", ".join(sorted({clause.area for clause in clauses}))
        raise Stop(f"no clause has the area {area}.", f"one of: {areas}")
    return chosen


def table(clauses: list[Clause]) -> str:
    """One line a clause."""
    lines = [f"{'clause':<12}{'area':<13}{'':<3}{'tests':>5}  key terms"]
    for clause in clauses:
        number = "NONE" if clause.missing else str(clause.tests or "-")
        head = f"{clause.clause_id:<12}{clause.area:<13}{clause.priority:<3}"
        lines.append(f"{head}{number:>5}  {shorten(clause.title, 44)}")
    return "\n".join(lines)


def shorten(text: str, width: int) -> str:
    """Cut to a width in columns: Chinese characters take two."""
    used = 0
    kept: list[str] = []
    for character in text:
        used += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if used > width:
            return "".join(kept) + "…"
        kept.append(character)
    return "".join(kept)


def summary(clauses: list[Clause], missing: list[str], unknown: list[str]) -> str:
    """The totals, and what is left to do."""
    shown = sum(1 for clause in clauses if clause.tests)
    must = [clause for clause in clauses if clause.priority == "M"]
    lines = [
        "",
        f"{shown} of {len(clauses)} clauses are shown by a test; "
        f"{len(must) - len(missing)} of {len(must)} that must be.",
    ]
    if missing:
        lines.append(f"No test yet: {', '.join(missing)}")
    if unknown:
        lines.append(f"Marks that name no clause: {', '.join(unknown)}")
    return "\n".join(lines)


def as_json(clauses: list[Clause], missing: list[str], unknown: list[str]) -> str:
    """The same for programs, on one line."""
    rows = {clause.clause_id: clause.tests for clause in clauses}
    figures = {
        "clauses": len(clauses),
        "shown": sum(1 for clause in clauses if clause.tests),
        "missing": missing,
        "unknown": unknown,
        "tests": rows,
    }
    return json.dumps(figures, ensure_ascii=False)
