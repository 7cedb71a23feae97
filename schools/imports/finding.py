"""Which school and which school year a row of a workbook is about."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from bureau.models import AcademicYear
from core.imports import Row
from schools.models import School, SchoolStage
from schools.names import normalize_name

YEAR = re.compile(r"^\D*(\d{4})\D+(\d{4})\D*$")


@dataclass
class InScope:
    """The schools of the scope of a run by every word that means them, and the years.

    The scope is a region or one school.
    """

    scope: Any

    @cached_property
    def schools(self) -> Any:
        """The schools of the scope, those that ended among them."""
        if isinstance(self.scope, School):
            return School.objects.filter(pk=self.scope.pk)
        return School.objects.run_by(self.scope)

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
