"""Filters of lists: the same FilterSet serves the page, the export and the API."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.db import models
from django.db.models import Q, QuerySet
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_filters.widgets import DateRangeWidget


@dataclass(frozen=True)
class Chip:
    """A filter in force, in words, with the query that lifts it."""

    label: str
    text: str
    lift: str


def visible_rows(model: Any) -> Callable[[Any], QuerySet[Any]]:
    """Return what offers the rows of a model that the caller may know of."""

    def rows(request: Any) -> QuerySet[Any]:
        every: QuerySet[Any] = model._default_manager.all()
        if request is None:
            return every.none()
        if not hasattr(every, "visible_to"):
            return every
        seen: QuerySet[Any] = every.visible_to(request.user)
        return seen

    return rows


def _offered(field: Any) -> dict[str, Any]:
    return {"queryset": visible_rows(field.remote_field.model)}


class FilterSet(django_filters.FilterSet):  # type: ignore[misc]
    """Base of all filters; a foreign key offers only rows the caller may know of.

    ``Meta.search_fields`` are the lookups that ``q`` searches; ``Meta.open_fields``
    the two or three filters shown without a click. The rest stands behind 更多筛选.
    """

    FILTER_DEFAULTS = {
        **django_filters.FilterSet.FILTER_DEFAULTS,
        models.ForeignKey: {
            "filter_class": django_filters.ModelChoiceFilter,
            "extra": _offered,
        },
    }

    q = django_filters.CharFilter(
        method="search",
        label=_("搜索"),
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the rows in which every word typed occurs in some searched field."""
        fields = getattr(self._meta_class(), "search_fields", ())
        for word in value.split()[:6]:
            found = Q()
            for field in fields:
                found |= Q(**{f"{field}__icontains": word})
            queryset = queryset.filter(found)
        return queryset

    @property
    def form(self) -> Any:
        """Return the filter form, every empty choice saying 不限."""
        if not hasattr(self, "_form"):
            for field in super().form.fields.values():
                _dress(field)
        return super().form

    @classmethod
    def _meta_class(cls) -> Any:
        return getattr(cls, "Meta", None)

    @property
    def has_search(self) -> bool:
        """Tell whether there is anything ``q`` would search."""
        return bool(getattr(self._meta_class(), "search_fields", ()))

    def _fields(self, names: Iterable[str]) -> list[BoundField]:
        return [self.form[name] for name in names if name in self.form.fields]

    def open_fields(self) -> list[BoundField]:
        """Return the filters shown in the open."""
        return self._fields(getattr(self._meta_class(), "open_fields", ()))

    def more_fields(self) -> list[BoundField]:
        """Return the filters behind 更多筛选."""
        shown = {"q", *getattr(self._meta_class(), "open_fields", ())}
        return self._fields(n for n in self.form.fields if n not in shown)

    def more_in_force(self) -> bool:
        """Tell whether a filter behind 更多筛选 is set (the block then stands open)."""
        return any(
            _value_of(self.data, field.html_name) for field in self.more_fields()
        )

    def chips(self) -> list[Chip]:
        """Return the filters in force in words."""
        if not self.form.is_bound or not self.form.is_valid():
            return []
        return [
            Chip(
                str(self.form[name].label),
                _words(self.form, name, value),
                self._lift(name),
            )
            for name, value in self.form.cleaned_data.items()
            if not _is_empty(value)
        ]

    def _lift(self, name: str) -> str:
        query = QueryDict(mutable=True)
        for key in self.data:
            if key != "page" and not _belongs(key, name):
                query.setlist(key, self.data.getlist(key))
        return query.urlencode()


def _dress(field: forms.Field) -> None:
    widget = field.widget
    if isinstance(widget, forms.NullBooleanSelect):
        widget.choices = [("", _("不限")), ("true", _("是")), ("false", _("否"))]
    elif isinstance(widget, DateRangeWidget):
        widget.widgets = [forms.DateInput(part.attrs) for part in widget.widgets]
        for part, words in zip(widget.widgets, (_("起"), _("止")), strict=False):
            part.attrs["aria-label"] = f"{field.label}{words}"
    elif isinstance(field, forms.ModelChoiceField):
        widget.attrs.setdefault("data-pick", "")
        widget.attrs.setdefault("aria-label", str(field.label or ""))


def _belongs(key: str, name: str) -> bool:
    suffixes = ("", "_min", "_max", "_after", "_before", "_0", "_1")
    return key in {f"{name}{suffix}" for suffix in suffixes}


def _value_of(data: Any, name: str) -> bool:
    return any(_belongs(key, name) and any(data.getlist(key)) for key in data or ())


def _is_empty(value: Any) -> bool:
    if isinstance(value, slice):
        return value.start is None and value.stop is None
    if isinstance(value, QuerySet):
        return not value
    return value is None or value in ("", [], ())


def _words(form: forms.Form, name: str, value: Any) -> str:
    field = form.fields[name]
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if isinstance(value, slice):
        return f"{value.start or '…'} ~ {value.stop or '…'}"
    if isinstance(value, (list, tuple, QuerySet)):
        return "、".join(_choice(field, item) for item in value)
    return _choice(field, value)


def _choice(field: forms.Field, value: Any) -> str:
    label_of = getattr(field, "label_from_instance", None)
    if label_of and hasattr(value, "pk"):
        return str(label_of(value))
    if label_of is None:
        choices = {str(k): v for k, v in getattr(field, "choices", ())}
        return str(choices.get(str(value), value))
    return str(value)


class VisibleChoiceFilter(django_filters.ModelChoiceFilter):  # type: ignore[misc]
    """A choice among the rows of a model that the user may know of."""

    def __init__(self, *args: Any, model: Any, **kwargs: Any) -> None:
        kwargs.setdefault("queryset", visible_rows(model))
        super().__init__(*args, **kwargs)
