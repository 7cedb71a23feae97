"""Open, change, submit, take in, return and withdraw cases."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from bureau.authority import answers_for
from core.days import today
from core.models import Opinion
from core.notify import notify
from core.transitions import MoveRefused, move
from core.verdict import Verdict
from groups.audience import applicants, holders
from groups.choices import CaseKind, FormationBasis, Role, TaskKind
from groups.models import CaseLine, CaseTask, GroupCase, TaskTemplate
from groups.permissions import can_change_case, can_open_case
from schools.models import School

Line = Mapping[str, Any]
"""One line as pages and the API give it: school, role, mode, join_form, note."""
PROFILE = (
    "name",
    "group_type",
    "primary_mode",
    "closeness",
    "operation_form",
    "bond_type",
    "formation_basis",
    "ownership",
    "vision",
    "grounds",
    "planned_on",
)
VOIDING = ("name", "group_type", "closeness")
"""A school consented to these; when one changes, consents are asked again."""


def require(verdict: Verdict) -> None:
    """Raise MoveRefused when the answer is no."""
    if not verdict:
        raise MoveRefused(verdict)


@transaction.atomic
def open_case(*, by: Any, lines: Iterable[Line] = (), **profile: Any) -> GroupCase:
    """Open a formation as a draft with its lines and its readiness checklist.

    The region is that of the lead school unless ``region`` is given. Voluntary and
    mixed groups are opened by the lead's principal or the bureau, led ones by the
    bureau (AK-1.2.2).
    """
    listed = list(lines)
    lead = next((x["school"] for x in listed if x.get("role") == Role.LEAD), None)
    region = profile.pop("region", None) or (lead.administered_by if lead else None)
    if region is None:
        raise ValidationError(_("请指定龙头学校"), code="lead")
    require(can_open_case(by, region, lead.pk if lead else None))
    case = GroupCase(
        kind=CaseKind.FORMATION,
        region=region,
        opened_by=by,
        opened_on=today(),
        **{name: profile[name] for name in PROFILE if name in profile},
    )
    _check_basis(case, by)
    case.full_clean()
    case.save()
    _write_lines(case, listed)
    add_tasks(case, TaskKind.READINESS)
    record("groups.open_case", case, by=by)
    return case


def _check_basis(case: GroupCase, by: Any) -> None:
    if case.formation_basis == FormationBasis.ADMIN_LED and not answers_for(
        by, "groups.add_groupcase", case.region
    ):
        raise ValidationError(
            {"formation_basis": _("行政主导组合由教育行政部门发起（AK-1.2.2）")}
        )


def add_tasks(case: GroupCase, kind: str) -> None:
    """Open the checklist of one kind, the templates of today in their last version."""
    templates = TaskTemplate.objects.filter(
        case_kind=case.kind, kind=kind, is_retired=False
    )
    standing = set(case.tasks.values_list("template", flat=True))
    CaseTask.objects.bulk_create(
        CaseTask(
            case=case,
            template=template,
            kind=kind,
            title=template.title,
            clause=template.clause,
            is_blocking=template.is_blocking,
            position=template.position,
        )
        for template in templates
        if template.pk not in standing
    )


@transaction.atomic
def change_case(
    case: GroupCase, *, by: Any, lines: Iterable[Line] | None = None, **profile: Any
) -> GroupCase:
    """Change a draft; a school whose terms change is asked for its consent again."""
    case = GroupCase.objects.select_for_update(of=("self",), no_key=True).get(
        pk=case.pk
    )
    require(can_change_case(by, case))
    before = {name: getattr(case, name) for name in VOIDING}
    for name in PROFILE:
        if name in profile:
            setattr(case, name, profile[name])
    _check_basis(case, by)
    case.full_clean()
    case.save()
    terms = _terms(case)
    if lines is not None:
        _write_lines(case, list(lines))
    if any(getattr(case, name) != before[name] for name in VOIDING):
        terms = {}
    _void_consents(case, terms, by)
    record("groups.change_case", case, by=by)
    return case


def _terms(case: GroupCase) -> dict[int, tuple[Any, ...]]:
    rows = case.lines.values_list("school", "role", "mode", "join_form")
    return {school: rest for school, *rest in rows}  # type: ignore[misc]


def _void_consents(
    case: GroupCase, before: dict[int, tuple[Any, ...]], by: Any
) -> None:
    now = _terms(case)
    kept = [school for school, terms in now.items() if before.get(school) == terms]
    void = (
        Opinion.objects.about(case)
        .filter(kind=Opinion.Kind.CONSENT)
        .exclude(unit_id__in=kept)
    )
    for opinion in void:
        record(
            "groups.void_consent",
            case,
            by=by,
            data={"unit": opinion.unit_label, "verdict": opinion.verdict},
        )
    void.delete()


def _write_lines(case: GroupCase, lines: list[Line]) -> None:
    """Replace the lines that differ, and note whether they cross counties."""
    wanted = {line["school"].pk: line for line in lines}
    if len(wanted) < len(lines):
        raise ValidationError(_("名单中有重复的学校"), code="duplicate")
    case.lines.exclude(school__in=wanted).delete()
    standing = {row.school_id: row for row in case.lines.all()}
    ordered = sorted(wanted.items(), key=lambda pair: pair[1].get("role") == Role.LEAD)
    for school_id, line in ordered:
        row = standing.get(school_id) or CaseLine(case=case, school_id=school_id)
        _fill(row, line)
    _note_crossing(case)


def _fill(row: CaseLine, line: Line) -> None:
    row.role = line.get("role") or Role.MEMBER
    is_lead = row.role == Role.LEAD
    row.mode = None if is_lead else line.get("mode") or row.case.primary_mode
    row.join_form = "" if is_lead else line.get("join_form") or ""
    row.note = line.get("note") or ""
    row.full_clean()
    row.save()


def _note_crossing(case: GroupCase) -> None:
    regions = School.objects.filter(case_lines__case=case)
    case.is_cross_region = regions.values("administered_by").distinct().count() > 1
    case.save(update_fields=["is_cross_region"])


def submit_case(case: GroupCase, *, by: Any, reason: str = "") -> GroupCase:
    """Submit a formation; the mode validator, plan, readiness and consents guard it."""
    with transaction.atomic():
        case = move(
            case, "submit", by=by, reason=reason, submitted_by=by, submitted_on=today()
        )
        _tell(
            holders("groups.review_groupcase", region=case.region),
            case,
            _("“%s”组建申请待受理") % case.name,
        )
        return case


def _tell(users: Iterable[Any], case: GroupCase, title: str, body: str = "") -> None:
    notify(users, title, url=case.get_absolute_url(), body=body)


def review_case(case: GroupCase, *, by: Any, reason: str = "") -> GroupCase:
    """Take a case in: compliance checklist, and opinions of the departments."""
    with transaction.atomic():
        case = move(
            case, "review", by=by, reason=reason, reviewed_by=by, review_from=today()
        )
        add_tasks(case, TaskKind.COMPLIANCE)
        roles = ("DEPT_ESTABLISHMENT", "DEPT_HR", "DEPT_FINANCE")
        _tell(
            holders("groups.opine_groupcase", region=case.region, roles=roles),
            case,
            _("请对“%s”组建事项出具部门意见") % case.name,
        )
        _tell(applicants(case), case, _("“%s”组建申请已受理") % case.name)
        return case


def return_case(case: GroupCase, *, by: Any, reason: str) -> GroupCase:
    """Send a case back to its applicant with the reason."""
    with transaction.atomic():
        told = applicants(case)
        case = move(case, "return", by=by, reason=reason, returned_because=reason)
        _tell(told, case, _("“%s”组建申请被退回修改") % case.name, reason)
        return case


def withdraw_case(case: GroupCase, *, by: Any, reason: str) -> GroupCase:
    """Take a case back before it is reviewed; it stays on record."""
    with transaction.atomic():
        case = move(case, "withdraw", by=by, reason=reason, closed_on=today())
        schools = [line.school for line in case.lines.select_related("school")]
        _tell(
            holders("groups.consent_groupcase", schools=schools),
            case,
            _("“%s”组建申请已撤回") % case.name,
            reason,
        )
        return case
