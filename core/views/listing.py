"""Lists: search, filters, sort, pages, columns, export and saved views."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import EmptyPage, PageNotAnInteger
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from core.access import holds
from core.exports import FORMATS, export_response
from core.filters import FilterSet
from core.models import SavedView
from core.tables import Table
from core.views.page import Action, Page

NOTHING_YET = _("这里还没有内容")
VOLATILE = ("page", "export", "on")


@dataclass(frozen=True)
class Tab:
    """A fixed view of a list: a name and the query it stands for."""

    label: Any
    query: str = ""


@dataclass(frozen=True)
class ShownTab:
    """A tab as drawn: fixed or saved, current or not."""

    label: Any
    url: str
    is_current: bool
    saved_pk: int | None = None


@dataclass(frozen=True)
class Empty:
    """An empty list: what would be here, and how the first one is made."""

    title: Any = NOTHING_YET
    text: Any = ""
    action: Action | None = None
    icon: str = "inbox"


class ListPage(Page):
    """A list of the rows of ``model`` that the user may know of."""

    model: Any = None
    table_class: type[Table]
    filterset_class: type[FilterSet] | None = None
    template_name = "generic/list.html"
    rows_template = "generic/list.html#rows"
    unit: Any = _("条")
    page_sizes = (20, 50, 100, 200)
    page_size = 50
    tabs: Sequence[Tab] = ()
    empty = Empty()
    export_permission = ""
    can_save_views = True

    def get_queryset(self) -> QuerySet[Any]:
        """Return the rows before filters; override to join or to take a day."""
        rows: QuerySet[Any] = self.model._default_manager.visible_to(
            self.request.user, self.permission
        )
        return rows

    def get_empty(self) -> Empty:
        """Return what an empty list says, its button only when it may be used.

        Without a button of its own it offers what the head of the page offers first.
        """
        links = (a for a in self.allowed_actions() if a.method == "get")
        action = self.empty.action or next((a for a in links if a.primary), None)
        if (
            action
            and action.permission
            and not holds(self.request.user, action.permission)
        ):
            action = None
        return replace(self.empty, action=action)

    def get_table_kwargs(self) -> dict[str, Any]:
        """Return further arguments of the table."""
        return {}

    def get_filter_kwargs(self) -> dict[str, Any]:
        """Return further arguments of the filter."""
        return {}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Draw the page, its rows only, or the file of its rows."""
        filterset = self._filterset()
        table = self._table(filterset.qs if filterset else self.get_queryset())
        fmt = request.GET.get("export", "")
        if fmt in FORMATS and self.may_export():
            return self._export(table, fmt)
        self._paginate(table)
        context = self.get_context_data(table=table, filterset=filterset)
        only_rows = self._wants_rows_only()
        name = self.rows_template if only_rows else self.template_name
        context["is_fragment"] = only_rows
        return TemplateResponse(request, name, context)

    def _wants_rows_only(self) -> bool:
        htmx = self.request.htmx
        return bool(htmx) and not htmx.history_restore_request

    def may_export(self) -> bool:
        """Tell whether this user may take the list as a file."""
        return not self.export_permission or holds(
            self.request.user, self.export_permission
        )

    def _export(self, table: Table, fmt: str) -> HttpResponseBase:
        return export_response(table, fmt, name=str(self.get_title()))

    def _filterset(self) -> FilterSet | None:
        if self.filterset_class is None:
            return None
        return self.filterset_class(
            self.request.GET,
            queryset=self.get_queryset(),
            request=self.request,
            **self.get_filter_kwargs(),
        )

    def _table(self, rows: QuerySet[Any]) -> Table:
        asked = set(self.request.GET.getlist("cols"))
        hidden = self._hidden_columns(asked) if asked else ()
        table = self.table_class(
            rows,
            order_by=self.request.GET.getlist("sort") or None,
            request=self.request,
            exclude=hidden,
            **self.get_table_kwargs(),
        )
        table.settle_order()
        return table

    def _hidden_columns(self, asked: set[str]) -> list[str]:
        names = list(self.table_class.base_columns)
        return [name for name in names[1:] if name not in asked]

    def _paginate(self, table: Table) -> None:
        size = self._size()
        try:
            table.paginate(page=self.request.GET.get("page", 1), per_page=size)
        except PageNotAnInteger:
            table.paginate(page=1, per_page=size)
        except EmptyPage:
            table.paginate(page=table.paginator.num_pages, per_page=size)

    def _size(self) -> int:
        asked = self.request.GET.get("size", "")
        return (
            int(asked) if asked in {str(s) for s in self.page_sizes} else self.page_size
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Offer the table, the filters, the tabs and the choices of the list."""
        table: Table = kwargs["table"]
        page = table.page
        query = self._query()
        return super().get_context_data(
            unit=self.unit,
            count=page.paginator.count,
            page=page,
            page_numbers=page.paginator.get_elided_page_range(
                page.number, on_each_side=2, on_ends=1
            ),
            size=page.paginator.per_page,
            page_sizes=self.page_sizes,
            columns=self._column_choices(table),
            shown_tabs=self._tabs(query),
            view_page=self._page_key(),
            view_query=query,
            can_save_view=self.can_save_views and bool(query),
            can_export=self.may_export(),
            is_filtered=bool(kwargs["filterset"] and kwargs["filterset"].chips()),
            empty=self.get_empty(),
            has_primary=any(action.primary for action in self.allowed_actions()),
            **kwargs,
        )

    def _column_choices(self, table: Table) -> list[tuple[str, str, bool]]:
        shown = set(table.columns.names())
        columns = list(self.table_class.base_columns.items())[1:]
        every = self.table_class([]) if len(shown) <= len(columns) else table
        heads = {h.name: h.label for h in every.heads()}
        return [
            (name, heads.get(name, name), name in shown) for name, _column in columns
        ]

    def _page_key(self) -> str:
        match = self.request.resolver_match
        return match.view_name if match else type(self).__name__

    def _query(self) -> str:
        return tidy_query(self.request.GET)

    def _tabs(self, query: str) -> list[ShownTab]:
        path = self.request.path
        fixed = [Tab(_("全部")), *self.tabs]
        shown = [
            ShownTab(
                tab.label,
                f"{path}?{tab.query}" if tab.query else path,
                _same(tab.query, query),
            )
            for tab in fixed
        ]
        for view in self._saved_views():
            shown.append(
                ShownTab(
                    view.name, f"{path}?{view.query}", _same(view.query, query), view.pk
                )
            )
        return shown if len(shown) > 1 else []

    def _saved_views(self) -> list[SavedView]:
        if not self.can_save_views:
            return []
        return list(
            SavedView.objects.filter(user=self.request.user, page=self._page_key())
        )


def tidy_query(query: QueryDict) -> str:
    """Return a query without page, export, day and empty values, in a fixed order."""
    kept = QueryDict(mutable=True)
    for key in sorted(query):
        values = [v for v in query.getlist(key) if v]
        if values and key not in VOLATILE:
            kept.setlist(key, values)
    return kept.urlencode()


def _same(one: str, other: str) -> bool:
    return tidy_query(QueryDict(one)) == other
