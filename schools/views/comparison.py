"""One school beside similar ones, and how complete the records of counties are."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet, Sum
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.models import AcademicYear
from bureau.parameters import unverified
from bureau.periods import last_reported
from core.access import holds
from core.exports import FORMATS, rows_response
from core.tables import ExportColumn
from core.views import Action, Crumb, ObjectMixin, Page
from schools.choices import Stage
from schools.comparison import (
    MOST,
    Line,
    balance_chart,
    balance_lines,
    key_lines,
    returns_of,
    similar,
)
from schools.completeness import PARTS, TOTAL
from schools.models import School

VIEW, EXPORT = "schools.view_schoolreturn", "schools.export_school"


class ComparePage(ObjectMixin, Page):
    """A school beside similar ones; which ones is kept in the address."""

    model, permission = School, VIEW
    template_name = "schools/compare.html"

    def get_queryset(self) -> QuerySet[Any]:
        """Join what the page shows."""
        rows = super().get_queryset().select_related("administered_by")
        return rows.prefetch_related("stages")

    def get_title(self) -> str:
        """Name the school."""
        return _("与同类学校比较：%s") % self.object

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the school."""
        return [
            Crumb(_("学校"), reverse("schools:school-list")),
            Crumb(str(self.object), self.object.get_absolute_url()),
        ]

    def get_actions(self) -> Sequence[Action]:
        """Offer the table as a file."""
        query = self.request.GET.copy()
        query["export"] = "xlsx"
        url = f"?{query.urlencode()}"
        return [Action(_("导出"), url, "table-export", permission=EXPORT)]

    @cached_property
    def stage(self) -> str:
        """The stage asked for, else the first the school teaches."""
        codes = self.object.stage_codes
        asked = self.request.GET.get("stage", "")
        return asked if asked in codes else (codes[0] if codes else "")

    @cached_property
    def period(self) -> Any:
        """The last school year that was returned."""
        return last_reported(self.request.as_of)

    @cached_property
    def year(self) -> AcademicYear | None:
        """The school year of the figures."""
        if self.period is None:
            return None
        return AcademicYear.objects.filter(code=self.period.code).first()

    def _candidates(self) -> QuerySet[Any]:
        return School.objects.visible_to(self.request.user, VIEW)

    @cached_property
    def others(self) -> list[School]:
        """The schools in the address, else the nearest."""
        asked = [int(p) for p in self.request.GET.getlist("with") if p.isdigit()]
        if "with" not in self.request.GET:
            return similar(self.object, self._candidates(), self.stage, self.year)
        rows = self._candidates().filter(pk__in=asked).exclude(pk=self.object.pk)
        held = {school.pk: school for school in rows.select_related("administered_by")}
        return [held[pk] for pk in dict.fromkeys(asked) if pk in held][:MOST]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Draw the table and the picture, or send them as a file."""
        schools = [self.object, *self.others]
        told = returns_of(schools, self.stage, self.year)
        lines = key_lines([told.get(school.pk) for school in schools])
        region = self.object.administered_by
        seven = (
            balance_lines(schools, self.stage, self.period, region)
            if self.period
            else []
        )
        fmt = request.GET.get("export", "")
        if fmt in FORMATS and holds(request.user, EXPORT):
            return self._export(schools, [*lines, *seven], fmt)
        keys = [f"balance.{self.stage.lower()}.{n}" for n in ("backbone", "pe_arts")]
        context = self.get_context_data(
            object=self.object,
            schools=schools,
            drops=[(school, self._without(school)) for school in self.others],
            lines=lines,
            seven=seven,
            chart=balance_chart(schools, seven, request.as_of) if seven else None,
            stages=[(code, Stage(code).label) for code in self.object.stage_codes],
            stage=self.stage,
            period=self.period,
            to_add=self._to_add(),
            marks=unverified(keys, region, request.as_of),
        )
        return TemplateResponse(request, self.template_name, context)

    def _without(self, school: School) -> str:
        query = self.request.GET.copy()
        kept = [f"{one.pk}" for one in self.others if one.pk != school.pk]
        query.setlist("with", kept or [""])
        return f"?{query.urlencode()}"

    def _to_add(self) -> list[School]:
        """Return what can still be added: schools of the stage, by name."""
        if len(self.others) >= MOST or not self.stage:
            return []
        rows = self._candidates().running(self.request.as_of).teaching(self.stage)
        shown = [self.object.pk, *(school.pk for school in self.others)]
        return list(rows.exclude(pk__in=shown).order_by("pinyin")[:400])

    def _export(
        self, schools: list[School], lines: list[Line], fmt: str
    ) -> HttpResponseBase:
        columns = [
            ExportColumn(_("项目"), "text", lambda line: str(line.name)),
            ExportColumn(_("单位"), "text", lambda line: str(line.unit)),
            *(self._column(school, at) for at, school in enumerate(schools)),
            ExportColumn(_("标准线"), "number", lambda line: line.line),
        ]
        return rows_response(columns, lines, fmt, name=str(self.get_title()))

    @staticmethod
    def _column(school: School, at: int) -> ExportColumn:
        def value(line: Line) -> Any:
            found = line.values[at]
            return None if found is None else round(found, line.places)

        return ExportColumn(school.name, "number", value)


class CompletenessPage(Page):
    """How complete the records of each county's schools are."""

    permission = "schools.view_school"
    title = gettext_lazy("资料完整度")
    lead = format_lazy(
        gettext_lazy("每所学校按 {} 项资料计算；点数字看是哪些学校。"), TOTAL
    )
    template_name = "schools/completeness.html"

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list."""
        return [Crumb(_("学校"), reverse("schools:school-list"))]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Draw one row for each county."""
        day = self.request.as_of
        year = AcademicYear.objects.current(day)
        rows = School.objects.visible_to(request.user, self.permission).existing(day)
        rows = rows.with_completeness(year).order_by()
        lacking = {
            f"no_{name}": Count("pk", filter=Q(**{f"has_{name}": 0})) for name in PARTS
        }
        told = (
            rows.values(
                county=F("administered_by"),
                county_name=F("administered_by__name"),
                path=F("administered_by__path"),
            )
            .annotate(
                schools=Count("pk"),
                whole=Count("pk", filter=Q(parts_filled=TOTAL)),
                share=Avg("parts_filled") / TOTAL,
                filled=Sum("parts_filled"),
                **lacking,
            )
            .order_by("path")
        )
        counties = [
            (row, [(name, row[f"no_{name}"], PARTS[name]) for name in PARTS])
            for row in told
        ]
        context = self.get_context_data(counties=counties, parts=PARTS.values())
        return TemplateResponse(request, self.template_name, context)
