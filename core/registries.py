"""The registries that upper rooms fill, and the shape of their entries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Model, Q

from core.registry import Registry

ReachFunction = Callable[[Sequence[int]], Q]
"""Scope ids → the condition on the reached model (no query is run)."""
Within = Callable[[Sequence[int], date, date], Q]
"""Scope ids, first day, last day (exclusive) → the rows of those days."""
OfRow = Callable[[Any, Sequence[int], bool], bool | None]
"""Row, scope ids, whether as their own → the answer for this loaded row, None when
only the database can tell."""


@dataclass(frozen=True)
class Reach:
    """How scopes of one kind reach the rows of a model; called, it answers for today.

    ``own`` answers for what the scopes run themselves: without it they run nothing.
    ``within`` answers for the days of an ended grant. ``region_at`` is the path to the
    region whose bureau runs a row. ``of`` answers the same for one loaded row, so that
    a page asks about its object once and not once for each thing it offers.
    """

    today: ReachFunction
    own: ReachFunction | None = None
    within: Within | None = None
    region_at: str | None = None
    of: OfRow | None = None

    def __call__(self, ids: Sequence[int]) -> Q:
        """Return the condition for today."""
        return self.today(ids)


@dataclass(frozen=True)
class Panel:
    """A titled, permission-checked part of another model's page, loaded lazily.

    ``render(request, obj)`` returns HTML; ``permission`` is checked for the object.
    """

    title: Any
    permission: str
    render: Callable[[Any, Model], str]
    order: int = 50
    height: int = 160


@dataclass(frozen=True)
class InboxItem:
    """Something that waits for a person (or that the person waits for)."""

    title: str
    url: str
    source: str
    since: datetime | date
    due: date | None = None
    action: str = ""
    waiting_on: str = ""


@dataclass(frozen=True)
class InboxSource:
    """Where items come from: ``waiting`` for the user, ``sent`` by the user."""

    waiting: Callable[[Any], list[InboxItem]]
    sent: Callable[[Any], list[InboxItem]] = field(default=lambda user: [])
    count: Callable[[Any], int] | None = None


@dataclass(frozen=True)
class SearchHit:
    """One thing found, with where it stands."""

    title: str
    url: str
    kind: str
    context: str = ""


@dataclass(frozen=True)
class DueItem:
    """A day by which something is due in one scope."""

    title: str
    due: date
    url: str = ""
    clause: str = ""


@dataclass(frozen=True)
class ReportBuilder:
    """Builds the data object of one periodic report.

    ``subjects(params)`` lists the subjects (one booklet each, ``None`` for one
    overall report); ``build(subject, params)`` returns the document's data.
    """

    code: str
    title: Any
    permission: str
    subjects: Callable[[dict[str, Any]], list[Any]]
    build: Callable[[Any, dict[str, Any]], dict[str, Any]]
    formats: tuple[str, ...] = ("docx", "pdf", "xlsx", "html")


reach: Registry[tuple[str, str], Reach] = Registry("reach")
"""(scope kind ``app.model``, reached model ``app.model``) → how it is reached."""
panels: Registry[tuple[str, str], Panel] = Registry("panels")
"""(model ``app.model``, slug) → panel."""
blockers: Registry[tuple[str, str], Callable[[Any, date], list[str]]] = Registry(
    "blockers"
)
"""(model ``app.model``, slug) → what must be settled before the object may end or go
on."""
known_figures: Registry[
    str, Callable[[Sequence[int], date], dict[tuple[int, str], dict[str, int]]]
] = Registry("known figures")
"""What a room knows of annual returns: (school ids, day) → (school id, stage) →
figure → value."""
metrics: Registry[str, Any] = Registry("metrics")
reports: Registry[str, ReportBuilder] = Registry("reports")
inbox: Registry[str, InboxSource] = Registry("inbox")
search: Registry[str, Callable[[Any, str], list[SearchHit]]] = Registry("search")
deadlines: Registry[str, Callable[[Any], list[DueItem]]] = Registry("deadlines")
transition_tables: Registry[str, Any] = Registry("transition tables")
import_kinds: Registry[str, Any] = Registry("import kinds")
setup_steps: Registry[str, Callable[[Any], int]] = Registry("setup steps")
"""What a room loads when an installation is set up for a region; safe to repeat."""


def panels_of(model_label: str) -> list[tuple[str, Panel]]:
    """Return the panels of one model in their order."""
    found = [(slug, p) for (label, slug), p in panels.items() if label == model_label]
    return sorted(found, key=lambda pair: pair[1].order)


def blocked_by(obj: Model, day: date) -> list[str]:
    """Return what stands against the end of an object, with what to do first."""
    label = obj._meta.label_lower
    return [
        sentence
        for (model, _slug), told in blockers.items()
        if model == label
        for sentence in told(obj, day)
    ]


def register_reach(
    scope: str,
    reached: str,
    *,
    own: ReachFunction | None = None,
    within: Within | None = None,
    region_at: str | None = None,
    of: OfRow | None = None,
) -> Callable[[ReachFunction], Reach]:
    """Register a function, or a reach made elsewhere, for a scope over a model."""
    given = {"own": own, "within": within, "region_at": region_at, "of": of}
    said: dict[str, Any] = {k: v for k, v in given.items() if v is not None}

    def enter(function: ReachFunction) -> Reach:
        made = function if isinstance(function, Reach) else Reach(function)
        key = scope.lower(), reached.lower()
        return reach.register(key, replace(made, **said))

    return enter
