"""What the scripts say to the person who runs them."""

from __future__ import annotations

import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stop(Exception):
    """Set-up cannot go on: what is missing, and the command or step that mends it."""

    def __init__(self, problem: str, remedy: str = "", detail: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy
        self.detail = detail

    def __str__(self) -> str:
        lines = [f"Cannot go on: {self.problem}"]
        if self.remedy:
            lines.append(f"What helps:   {self.remedy}")
        if self.detail:
            lines += ["", "Details:", textwrap.indent(self.detail.strip(), "  ")]
        return "\n".join(lines)


def say(text: str = "") -> None:
    """One line for the person who waits."""
    print(text, flush=True)


def loud(text: str) -> None:
    """Something that must not be overlooked."""
    bar = "!" * 72
    print(f"{bar}\n{text}\n{bar}", flush=True)


def fail(error: Stop) -> int:
    """Print why it stopped; the exit status."""
    sys.stdout.flush()
    print(f"\n{error}\n", file=sys.stderr, flush=True)
    return 1


@contextmanager
def step(text: str) -> Iterator[None]:
    """Announce a piece of work and how long it took."""
    print(f"• {text} …", flush=True)
    began = time.monotonic()
    yield
    print(f"  done in {time.monotonic() - began:.1f} s", flush=True)


def tail(text: str, lines: int = 15) -> str:
    """The last lines of a program's output."""
    return "\n".join(text.strip().splitlines()[-lines:])
