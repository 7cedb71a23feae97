"""Write the membership spine: admit, end, and what a school looked like at joining."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max

from audit.services import record
from bureau.parameters import parameter
from groups.categories import categories_of
from groups.choices import Closeness, Role
from groups.models import CaseLine, EducationGroup, Membership
from schools.metrics.baseline import baselines_of
from schools.models import SchoolReturn

BASELINE_FIGURES = (
    "students",
    "classes",
    "class_56_65",
    "class_ge66",
    "seats",
    "staff",
    "full_time",
    "above_degree",
    "backbone",
    "out_of_zone",
    "new_intake",
)


@dataclass(frozen=True)
class MemberSpan:
    """One school's part in a group for a span of days, as it is asked for."""

    school: Any
    role: str
    valid_from: date
    mode_id: str | None = None
    join_form: str = ""
    valid_to: date | None = None
    document_number: str = ""
    ended_because: str = ""


def baseline_of(schools: Iterable[Any], day: date) -> dict[int, dict[str, Any]]:
    """Return school id → what it was on the day (BN-3.1).

    The keys of ``schools.metrics.baseline`` (read by the growth metrics) and
    ``stages``: the last confirmed figures of each stage. An empty ``stages`` says that
    the school had returned nothing yet.
    """
    listed = list(schools)
    known = baselines_of(listed, day)
    rows = SchoolReturn.objects.confirmed().filter(
        school__in=listed, year__starts_on__lte=day
    )
    latest = dict(
        rows.order_by().values_list("school").annotate(last=Max("year__starts_on"))
    )
    found: dict[int, dict[str, Any]] = {
        s.pk: {**known[s.pk], "stages": {}} for s in listed
    }
    for row in rows.select_related("year"):
        if row.year.starts_on != latest[row.school_id]:
            continue
        found[row.school_id]["year"] = row.year.code
        found[row.school_id]["stages"][row.stage] = {
            name: getattr(row, name) for name in BASELINE_FIGURES
        }
    return found


def is_exclusive(group: EducationGroup, role: str, day: date) -> bool:
    """Tell whether a school in this role may belong to no other group (BN-4.3.9)."""
    if role == Role.COOPERATING:
        return False
    if role == Role.LEAD and group.closeness != Closeness.TIGHT:
        return False
    return bool(parameter("membership.exclusive", group.region, day))


def admit(
    group: EducationGroup, spans: Iterable[MemberSpan], *, decision: Any = None
) -> list[Membership]:
    """Write memberships with what each school was at joining.

    Called only by the verbs that make a decision take effect or register a group.
    """
    listed = list(spans)
    built: list[Membership] = []
    for day in sorted({span.valid_from for span in listed}):
        built += _built(group, [s for s in listed if s.valid_from == day], decision)
    return [_saved(row) for row in built]


def _built(
    group: EducationGroup, spans: list[MemberSpan], decision: Any
) -> list[Membership]:
    day, schools = spans[0].valid_from, [span.school for span in spans]
    categories = categories_of(schools, day, group.region)
    baselines = baseline_of(schools, day)
    return [
        Membership(
            group=group,
            group_type=group.group_type,
            school=span.school,
            school_ownership=span.school.ownership,
            role=span.role,
            mode_id=span.mode_id or None,
            join_form=span.join_form,
            is_exclusive=is_exclusive(group, span.role, day),
            category_at_join=categories[span.school.pk],
            baseline=baselines[span.school.pk],
            decision=decision,
            document_number=span.document_number,
            valid_from=span.valid_from,
            valid_to=span.valid_to,
            ended_because=span.ended_because,
        )
        for span in spans
    ]


def _saved(row: Membership) -> Membership:
    row.full_clean(exclude=["group_type", "school_ownership"])
    row.save()
    return row


def end_all(group: EducationGroup, day: date, *, by: Any, reason: str) -> int:
    """End every membership on the day; what would begin later never begins."""
    ended = 0
    for row in group.memberships.select_for_update().during(day, None):
        if row.valid_from >= day:
            record("groups.cancel_membership", row, by=by, reason=reason)
            CaseLine.objects.filter(membership=row).update(membership=None)
            row.delete()
            continue
        row.valid_to = day
        row.ended_because = reason[:200]
        row.save(update_fields=["valid_to", "ended_because"])
        record("groups.end_membership", row, by=by, reason=reason)
        ended += 1
    return ended
