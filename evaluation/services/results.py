"""Totals, grades and places of a cycle, worked out for everybody at once."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from bureau.parameters import parameters
from core.copying import copy_rows
from core.documents import canonical_json
from evaluation.choices import Target
from evaluation.freezing import KEYS, Rules, Sheet, freeze, sheets_of
from evaluation.models import Assessment, Cycle, Result
from evaluation.scoring.grades import Graded, Standing, grade_all

COLUMNS = (
    "assessment_id",
    "raw",
    "applicable_weight",
    "full_weight",
    "score",
    "band",
    "grade",
    "limited_by",
    "fallen_members",
    "a_min",
    "b_min",
    "c_min",
    "rank",
    "of",
    "dimensions",
    "previous_score",
    "frozen",
    "digest",
)


@transaction.atomic
def work_out_results(cycle: Cycle) -> int:
    """Write the result of every confirmed assessment; return their number.

    ValidationError names the subjects of which too little weight applies.
    """
    rules = Rules(parameters(KEYS, cycle.region, cycle.reference_day))
    with override("zh-hans"):
        sheets = list(sheets_of(cycle))
        _refuse_unscorable(sheets, rules)
        schools = [s for s in sheets if not s.assessment.is_group]
        groups = [s for s in sheets if s.assessment.is_group]
        falls = _falls(cycle, schools, rules)
        graded = [
            *_graded(groups, rules, falls, quota=rules.quota),
            *_graded(schools, rules, {}, quota=None),
        ]
        before = _previous(cycle)
        Result.objects.of_cycle(cycle).delete()
        rows = (
            _row(cycle, sheet, grade, rules, falls, before) for sheet, grade in graded
        )
        return copy_rows(Result, COLUMNS, rows)


def _refuse_unscorable(sheets: Sequence[Sheet], rules: Rules) -> None:
    short = [
        sheet.assessment.label
        for sheet in sheets
        if sheet.total.score is None or not sheet.total.is_scorable(rules.minimum)
    ]
    if short:
        raise ValidationError(
            _("未能汇总：%(names)s的适用权重不足 %(minimum)s%%，请说明理由不予评定")
            % {"names": "、".join(short[:5]), "minimum": rules.minimum},
            code="unscorable",
        )


def _graded(
    sheets: Sequence[Sheet],
    rules: Rules,
    falls: Mapping[int, str],
    *,
    quota: Decimal | None,
) -> list[tuple[Sheet, Graded]]:
    standings = [
        Standing(
            key=sheet.assessment.pk,
            score=sheet.score,
            county=sheet.assessment.county_id,
            veto_cap=sheet.assessment.veto_cap,
            fallen_members=_fallen(sheet.assessment, falls),
        )
        for sheet in sheets
    ]
    return list(zip(sheets, grade_all(standings, rules.lines, quota), strict=True))


def _fallen(assessment: Assessment, falls: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(
        falls[member["school"]]
        for member in assessment.members
        if member["school"] in falls
    )


def _previous(cycle: Cycle) -> dict[tuple[str, int], Decimal]:
    """Return the score of each subject in the last finished cycle before this one."""
    last = Cycle.objects.before(cycle).first()
    if last is None:
        return {}
    rows = Result.objects.published().filter(assessment__cycle=last)
    fields = ("assessment__group_id", "assessment__school_id", "score")
    return {
        (Target.GROUP if group else Target.SCHOOL, group or school): score
        for group, school, score in rows.values_list(*fields)
    }


def _falls(cycle: Cycle, schools: Sequence[Sheet], rules: Rules) -> dict[int, str]:
    """Return the schools that fell clearly since the last cycle, with the words."""
    if rules.drop is None:
        return {}
    before = _previous(cycle)
    found: dict[int, str] = {}
    for sheet in schools:
        school = sheet.assessment.school_id or 0
        old = before.get((Target.SCHOOL, school))
        if old is not None and old - sheet.score >= rules.drop:
            found[school] = f"{sheet.assessment.label} {old} → {sheet.score}"
    return found


def _row(
    cycle: Cycle,
    sheet: Sheet,
    graded: Graded,
    rules: Rules,
    falls: Mapping[int, str],
    before: Mapping[tuple[str, int], Decimal],
) -> list[Any]:
    assessment = sheet.assessment
    fallen = list(_fallen(assessment, falls))
    frozen = canonical_json(freeze(cycle, sheet, graded, rules, fallen))
    lines, sums = rules.lines, sheet.total
    return [
        assessment.pk,
        sums.raw,
        sums.applicable,
        sums.full,
        sheet.score,
        graded.band,
        graded.grade,
        graded.limited_by,
        json.dumps(fallen, ensure_ascii=False),
        lines.a,
        lines.b,
        lines.c,
        graded.rank,
        graded.of,
        json.dumps(sheet.dimensions, ensure_ascii=False),
        before.get((assessment.target, assessment.subject_id)),
        frozen.decode(),
        hashlib.sha256(frozen).hexdigest(),
    ]
