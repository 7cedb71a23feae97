"""What waits for whom: consents, opinions, cases to take in, papers, filings."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from bureau.authority import regions_answered
from bureau.models import Department, Region
from bureau.parameters import parameter
from core.access import grants_of, scope_ids
from core.days import today
from core.models import Opinion
from core.registries import InboxItem, InboxSource, inbox
from groups.choices import (
    CASE_OPEN,
    CaseState,
    DocumentState,
    FormationBasis,
    GroupState,
    TaskKind,
    TaskState,
)
from groups.models import CaseLine, CaseTask, Document, EducationGroup, GroupCase
from groups.permissions import DEPARTMENT_ROLES, schools_to_consent
from groups.waiting import with_waiting

LIMIT = 50


def _regions(user: Any, permission: str) -> QuerySet[Region] | None:
    ids = scope_ids(user, "bureau.region", permission)
    return regions_answered(user, permission) if ids else None


def _url(case: GroupCase, tab: str = "") -> str:
    url = reverse("groups:case-detail", args=[case.pk])
    return f"{url}?tab={tab}" if tab else url


def silent_lines(schools: Iterable[int]) -> QuerySet[Any]:
    """Return the lines of open cases whose school (among these) has not spoken."""
    said = Opinion.objects.filter(
        subject_type=ContentType.objects.get_for_model(GroupCase),
        subject_id=OuterRef("case"),
        kind=Opinion.Kind.CONSENT,
        unit_id=OuterRef("school"),
    )
    rows = CaseLine.objects.filter(school__in=list(schools), case__state__in=CASE_OPEN)
    return rows.exclude(Exists(said)).select_related("case", "school")


def consents(user: Any) -> list[InboxItem]:
    """Cases in which the user's school should say whether it joins."""
    schools = schools_to_consent(user)
    if not schools:
        return []
    return [
        InboxItem(
            title=_("“%s”征求本校意愿") % line.case.name,
            url=reverse("groups:case-consent", args=[line.case_id, line.school_id]),
            source=str(line.school),
            since=line.case.opened_on,
            action=_("填写意愿"),
        )
        for line in silent_lines(schools)[:LIMIT]
    ]


def _spoken_for(user: Any) -> list[Department]:
    """The departments the user speaks for."""
    day, kinds = today(), {role: kind for kind, role in DEPARTMENT_ROLES.items()}
    wanted = Q(pk__in=[])
    for grant in grants_of(user):
        if grant.is_live(day) and grant.role in kinds and grant.scope_id:
            below = Region.objects.under_ids([grant.scope_id])
            wanted |= Q(kind=kinds[grant.role], region__in=below)
    if not wanted.children:
        return []
    return list(Department.objects.filter(wanted, removed_at__isnull=True))


def opinions(user: Any) -> list[InboxItem]:
    """Cases under review on which the user's department has not spoken."""
    if not scope_ids(user, "bureau.region", "groups.opine_groupcase"):
        return []
    departments = {d.region_id: d for d in _spoken_for(user)}
    said = Opinion.objects.filter(
        subject_type=ContentType.objects.get_for_model(GroupCase),
        subject_id=OuterRef("pk"),
        unit_type=ContentType.objects.get_for_model(Department),
        unit_id__in=[d.pk for d in departments.values()],
    )
    cases = GroupCase.objects.filter(
        state=CaseState.UNDER_REVIEW, region__in=list(departments)
    ).exclude(Exists(said))
    return [
        InboxItem(
            title=_("请对“%s”出具部门意见") % case.name,
            url=reverse(
                "groups:case-opinion", args=[case.pk, departments[case.region_id].pk]
            ),
            source=str(case.region),
            since=case.review_from or case.opened_on,
            action=_("填写意见"),
        )
        for case in cases.select_related("region")[:LIMIT]
    ]


def reviews(user: Any) -> list[InboxItem]:
    """Submitted cases to take in."""
    regions = _regions(user, "groups.review_groupcase")
    if regions is None:
        return []
    cases = GroupCase.objects.filter(state=CaseState.SUBMITTED, region__in=regions)
    return [
        InboxItem(
            title=_("“%s”组建申请待受理") % case.name,
            url=_url(case),
            source=str(case.submitted_by or ""),
            since=case.submitted_on or case.opened_on,
            action=_("受理"),
        )
        for case in cases.select_related("submitted_by")[:LIMIT]
    ]


