"""How many branches of the rules the tests reached: of what decides, not what draws."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from .paths import ROOT
from .say import say

RULES = re.compile(r"(^|/)(services|permissions|transitions|metrics)(/|\.py$)")
APART = ("config/", "demo/")
LEAST = 95.0
SHOWN = 12


def report() -> int:
    """Tell what the last run with --coverage reached; 1 when it is too little."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "coverage.json"
        command = [sys.executable, "-m", "coverage", "json", "--fail-under=0", "-q"]
        subprocess.run([*command, "-o", str(path)], cwd=ROOT, check=True)
        files = json.loads(path.read_text(encoding="utf-8"))["files"]
    rules = {name: each for name, each in files.items() if is_rule(name)}
    every = sum(each["summary"]["num_branches"] for each in rules.values())
    missed = sum(each["summary"]["missing_branches"] for each in rules.values())
    share = 100 * (every - missed) / every if every else 100.0
    verdict = "PASS" if share >= LEAST else "FAIL"
    say(f"{verdict}  branches of the rules reached: {share:.1f} % (least {LEAST:g})")
    for name, each in sorted(rules.items(), key=most_missed)[:SHOWN]:
        lines = ", ".join(f"{a}→{b}" for a, b in each["missing_branches"])
        if lines:
            say(f"      {name}: {lines}")
    return 0 if share >= LEAST else 1


def is_rule(name: str) -> bool:
    """Whether a file decides something."""
    return bool(RULES.search(name)) and not name.startswith(APART)


def most_missed(entry: tuple[str, dict[str, dict[str, int]]]) -> int:
    """Order files by the branches that no test reached, most first."""
    return -entry[1]["summary"]["missing_branches"]
