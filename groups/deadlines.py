"""The day by which a group files its work plan of the year (BN-4.2.4)."""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from bureau.models import AcademicYear
from bureau.parameters import parameter
from core.access import scope_ids
from core.days import today
from core.registries import DueItem, deadlines
from groups.choices import DocumentKind
from groups.models import Document, EducationGroup, Membership


def work_plans(user: Any) -> list[DueItem]:
    """Return the work plans that the user's groups have not filed yet."""
    groups = scope_ids(user, "groups.educationgroup", "groups.submit_document")
    schools = scope_ids(user, "schools.school", "groups.submit_document")
    if not (groups or schools):
        return []
    year = AcademicYear.objects.current()
    if year is None:
        return []
    led = Membership.objects.on().leads().filter(school__in=schools)
    filed = Document.objects.filter(
        group=OuterRef("pk"),
        kind=DocumentKind.WORK_PLAN,
        year=year,
        filed_on__isnull=False,
    )
    rows = EducationGroup.objects.operating_on(today()).filter(
        Q(pk__in=groups) | Q(pk__in=led.values("group"))
    )
    rows = rows.exclude(Exists(filed)).select_related("region")
    return [_item(group, year) for group in rows]


def _item(group: EducationGroup, year: AcademicYear) -> DueItem:
    month, day = parameter("work_plan_due", group.region).split("-")
    return DueItem(
        title=_("“%(group)s” %(year)s 学年工作计划")
        % {"group": group.label, "year": year.code},
        due=year.starts_on.replace(month=int(month), day=int(day)),
        url=reverse("groups:document-create", args=[group.pk, DocumentKind.WORK_PLAN]),
        clause="BN-4.2.4",
    )


deadlines.register("groups.work_plans", work_plans)
