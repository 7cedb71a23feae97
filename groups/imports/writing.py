"""Write an accepted roll: found groups, add members, amend spans, journal all of it."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.utils.dateparse import parse_date

from core.imports import Batch
from groups.choices import Role
from groups.imports.roll import NEVER
from groups.models import EducationGroup, Membership
from groups.services.memberships import MemberSpan
from groups.services.register import CORE_NEW, amend, enter_group, enter_member
from schools.models import School


def write(batch: Batch) -> None:
    """Register new groups with their members, add members, amend spans."""
    fresh: dict[str, list[Any]] = defaultdict(list)
    for staged in batch.rows("CREATED"):
        fresh[staged.data["group_key"]].append(staged)
    for rows in fresh.values():
        if rows[0].data.get("group_id"):
            _add(batch, rows)
        else:
            _found(batch, rows)
    for staged in batch.rows("UPDATED"):
        row = Membership.objects.get(pk=staged.target_id or 0)
        changes = staged.data["changes"]
        before = {name: getattr(row, name) for name in changes}
        batch.changed(staged.number, row, before)
        amend(row, _dated(changes), by=batch.by)


def _found(batch: Batch, rows: list[Any]) -> None:
    spans = [_span(staged.data) for staged in rows]
    implied = _implied_lead(rows, spans)
    group = enter_group(
        by=batch.by,
        members=[*([implied] if implied else []), *spans],
        **_facts(rows, spans),
    )
    first = rows[0].number
    batch.created(first, group, is_target=False)
    for phase in group.phases.all():
        batch.created(first, phase, is_target=False)
    numbers = {(s.school.pk, s.valid_from): r for r, s in zip(rows, spans, strict=True)}
    for membership in group.memberships.all():
        staged = numbers.get((membership.school_id, membership.valid_from))
        if staged:
            batch.created(staged.number, membership)
        else:
            batch.created(first, membership, is_target=False)


def _add(batch: Batch, rows: list[Any]) -> None:
    group = EducationGroup.objects.get(pk=rows[0].data["group_id"])
    for staged in rows:
        membership = enter_member(group, _span(staged.data), by=batch.by)
        batch.created(staged.number, membership)


def _day(text: Any) -> date | None:
    return parse_date(text) if isinstance(text, str) and text else None


def _dated(changes: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _day(value) if name == "valid_to" else value
        for name, value in changes.items()
    }


def _span(data: dict[str, Any]) -> MemberSpan:
    joined = _day(data["valid_from"])
    assert joined is not None  # noqa: S101 - prepare refuses rows without a day
    return MemberSpan(
        school=School.objects.get(pk=data["school_id"]),
        role=data["role"],
        valid_from=joined,
        valid_to=_day(data.get("valid_to")),
        mode_id=data.get("mode_id"),
        join_form=data.get("join_form", ""),
        document_number=data.get("document_number", ""),
        ended_because=data.get("ended_because", ""),
    )


def _implied_lead(rows: list[Any], spans: list[MemberSpan]) -> MemberSpan | None:
    """The lead that a column names but no row of its own."""
    lead_id = next((r.data["lead_id"] for r in rows if r.data.get("lead_id")), None)
    if lead_id is None or any(span.role == Role.LEAD for span in spans):
        return None
    return MemberSpan(
        school=School.objects.get(pk=lead_id),
        role=Role.LEAD,
        valid_from=_founding_day(rows, spans),
        document_number=rows[0].data.get("document_number", ""),
    )


def _founding_day(rows: list[Any], spans: list[MemberSpan]) -> date:
    said = [_day(r.data.get("founded_on")) for r in rows]
    days = [day for day in said if day] or [span.valid_from for span in spans]
    return min(days)


def _primary_mode(modes: list[str], spans: list[MemberSpan]) -> str | None:
    """Return the mode of most members.

    Core + new school asks for a new school on every day (AK-3.2.1); a roll with days
    between two of them leaves the mode of the group to be confirmed.
    """
    mode = max(modes, key=modes.count) if modes else None
    if mode != CORE_NEW:
        return mode
    news = sorted(
        (s.valid_from, s.valid_to or NEVER) for s in spans if s.mode_id == CORE_NEW
    )
    reached = news[0][0]
    for start, end in news:
        if start > reached:
            return None
        reached = max(reached, end)
    lasts = max(s.valid_to or NEVER for s in spans)
    return mode if reached >= lasts else None


def _facts(rows: list[Any], spans: list[MemberSpan]) -> dict[str, Any]:
    """Return what the rows say about the group itself."""
    first = rows[0].data
    leads = [span.school for span in spans if span.role == Role.LEAD]
    anyone = leads[0] if leads else spans[0].school
    modes = [r.data["mode_id"] for r in rows if r.data.get("mode_id")]
    ends = [span.valid_to for span in spans]
    facts = {
        "name": first["group_name"],
        "code": first.get("group_code", ""),
        "region": anyone.administered_by,
        "group_type": first["group_type"],
        "primary_mode_id": _primary_mode(modes, spans),
        "founded_on": _founding_day(rows, spans),
        "founding_document": first.get("document_number", ""),
        "dissolved_on": max(e for e in ends if e) if leads and all(ends) else None,
    }
    for name in ("closeness", "formation_basis"):
        if first.get(name):
            facts[name] = first[name]
    return facts
