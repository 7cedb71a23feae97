"""The demo's files: every region, school, group, case, cycle and text is fictional."""

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a CSV file."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def tree(name: str) -> Any:
    """Return what a JSON file holds."""
    return json.loads((HERE / name).read_text(encoding="utf-8"))
