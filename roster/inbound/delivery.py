"""What the steps see of the delivery they work on."""

from typing import Any, Protocol

from roster.models import Source, SyncRun


class Delivery(Protocol):
    """Staged rows of one run, and what every statement may name of them.

    ``found`` tells which results, by the step's ``sorts``, its judged rows have.
    """

    sync: SyncRun
    source: Source
    staged: set[str]
    whole: set[str]
    has_roles: bool
    counts: dict[str, dict[str, int]]
    found: set[tuple[Any, ...]]

    @property
    def params(self) -> dict[str, Any]:
        """Return what every statement may name."""

    def know(self, courses: bool = False) -> None:
        """Make the tables of what references may lead to."""

    def link(self, model: str, where: str = "TRUE") -> None:
        """Keep the source's identifiers of rows that it does not own."""