def checks(user: Any) -> list[InboxItem]:
    """Cases whose compliance checks are open."""
    regions = _regions(user, "groups.review_groupcase")
    if regions is None:
        return []
    cases = with_waiting(
        GroupCase.objects.filter(state=CaseState.UNDER_REVIEW, region__in=regions)
    ).filter(open_checks__gt=0)
    return [
        InboxItem(
            title=_("“%(name)s”合规审查还有 %(n)d 项")
            % {"name": case.name, "n": case.open_checks},
            url=_url(case, "tasks"),
            source=str(case.region),
            since=case.review_from or case.opened_on,
            action=_("审查"),
        )
        for case in cases.select_related("region")[:LIMIT]
    ]


def decisions(user: Any) -> list[InboxItem]:
    """Cases with everything a decision needs."""
    regions = _regions(user, "groups.decide_groupcase")
    if regions is None:
        return []
    cases = with_waiting(
        GroupCase.objects.filter(state=CaseState.UNDER_REVIEW, region__in=regions)
    ).filter(
        open_checks=0,
        opinion_count__gte=F("asked_count"),
        consent_count__gte=F("line_count"),
    )
    cases = cases.exclude(submitted_by=user.pk)
    cases = cases.filter(Q(is_cross_region=False) | city_has_agreed())
    return [
        InboxItem(
            title=_("“%s”待领导小组决定") % case.name,
            url=_url(case, "decisions"),
            source=str(case.region),
            since=case.review_from or case.opened_on,
            action=_("决定"),
        )
        for case in cases.select_related("region")[:LIMIT]
    ]


def _city_words() -> QuerySet[Opinion]:
    return Opinion.objects.filter(
        subject_type=ContentType.objects.get_for_model(GroupCase),
        subject_id=OuterRef("pk"),
        unit_type=ContentType.objects.get_for_model(Region),
    )


def city_has_agreed() -> Exists:
    """Return the condition that the city has agreed to a cross-region case."""
    return Exists(_city_words().exclude(verdict=Opinion.Verdict.DISAGREE))


def city_opinions(user: Any) -> list[InboxItem]:
    """Cross-region cases on which the city has not spoken (AK-3.1.2)."""
    regions = _regions(user, "groups.approve_crossregion")
    if regions is None:
        return []
    cases = GroupCase.objects.filter(
        ~Exists(_city_words()),
        state=CaseState.UNDER_REVIEW,
        is_cross_region=True,
        region__in=regions,
    )
    return [
        InboxItem(
            title=_("“%s”待市级意见") % case.name,
            url=reverse("groups:case-city-opinion", args=[case.pk]),
            source=str(case.region),
            since=case.review_from or case.opened_on,
            action=_("填写意见"),
        )
        for case in cases.select_related("region")[:LIMIT]
    ]


def returned(user: Any) -> list[InboxItem]:
    """Drafts of the user: sent back, or with every consent there."""
    cases = with_waiting(
        GroupCase.objects.filter(state=CaseState.DRAFT).filter(
            Q(opened_by=user.pk) | Q(submitted_by=user.pk)
        )
    ).filter(
        ~Q(returned_because="")
        | Q(consent_count__gte=F("line_count"))
        | Q(formation_basis=FormationBasis.ADMIN_LED)
    )
    return [
        InboxItem(
            title=_("“%s”被退回修改") % case.name
            if case.returned_because
            else _("“%s”可以提交") % case.name,
            url=_url(case),
            source=str(case.region),
            since=case.opened_on,
            action=_("修改") if case.returned_because else _("查看"),
        )
        for case in cases.select_related("region")[:LIMIT]
    ]


def conditions(user: Any) -> list[InboxItem]:
    """Conditions of approvals that are not met yet, with their deadlines."""
    regions = _regions(user, "groups.review_groupcase")
    groups = scope_ids(user, "groups.educationgroup", "groups.change_document")
    if regions is None and not groups:
        return []
    mine = Q(case__group__in=groups)
    if regions is not None:
        mine |= Q(case__region__in=regions)
    tasks = CaseTask.objects.filter(mine, kind=TaskKind.CONDITION).exclude(
        state=TaskState.PASSED
    )
    return [
        InboxItem(
            title=_("批准条件：%s") % task.title,
            url=_url(task.case, "tasks"),
            source=task.case.name,
            since=task.case.closed_on or task.case.opened_on,
            due=task.due_on,
            action=_("核实"),
        )
        for task in tasks.select_related("case").order_by("due_on")[:LIMIT]
    ]


