"""What the embedded services say when they cannot run."""

from __future__ import annotations


class ServiceError(RuntimeError):
    """A service that cannot run: what is wrong, and the step that mends it."""

    def __init__(self, problem: str, remedy: str, detail: str = "") -> None:
        parts = [problem, f"What helps: {remedy}"]
        if detail.strip():
            parts.append(detail.strip())
        super().__init__("\n".join(parts))
        self.problem = problem
        self.remedy = remedy
        self.detail = detail.strip()


def last_lines(text: str, count: int = 12) -> str:
    """The end of a log."""
    return "\n".join(text.strip().splitlines()[-count:])
