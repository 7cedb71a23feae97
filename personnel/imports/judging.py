"""Judge one row of a list of teachers: school, numbers, name and days."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from bureau.authority import run_by
from core.imports import Row
from core.personal import IDENTITY_LIKE
from personnel import identity
from personnel.names import tidy_name
from schools.imports.finding import run_below_in
from schools.models import School
from schools.names import normalize_name, spell


@dataclass
class Schools:
    """The schools of the scope by every name and code they have."""

    by_word: dict[str, dict[int, tuple[int, str]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    run_below: dict[int, Any] = field(default_factory=dict)

    def find(self, word: str) -> list[tuple[int, int, str]]:
        """Return (school, region, name of the region) of the schools of this word."""
        found = self.by_word.get(normalize_name(word), {})
        return [(pk, region, name) for pk, (region, name) in found.items()]


def load_schools(run: Any, permission: str) -> Schools:
    """Read the standing schools that the scope or a region below it runs."""
    rows = School.objects.run_by(run.scope).existing()
    known = Schools(run_below=run_below_in(rows, run.by, permission))
    rows = rows.select_related("administered_by")
    for school in rows:
        place = (school.administered_by_id, school.administered_by.name)
        words = {school.name, school.short_name, school.school_code or ""}
        for word in words | {school.provisional_no}:
            if word:
                known.by_word[normalize_name(word)][school.pk] = place
    return known


def judge(row: Row, context: Schools) -> None:
    """Complete one row: school, region, spelling, sealed identity."""
    _school(row, context)
    _staff_no(row)
    row.shown.pop("born_on", None)
    if born_on := row.values.pop("born_on", None):
        row.values.setdefault("birth_year", int(str(born_on)[:4]))
    _identity(row)
    name = tidy_name(str(row.get("name", "")))
    if normalize_name(name):
        pinyin, initials = spell(name)
        row.values.update(name=name, pinyin=pinyin, initials=initials)
    entered, born = row.get("entered_on"), row.get("birth_year")
    if entered and born and int(str(entered)[:4]) <= born:
        row.reject("entered_on", "entered_unborn", _("入职日期须晚于出生年份"))


def _school(row: Row, context: Schools) -> None:
    word = str(row.get("school", "")).strip()
    if not word:
        return
    found = context.find(word)
    county = str(row.get("county", "")).strip()
    if len(found) > 1 and county:
        found = [each for each in found if county in each[2]] or found
    if len(found) == 1 and found[0][0] in context.run_below:
        refusal = run_by(context.run_below[found[0][0]])
        row.reject("school", "run_below", refusal.message)
    elif len(found) == 1:
        row.values["school_id"], row.values["region_id"], _name = found[0]
    elif found:
        row.reject(
            "school",
            "ambiguous_school",
            _("“%s”对应多所学校，请改填学校标识码或临时编号") % word,
        )
    else:
        row.reject(
            "school",
            "unknown_school",
            _("在办学校中找不到“%s”，请先登记学校，或改填全称、标识码") % word,
        )


def _staff_no(row: Row) -> None:
    """Send an identity number back that stands for a staff number, keeping none."""
    if not re.fullmatch(IDENTITY_LIKE, str(row.get("staff_no", "")).strip()):
        return
    row.shown.pop("staff_no", None)
    row.values.pop("staff_no", None)
    row.reject(
        "staff_no",
        "looks_like_identity",
        _("工号疑似身份证号，未保存。身份证号请填在“身份证号”一栏，工号没有时留空"),
    )


def _identity(row: Row) -> None:
    row.shown.pop("identity", None)
    given = row.values.pop("identity", "")
    if not given:
        return
    try:
        number = identity.clean(given)
    except ValidationError as error:
        row.reject("identity", str(error.code), error.messages[0])
        return
    told = {"birth_year": identity.birth_year(number), "sex": identity.sex(number)}
    for name, value in told.items():
        if row.values.setdefault(name, value) != value:
            row.reject(name, "not_as_identity", _("与身份证号不一致，请核对"))
    row.values.update(
        identity=identity.mask(number),
        identity_sealed=identity.seal(number),
        identity_hash=identity.digest(number),
    )
