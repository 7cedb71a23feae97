"""One object: head with facts and moves, tabs, panels, timeline, files."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from core import timeline
from core.access import guided, holds
from core.models import Attachment
from core.registries import Panel, panels, panels_of, transition_tables
from core.transitions import MoveOption, MoveRefused, available_moves
from core.views.page import Page


@dataclass(frozen=True)
class Fact:
    """One key fact of a head: what it is called and what it is."""

    label: Any
    value: Any
    url: str = ""


@dataclass(frozen=True)
class DetailTab:
    """One tab of a detail page: its slug, its name and the template it includes."""

    slug: str
    label: Any
    template: str
    permission: str = ""
    count: int | None = None


@dataclass(frozen=True)
class MoveButton:
    """A move as a button: where it leads, or why it is refused."""

    name: str
    label: Any
    tone: str
    url: str
    verdict: Any


@dataclass(frozen=True)
class LazyPanel:
    """A panel as a placeholder: where it is loaded from and how high it will be."""

    slug: str
    title: Any
    url: str
    height: int


class ObjectMixin:
    """Fetches the object through ``visible_to``; a hidden one is 404."""

    model: Any = None
    permission: str
    request: Any
    kwargs: dict[str, Any]

    def get_queryset(self) -> QuerySet[Any]:
        """Return the rows the user may know of; override to join."""
        rows: QuerySet[Any] = self.model._default_manager.visible_to(
            self.request.user, self.permission
        )
        return rows

    @cached_property
    def object(self) -> Any:
        """The object of the page (fetched once)."""
        return self.fetch_object()

    def fetch_object(self) -> Any:
        """Return the object named by ``pk``; a hidden or missing one is 404."""
        return found_or_refused(
            self.get_queryset(), self.kwargs["pk"], self.request.user, self.permission
        )


def found_or_refused(rows: QuerySet[Any], pk: Any, user: Any, permission: str) -> Any:
    """Return the row of ``pk`` among those the user may act on.

    One that the user may only read, because an authority below runs it, is 403 with
    who that is; any other is 404.
    """
    found = rows.filter(pk=pk).first()
    if found is not None:
        return found
    hidden = rows.model._default_manager.filter(pk=pk).first()
    below = guided(user, permission, hidden) if hidden else None
    if below is not None:
        raise MoveRefused(below)
    raise Http404(_("没有找到该%s，或您无权查看。") % rows.model._meta.verbose_name)


def move_buttons(user: Any, obj: Any, url_name: str) -> list[MoveButton]:
    """Return the moves of an object as buttons; ``url_name`` takes pk and move."""
    if obj._meta.label_lower not in transition_tables:
        return []
    return [_button(option, obj, url_name) for option in available_moves(user, obj)]


def _button(option: MoveOption, obj: Any, url_name: str) -> MoveButton:
    return MoveButton(
        name=option.name,
        label=option.move.label,
        tone=option.move.tone,
        url=reverse(url_name, args=[obj.pk, option.name]),
        verdict=option.verdict,
    )


def arrange_moves(buttons: Sequence[MoveButton]) -> dict[str, Any]:
    """Split moves into the one primary, one beside it, the rest, and the refused.

    What cannot be taken back stands at the end of the menu, never in the open.
    """
    open_moves = [b for b in buttons if b.verdict]
    leading = sorted(open_moves, key=lambda b: b.tone != "primary")
    primary = leading[0] if leading and leading[0].tone == "primary" else None
    others = [b for b in open_moves if b is not primary]
    safe = [b for b in others if b.tone != "danger"]
    return {
        "primary": primary,
        "beside": safe[:1],
        "rest": [*safe[1:], *(b for b in others if b.tone == "danger")],
        "refused": [b for b in buttons if not b.verdict],
    }


class DetailPage(ObjectMixin, Page):
    """One object of ``model``.

    Set ``move_url_name`` (``groups:case-move``) to offer moves, ``tabs`` for tabs,
    override ``get_facts`` for the key facts of the head.
    """

    template_name = "generic/detail.html"
    move_url_name = ""
    tabs: Sequence[DetailTab] = ()
    shows_timeline = True
    shows_files = True
    subtitle: Any = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Draw the page."""
        return TemplateResponse(request, self.template_name, self.get_context_data())

    def get_title(self) -> Any:
        """Return the object's name."""
        return self.title or str(self.object)

    def get_facts(self) -> Sequence[Fact]:
        """Return three to five key facts."""
        return ()

    def get_tab_context(self, slug: str) -> dict[str, Any]:
        """Return what the current tab's template needs."""
        return {}

    def get_moves(self) -> dict[str, Any]:
        """Return the moves arranged for the head; none while looking at another day."""
        if not self.move_url_name or self.request.is_past:
            return arrange_moves(())
        return arrange_moves(
            move_buttons(self.request.user, self.object, self.move_url_name)
        )

    def shown_tabs(self) -> list[DetailTab]:
        """Return the tabs whose permission the user holds."""
        user = self.request.user
        return [t for t in self.tabs if not t.permission or holds(user, t.permission)]

    def current_tab(self) -> DetailTab | None:
        """Return the tab asked for, else the first."""
        tabs = self.shown_tabs()
        asked = self.request.GET.get("tab")
        return next((t for t in tabs if t.slug == asked), tabs[0] if tabs else None)

    def lazy_panels(self) -> list[LazyPanel]:
        """Return the panels that other rooms hang on this model."""
        return panels_for(self.request, self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Offer the object with everything around it."""
        obj, tab = self.object, self.current_tab()
        more = self.get_tab_context(tab.slug) if tab else {}
        return super().get_context_data(
            object=obj,
            subtitle=self.subtitle,
            has_state=hasattr(obj, "state"),
            facts=self.get_facts(),
            moves=self.get_moves(),
            tabs=self.shown_tabs(),
            tab=tab,
            panels=self.lazy_panels()
            if not self.tabs or tab == self.shown_tabs()[0]
            else [],
            timeline=timeline.entries(obj) if self.shows_timeline else None,
            files=list(Attachment.objects.about(obj)) if self.shows_files else None,
            **more,
            **kwargs,
        )


def panels_for(request: Any, obj: Any) -> list[LazyPanel]:
    """Return the panels of an object that the user may open, as placeholders.

    A panel is loaded by an address of its own, which carries the day of the page.
    """
    label = obj._meta.label_lower
    day = "" if request.is_today else f"?on={request.as_of.isoformat()}"
    return [
        LazyPanel(
            slug,
            p.title,
            reverse("core:panel", args=[label, obj.pk, slug]) + day,
            p.height,
        )
        for slug, p in _panels(label)
        if holds(request.user, p.permission)
    ]


def _panels(label: str) -> list[tuple[str, Panel]]:
    by_label = panels_of(label)
    if by_label:
        return by_label
    found = [(s, p) for (name, s), p in panels.items() if name.lower() == label]
    return sorted(found, key=lambda pair: pair[1].order)
