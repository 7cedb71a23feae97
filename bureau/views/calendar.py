"""The school calendar: years, terms, and which days are working days."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.calendar import is_published, is_working_day
from bureau.forms import TermForm
from bureau.models import AcademicYear, Term
from bureau.services import change_term
from core.access import holds
from core.views import Crumb, FormPage, Page


@dataclass(frozen=True)
class ShownDay:
    """One day of a month as drawn."""

    day: date
    is_working: bool
    is_made_up: bool
    is_holiday: bool
    in_term: bool


@dataclass(frozen=True)
class ShownMonth:
    """A month: its name and its weeks; days of other months are None."""

    name: str
    weeks: list[list[ShownDay | None]]


def months_of(year: AcademicYear, terms: Sequence[Term]) -> list[ShownMonth]:
    """Return the months of a school year."""
    months, first = [], year.starts_on.replace(day=1)
    while first <= year.ends_on:
        months.append(_month(first, terms))
        first = (first + timedelta(days=32)).replace(day=1)
    return months


def _month(first: date, terms: Sequence[Term]) -> ShownMonth:
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    return ShownMonth(
        name=_("%(year)d 年 %(month)d 月") % {"year": first.year, "month": first.month},
        weeks=[
            [_day(d, terms) if d.month == first.month else None for d in week]
            for week in weeks
        ],
    )


def _day(day: date, terms: Sequence[Term]) -> ShownDay:
    working, weekend = is_working_day(day), day.weekday() >= 5
    return ShownDay(
        day=day,
        is_working=working,
        is_made_up=working and weekend,
        is_holiday=not working and not weekend,
        in_term=any(t.starts_on <= day <= t.ends_on for t in terms),
    )


class CalendarPage(Page):
    """One school year with its terms and days."""

    permission = "bureau.view_academicyear"
    title = gettext_lazy("学校日历")
    template_name = "bureau/calendar.html"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Draw the year asked for, else the year of the day."""
        return TemplateResponse(request, self.template_name, self.get_context_data())

    def _year(self) -> AcademicYear | None:
        years = AcademicYear.objects.visible_to(self.request.user, self.permission)
        asked = years.filter(code=self.request.GET.get("year", "")).first()
        return asked or years.current(self.request.as_of) or years.first()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Offer the years, the terms and the months."""
        year = self._year()
        terms = list(year.terms.all()) if year else []
        return super().get_context_data(
            years=AcademicYear.objects.visible_to(self.request.user, self.permission),
            year=year,
            terms=terms,
            months=months_of(year, terms) if year else [],
            is_published=is_published(year.ends_on) if year else True,
            may_change=holds(self.request.user, "bureau.change_term"),
            **kwargs,
        )


class TermEditPage(FormPage):
    """Move the days of a term."""

    model = Term
    permission = "bureau.change_term"
    form_class = TermForm

    def get_queryset(self) -> QuerySet[Any]:
        """Return every term: the calendar is one for the installation."""
        return Term.objects.select_related("year")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the calendar."""
        return [Crumb(_("学校日历"), self.back_url())]

    def back_url(self) -> str:
        """Lead back to the year."""
        return f"{reverse('bureau:calendar')}?year={self.object.year.code}"

    def success_url(self, saved: Term) -> str:
        """Lead back to the year."""
        return self.back_url()

    def save(self, form: Any) -> Term:
        """Move the term."""
        return change_term(form.instance, by=self.request.user, **form.cleaned_data)
