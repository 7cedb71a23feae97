"""Consents of member schools, opinions of departments and of the city."""

from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from audit.services import record
from bureau.models import Department, Region
from core.days import today
from core.files import attach
from core.models import Attachment, Opinion
from core.notify import notify
from groups.audience import applicants, holders
from groups.models import GroupCase
from groups.permissions import (
    can_confirm_cross_region,
    can_consent,
    can_opine,
    silent_departments,
    unheard_lines,
)
from groups.services.cases import require
from schools.models import School

SAID = (
    "verdict",
    "deciding_body",
    "decided_on",
    "votes_for",
    "votes_against",
    "votes_abstained",
    "text",
)


@transaction.atomic
def give_consent(
    case: GroupCase, school: School, *, by: Any, file: Any = None, **said: Any
) -> Opinion:
    """Record what a member school says about joining (AK-1.3.4).

    A school may change its mind until the case is decided; what it said before stays
    in the events.
    """
    case = _locked(case)
    require(can_consent(by, case, school.pk))
    opinion = _say(case, school, Opinion.Kind.CONSENT, by, said)
    _keep_file(opinion, file, by)
    if not unheard_lines(case):
        notify(
            applicants(case),
            _("“%s”各成员学校均已表达意愿") % case.name,
            url=case.get_absolute_url(),
        )
    return opinion


def _locked(case: GroupCase) -> GroupCase:
    locked: GroupCase = GroupCase.objects.select_for_update(
        of=("self",), no_key=True
    ).get(pk=case.pk)
    return locked


@transaction.atomic
def give_department_opinion(
    case: GroupCase, department: Department, *, by: Any, file: Any = None, **said: Any
) -> Opinion:
    """Record a department's opinion (BN-5.1e); the last one tells the leading group."""
    case = _locked(case)
    require(can_opine(by, case, department))
    opinion = _say(case, department, Opinion.Kind.OPINION, by, said)
    _keep_file(opinion, file, by)
    if not silent_departments(case):
        people = [case.reviewed_by] if case.reviewed_by else []
        people += holders("groups.decide_groupcase", region=case.region)
        notify(
            people,
            _("“%s”部门意见已齐，可以决定") % case.name,
            url=case.get_absolute_url(),
        )
    return opinion


@transaction.atomic
def give_city_opinion(case: GroupCase, *, by: Any, **said: Any) -> Opinion:
    """Record the city's answer about a group across counties (AK-3.1.2)."""
    case = _locked(case)
    require(can_confirm_cross_region(by, case))
    city = Region.objects.above(case.region).exclude(pk=case.region_id).last()
    return _say(case, city or case.region, Opinion.Kind.OPINION, by, said)


def _say(
    case: GroupCase, unit: models.Model, kind: str, by: Any, said: dict[str, Any]
) -> Opinion:
    given = {name: said[name] for name in SAID if name in said}
    if given.get("decided_on", date.min) > today():
        raise ValidationError({"decided_on": _("决定日期不能晚于今天")})
    key = {
        "subject_type": ContentType.objects.get_for_model(case),
        "subject_id": case.pk,
        "unit_type": ContentType.objects.get_for_model(unit),
        "unit_id": unit.pk,
        "kind": kind,
    }
    opinion = Opinion.objects.filter(**key).first() or Opinion(**key)
    before = opinion.verdict
    for name, value in given.items():
        setattr(opinion, name, value)
    opinion.unit_label = str(unit)
    opinion.recorded_by = by
    opinion.full_clean()
    opinion.save()
    record(
        "groups.give_consent"
        if kind == Opinion.Kind.CONSENT
        else "groups.give_opinion",
        case,
        by=by,
        reason=opinion.text,
        data={"unit": str(unit), "verdict": opinion.verdict, "before": before},
    )
    return opinion


def _keep_file(opinion: Opinion, file: Any, by: Any) -> None:
    if file:
        attach(opinion, file.name, file.read(), kind=Attachment.Kind.MINUTES, by=by)
