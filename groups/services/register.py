"""Take over groups that existed before the system, with their true past dates."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.services import record
from bureau.models import Region
from core.constraints import check_deferred, explain
from core.days import today
from core.files import attach
from core.lock import lock
from core.models import Attachment
from groups.choices import GroupOwnership, GroupState, Role
from groups.models import EducationGroup, Membership
from groups.permissions import can_register_group
from groups.services.cases import require
from groups.services.codes import next_group_code
from groups.services.memberships import MemberSpan, admit
from groups.services.phases import enter_phase
from schools.choices import Ownership
from schools.models import School

CORE_NEW = "AK_CORE_NEW"


@transaction.atomic
def register_group(
    *, by: Any, region: Region, file: Any = None, **facts: Any
) -> EducationGroup:
    """Enter a standing group for a person of its bureau; see ``enter_group``."""
    require(can_register_group(by, region))
    group = enter_group(by=by, region=region, **facts)
    if file:
        attach(group, file.name, file.read(), kind=Attachment.Kind.DOCUMENT, by=by)
    return group


@transaction.atomic
def enter_group(
    *,
    by: Any,
    region: Region,
    name: str,
    founded_on: date,
    members: Iterable[MemberSpan],
    founding_document: str = "",
    state: str = GroupState.ACTIVE,
    dissolved_on: date | None = None,
    code: str = "",
    **profile: Any,
) -> EducationGroup:
    """Enter a standing (or an ended) group with the days its papers give.

    ``members`` holds one span per membership, the lead among them. The group works
    from the day it first had a lead. The caller has asked for permission (imports and
    the demo enter groups without a person). Raises MoveRefused, ValidationError.
    """
    spans = list(members)
    _check(name, founded_on, spans, dissolved_on)
    lock(School.objects.filter(pk__in=[span.school.pk for span in spans]))
    group = EducationGroup(
        name=name.strip(),
        region=region,
        code=code or next_group_code(region, founded_on.year),
        founded_on=founded_on,
        founding_document=founding_document,
        operating_from=max(founded_on, first_working_day(spans, profile)),
        state=GroupState.DISSOLVED if dissolved_on else state,
        dissolved_on=dissolved_on,
        is_registered=True,
        is_cross_region=crosses(spans),
        **{"ownership": ownership_of(spans), **profile},
    )
    try:
        with transaction.atomic():
            _write(group, spans)
            check_deferred()
    except IntegrityError as error:
        raise explain(error) from error
    record(
        "groups.register_group",
        group,
        by=by,
        data={"document": founding_document, "members": len(spans)},
    )
    return group


def _check(
    name: str, founded_on: date, spans: list[MemberSpan], dissolved_on: date | None
) -> None:
    if founded_on > today():
        raise ValidationError({"founded_on": _("补登的集团成立日期不能晚于今天")})
    leads = [span for span in spans if span.role == Role.LEAD]
    if not leads:
        raise ValidationError(_("“%s”没有龙头学校") % name, code="lead")
    early = [span for span in spans if span.valid_from < founded_on]
    if early:
        raise ValidationError(
            _("“%(school)s”的加入日期 %(day)s 早于集团成立日期 %(founded)s")
            % {
                "school": early[0].school,
                "day": early[0].valid_from,
                "founded": founded_on,
            },
            code="early",
        )
    if dissolved_on and any(
        span.valid_to is None or span.valid_to > dissolved_on for span in spans
    ):
        raise ValidationError(
            _("“%s”已终止，各成员须在终止日期前退出") % name, code="open"
        )


def _write(group: EducationGroup, spans: list[MemberSpan]) -> None:
    group.full_clean()
    group.save()
    operating_from = group.operating_from or group.founded_on
    if operating_from > group.founded_on:
        enter_phase(group, GroupState.APPROVED, group.founded_on)
    if group.dissolved_on:
        enter_phase(group, GroupState.ACTIVE, operating_from)
        enter_phase(group, GroupState.DISSOLVED, group.dissolved_on)
    else:
        enter_phase(group, group.state, operating_from)
    admit(group, spans)


def first_working_day(spans: Iterable[MemberSpan], profile: dict[str, Any]) -> date:
    """Return the first day with a lead and, for core + new school, a new school.

    Before it the group was approved but could not work in its mode (AK-3.2.1).
    """
    listed = list(spans)
    day = min(span.valid_from for span in listed if span.role == Role.LEAD)
    mode = profile.get("primary_mode_id") or getattr(
        profile.get("primary_mode"), "pk", None
    )
    news = [s.valid_from for s in listed if s.mode_id == mode == CORE_NEW]
    return max(day, min(news)) if news else day


def crosses(spans: Iterable[MemberSpan]) -> bool:
    """Tell whether the schools are run by more than one county."""
    return len({span.school.administered_by_id for span in spans}) > 1


def ownership_of(spans: Iterable[MemberSpan]) -> str:
    """Return public, private or mixed from the schools' own."""
    kinds = {span.school.ownership in {"", Ownership.PUBLIC} for span in spans}
    if kinds == {False}:
        return GroupOwnership.PRIVATE
    return GroupOwnership.MIXED if len(kinds) > 1 else GroupOwnership.PUBLIC


@transaction.atomic
def register_membership(
    group: EducationGroup, span: MemberSpan, *, by: Any
) -> Membership:
    """Add a span that the papers of a registered group show."""
    require(can_register_group(by, group.region))
    return enter_member(group, span, by=by)


@transaction.atomic
def enter_member(group: EducationGroup, span: MemberSpan, *, by: Any) -> Membership:
    """Add a span to a group; the caller has asked for permission."""
    lock(EducationGroup.objects.filter(pk=group.pk))
    try:
        with transaction.atomic():
            [row] = admit(group, [span])
            check_deferred()
    except IntegrityError as error:
        raise explain(error) from error
    record("groups.register_membership", row, by=by)
    return row


@transaction.atomic
def amend(membership: Membership, changes: dict[str, Any], *, by: Any) -> Membership:
    """Put a registered span right by its papers; a decided one is never amended."""
    if membership.decision_id:
        raise ValidationError(
            _("该成员关系由系统内的决定产生，不能修改"), code="decided"
        )
    lock(EducationGroup.objects.filter(pk=membership.group_id))
    for name, value in changes.items():
        setattr(membership, name, value)
    membership.full_clean(exclude=["group_type", "school_ownership"])
    try:
        with transaction.atomic():
            membership.save(update_fields=list(changes))
            check_deferred()
    except IntegrityError as error:
        raise explain(error) from error
    record("groups.amend_membership", membership, by=by, data={"changes": changes})
    return membership
