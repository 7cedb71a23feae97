"""Who holds the ball: what each open case still lacks, and for whom it waits."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from bureau.models import Department
from core.models import Opinion
from groups.choices import TaskKind, TaskState
from groups.models import CaseLine, CaseTask, GroupCase
from groups.permissions import OPINION_KINDS
from schools.models import School


def _count(rows: QuerySet[Any], key: str) -> Coalesce:
    """Count the rows of a correlated queryset; none is 0."""
    counted = rows.order_by().values(key).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def with_waiting(cases: QuerySet[Any]) -> QuerySet[Any]:
    """Add line_count, consent_count, asked_count, opinion_count and open_checks.

    Set-based, so that a list, a board or an inbox asks once for all its cases.
    """
    kinds = ContentType.objects.get_for_models(GroupCase, School, Department)
    about = Opinion.objects.filter(
        subject_type=kinds[GroupCase], subject_id=OuterRef("pk")
    )
    consents = about.filter(kind=Opinion.Kind.CONSENT)
    opinions = about.filter(unit_type=kinds[Department])
    asked = Department.objects.filter(
        region=OuterRef("region"), kind__in=OPINION_KINDS, removed_at__isnull=True
    )
    checks = CaseTask.objects.filter(
        case=OuterRef("pk"), kind=TaskKind.COMPLIANCE, is_blocking=True
    ).exclude(state=TaskState.PASSED)
    counted: QuerySet[Any] = cases.annotate(
        line_count=_count(CaseLine.objects.filter(case=OuterRef("pk")), "case"),
        consent_count=_count(consents, "subject_id"),
        asked_count=_count(asked, "region"),
        opinion_count=_count(opinions, "subject_id"),
        open_checks=_count(checks, "case"),
    )
    return counted
