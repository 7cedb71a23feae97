"""Which school and which school year a row of a workbook is about."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.authority import run_by
from bureau.models import AcademicYear, Region
from core.access import guided_condition
from core.imports import Column, Row
from schools.choices import Stage
from schools.models import School, SchoolStage
from schools.names import normalize_name

WHOSE = (
    Column(
        "school_code",
        gettext_lazy("学校标识码"),
        aliases=("学校代码", "标识码", "临时编号", "学校编号"),
        help=gettext_lazy("没有标识码的填临时编号或留空，按学校名称识别"),
    ),
    Column(
        "name",
        gettext_lazy("学校名称"),
        aliases=("校名", "学校", "单位名称"),
        required=True,
        max_length=100,
    ),
    Column("year", gettext_lazy("学年"), required=True, example="2026-2027"),
    Column(
        "stage",
        gettext_lazy("学段"),
        kind="choice",
        choices={str(label): value for value, label in Stage.choices},
        required=True,
    ),
)
"""The columns that say which school, year and stage a row is about."""

YEAR = re.compile(r"^\D*(\d{4})\D+(\d{4})\D*$")


def run_below_in(schools: Any, user: Any, permission: str) -> dict[int, Region]:
    """Return the schools that the user only reads → the authority that runs each."""
    if user is None:
        return {}
    condition = guided_condition(School, user, permission)
    rows = schools.filter(condition).select_related("administered_by__parent")
    return {row.pk: row.administered_by.authority for row in rows}


@dataclass
class InScope:
    """The schools of the scope of a run by every word that means them, and the years.

    The scope is a region or one school.
    """

    scope: Any
    by: Any = None
    permission: str = ""

    @cached_property
    def schools(self) -> Any:
        """The schools of the scope, those that ended among them."""
        if isinstance(self.scope, School):
            return School.objects.filter(pk=self.scope.pk)
        return School.objects.run_by(self.scope)

    @cached_property
    def run_below(self) -> dict[int, Region]:
        """School → the authority below the importer that runs it (AK-1.3.1)."""
        return run_below_in(self.schools, self.by, self.permission)

    @cached_property
    def by_word(self) -> dict[str, set[int]]:
        """Code, provisional number or comparable name → the schools it means."""
        found: dict[str, set[int]] = {}
        names = ("pk", "school_code", "provisional_no", "normalized_name")
        for pk, *words in self.schools.values_list(*names):
            for word in filter(None, words):
                found.setdefault(word, set()).add(pk)
        return found

    @cached_property
    def stages(self) -> set[tuple[int, str]]:
        """The stages each school teaches."""
        rows = SchoolStage.objects.filter(school__in=self.schools)
        return set(rows.values_list("school_id", "stage"))

    @cached_property
    def years(self) -> dict[str, AcademicYear]:
        """The school years by code."""
        return {year.code: year for year in AcademicYear.objects.all()}


def find_school(row: Row, context: InScope, among: Any = None) -> int | None:
    """Return the school that code or name of the row mean; reject the row if none.

    ``among`` keeps some of several schools of one name.
    """
    code, name = row.get("school_code"), str(row.get("name", ""))
    by_name = context.by_word.get(normalize_name(name), set())
    found = context.by_word.get(code, set()) if code else by_name
    if len(found) > 1 and among is not None:
        found = {pk for pk in found if among(pk)} or found
    if len(found) == 1:
        (school,) = found
        if school in context.run_below:
            refusal = run_by(context.run_below[school])
            row.reject("name", "run_below", refusal.message)
            return None
        if code and name and school not in by_name:
            row.note("name", "other_name", _("名称与登记的不同，已按编号识别"))
        return school
    if found:
        told = _("有几所学校叫“%s”，请填学校标识码或临时编号")
        row.reject("name", "ambiguous_school", told % name)
    elif name or code:
        told = _("在导入范围内找不到“%s”，请核对编号或名称")
        row.reject("name", "unknown_school", told % (code or name))
    return None


def find_year(row: Row, context: InScope) -> AcademicYear | None:
    """Return the school year that the row names; reject the row if there is none."""
    said = str(row.get("year", ""))
    match = YEAR.match(said)
    year = context.years.get("-".join(match.groups())) if match else None
    if said and year is None:
        told = _("没有“%s”学年，请写成 2026-2027 的形式")
        row.reject("year", "unknown_year", told % said[:20])
    return year
