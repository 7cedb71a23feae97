"""Forms of pages: units, clauses and sections declared in ``Meta``."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.widgets import ChoiceWidget
from django.utils.translation import gettext_lazy as _

LONG_SELECT = 12


@dataclass(frozen=True)
class Section:
    """A part of a form: its title, a sentence, and the names of its fields."""

    title: Any
    fields: tuple[str, ...]
    text: Any = ""
    slug: str = ""


class PinnedField(forms.MultipleChoiceField):
    """The facts of a row from another system that the next delivery leaves alone."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("以本系统为准"))
        kwargs.setdefault(
            "help_text", _("勾选后，外部系统再送来该项时不改动；取消勾选即恢复同步")
        )
        super().__init__(required=False, **kwargs)
        self.others: list[str] = []

    def offer(self, row: Any, names: Iterable[str]) -> None:
        """Offer some facts of a row; what else is pinned stays so."""
        columns = [row._meta.get_field(name) for name in names]
        self.choices = [(field.column, field.verbose_name) for field in columns]
        known = {field.column for field in columns}
        self.others = [name for name in row.pinned if name not in known]
        self.initial = [name for name in row.pinned if name in known]

    def clean(self, value: Any) -> list[str]:
        """Return every pinned column."""
        return [*self.others, *super().clean(value)]


@dataclass(frozen=True)
class Prefill:
    """Where a prefilled figure comes from, of which day, and what it is."""

    source: str
    day: Any = None
    value: Any = None


@dataclass(frozen=True)
class DrawnSection:
    """A section with its fields, as drawn, and whether it is complete."""

    title: Any
    text: Any
    slug: str
    fields: list[BoundField]
    is_complete: bool


class FormMixin:
    """What every form of a page understands.

    ``Meta.units`` = {field: unit}, ``Meta.clauses`` = {field: clause id},
    ``Meta.sections`` = tuple of Section. ``user`` and ``prefills`` are keyword
    arguments; prefills = {field: Prefill} also fill the field's first value.
    """

    def __init__(
        self,
        *args: Any,
        user: Any = None,
        prefills: dict[str, Prefill] | None = None,
        **kwargs: Any,
    ) -> None:
        self.user = user
        self.prefills = prefills or {}
        kwargs["initial"] = self._first_values(kwargs.get("initial"))
        super().__init__(*args, **kwargs)
        self._dress_fields()

    def _first_values(self, initial: dict[str, Any] | None) -> dict[str, Any]:
        known = {n: p.value for n, p in self.prefills.items() if p.value is not None}
        return {**known, **(initial or {})}

    def _meta_of(self, name: str) -> Any:
        return getattr(getattr(self, "Meta", None), name, {})

    def _dress_fields(self) -> None:
        units, clauses = self._meta_of("units"), self._meta_of("clauses")
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            field.unit = units.get(name, "")
            field.clause = clauses.get(name, "")
            field.prefill = self.prefills.get(name)
            widget = field.widget
            choosing = isinstance(widget, ChoiceWidget)
            field.error_messages["required"] = _("请选择") if choosing else _("请填写")
            if isinstance(widget, forms.Select) and widget.input_type != "radio":
                self._dress_select(field, widget)
        self._order_as_drawn()

    def _order_as_drawn(self) -> None:
        """Let errors be listed in the order in which the boxes stand on the page."""
        sections: Iterable[Section] = self._meta_of("sections") or ()
        placed = [name for section in sections for name in section.fields]
        loose = [name for name in self.fields if name not in placed]  # type: ignore[attr-defined]
        self.order_fields([*loose, *placed])  # type: ignore[attr-defined]

    def _dress_select(self, field: forms.Field, widget: forms.Select) -> None:
        _name_empty_choice(field, widget)
        if _is_long(field, widget):
            widget.attrs.setdefault("data-pick", "")
            widget.attrs.setdefault("aria-label", str(field.label or ""))

    def drawn_sections(self) -> Iterator[DrawnSection]:
        """Yield the sections; fields in none of them come first, untitled."""
        sections: Iterable[Section] = self._meta_of("sections") or ()
        placed = {name for section in sections for name in section.fields}
        loose = [f for f in self.visible_fields() if f.name not in placed]  # type: ignore[attr-defined]
        if loose:
            yield DrawnSection("", "", "section-0", loose, False)
        for number, section in enumerate(sections, start=1):
            fields = [self[n] for n in section.fields if n in self.fields]  # type: ignore[attr-defined,index]
            if not fields:
                continue
            slug = section.slug or f"section-{number}"
            yield DrawnSection(
                section.title, section.text, slug, fields, _complete(fields)
            )


def _name_empty_choice(field: forms.Field, widget: forms.Select) -> None:
    """Let the empty choice say 请选择 instead of dashes."""
    if isinstance(widget, forms.SelectMultiple):
        return
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label is not None:
            field.empty_label = _("请选择")
        return
    widget.choices = [
        (value, _("请选择"))
        if value in ("", None) and str(label).startswith("---")
        else (value, label)
        for value, label in widget.choices
    ]


def _is_long(field: forms.Field, widget: forms.Select) -> bool:
    if isinstance(widget, forms.SelectMultiple):
        return True
    # The rows of a model are not counted: that would be a query.
    if isinstance(field, forms.ModelChoiceField):
        return True
    return len(list(widget.choices)) > LONG_SELECT


def _complete(fields: list[BoundField]) -> bool:
    wanted = [f for f in fields if f.field.required]
    return bool(wanted) and all(f.value() not in (None, "", []) for f in wanted)


class Form(FormMixin, forms.Form):
    """A plain form of a page."""


class ModelForm(FormMixin, forms.ModelForm):  # type: ignore[type-arg]
    """A form of one row."""


class ReasonForm(Form):
    """The reason of a move, where one is needed."""

    reason = forms.CharField(
        label=_("事由"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("将记入办理记录，有关单位可以看到。"),
    )