def papers(user: Any) -> list[InboxItem]:
    """Documents to put on file."""
    regions = _regions(user, "groups.file_document")
    if regions is None:
        return []
    rows = Document.objects.waiting().filter(group__region__in=regions)
    rows = rows.exclude(submitted_by=user.pk).select_related("group")
    return [
        InboxItem(
            title=_("“%s”待备案") % document.title,
            url=document.get_absolute_url(),
            source=str(document.group),
            since=document.submitted_on or today(),
            action=_("备案"),
        )
        for document in rows[:LIMIT]
    ]


def pilots(user: Any) -> list[InboxItem]:
    """Approved groups whose pilot has not begun."""
    regions = _regions(user, "groups.pilot_educationgroup")
    if regions is None:
        return []
    groups = EducationGroup.objects.filter(
        state=GroupState.APPROVED, region__in=regions, founded_on__lte=today()
    )
    return [
        InboxItem(
            title=_("“%s”已批准，待开始试点") % group.name,
            url=group.get_absolute_url(),
            source=group.founding_document,
            since=group.founded_on,
            action=_("开始试点"),
        )
        for group in groups[:LIMIT]
    ]


def filings(user: Any) -> list[InboxItem]:
    """Groups to be put on file with the city (AK-1.3.1)."""
    ids = scope_ids(user, "bureau.region", "groups.file_educationgroup")
    if not ids:
        return []
    groups = EducationGroup.objects.filter(
        city_filed_on__isnull=True,
        is_registered=False,
        region__in=Region.objects.under_ids(ids).exclude(pk__in=ids),
    ).exclude(state=GroupState.DISSOLVED)
    return [
        InboxItem(
            title=_("“%s”待市级备案") % group.name,
            url=reverse("groups:group-file", args=[group.pk]),
            source=str(group.region),
            since=group.founded_on,
            due=_filing_day(group),
            action=_("备案"),
        )
        for group in groups.select_related("region").prefetch_related("cases")[:LIMIT]
    ]


def _filing_day(group: EducationGroup) -> date:
    closed = [case.closed_on for case in group.cases.all() if case.closed_on]
    days = int(parameter("group.filing_days", group.region))
    return (min(closed) if closed else group.founded_on) + timedelta(days=days)


def sent_cases(user: Any) -> list[InboxItem]:
    """Cases that the user sent and that wait for somebody else."""
    cases = with_waiting(
        GroupCase.objects.filter(
            submitted_by=user.pk,
            state__in=[CaseState.SUBMITTED, CaseState.UNDER_REVIEW],
        )
    )
    return [
        InboxItem(
            title=_("“%s”组建申请") % case.name,
            url=_url(case),
            source=str(case.region),
            since=case.submitted_on or case.opened_on,
            waiting_on=case.waiting_on,
        )
        for case in cases.select_related("region")[:LIMIT]
    ]


def sent_papers(user: Any) -> list[InboxItem]:
    """Documents that the user handed in and that wait to be filed."""
    rows = Document.objects.filter(
        submitted_by=user.pk, state=DocumentState.SUBMITTED
    ).select_related("group")
    return [
        InboxItem(
            title=document.title,
            url=document.get_absolute_url(),
            source=str(document.group),
            since=document.submitted_on or today(),
            waiting_on=_("教育行政部门备案"),
        )
        for document in rows[:LIMIT]
    ]


def _nothing(user: Any) -> list[InboxItem]:
    return []


def _register(
    name: str,
    waiting: Callable[[Any], list[InboxItem]],
    sent: Callable[[Any], list[InboxItem]] = _nothing,
) -> None:
    inbox.register(f"groups.{name}", InboxSource(waiting=waiting, sent=sent))


_register("consents", consents)
_register("opinions", opinions)
_register("reviews", reviews)
_register("checks", checks)
_register("city_opinions", city_opinions)
_register("decisions", decisions, sent_cases)
_register("returned", returned)
_register("conditions", conditions)
_register("papers", papers, sent_papers)
_register("pilots", pilots)
_register("filings", filings)
