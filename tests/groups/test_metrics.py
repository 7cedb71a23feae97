"""The figures of groups, each against a count made by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.metrics import GROUP, REGION, SCHOOL, Period, compute
from groups.models import Document
from schools.metrics.subjects import pairs_sql
from tests.bureau.factories import AcademicYearFactory, CountyFactory
from tests.groups.factories import (
    Bureau,
    join,
    papers_on_file,
    standing_group,
    today,
)
from tests.schools.factories import FullReturnFactory

YEAR = Period("2024-2025", date(2024, 9, 1), date(2025, 9, 1), date(2024, 9, 1))


def value(key: str, kind: str, subject: Any, bureau: Bureau, period: Any = YEAR) -> Any:
    found = compute(key, kind, [subject.pk], period, bureau.county)[subject.pk]
    return found.value


def test_groups_are_counted_by_their_state_of_the_day(bureau: Bureau) -> None:
    from groups.services import suspend_group

    group = standing_group(bureau.county)
    standing_group(CountyFactory(parent=bureau.city))
    suspend_group(group, by=bureau.person("DISTRICT_EDU"), reason="整顿")
    now = Period("now", today(), today(), today())

    assert value("groups.group_count", REGION, bureau.county, bureau) == 1
    assert value("groups.group_count", REGION, bureau.city, bureau) == 2
    assert value("groups.group_count", REGION, bureau.county, bureau, now) == 0


def test_schools_in_groups_and_their_share(bureau: Bureau) -> None:
    group = standing_group(bureau.county, members=2)
    join(group, bureau.school(), end=date(2024, 1, 1))

    assert value("groups.member_school_count", GROUP, group, bureau) == 3
    assert value("groups.member_school_count", REGION, bureau.county, bureau) == 3
    share = value("groups.school_coverage_ratio", REGION, bureau.county, bureau)
    assert share == Decimal(3) / 4


def test_pupils_in_groups(bureau: Bureau) -> None:
    year = AcademicYearFactory(first=2024)
    group = standing_group(bureau.county, members=0)
    lead = group.memberships.get().school
    FullReturnFactory(school=lead, year=year, students=300)
    FullReturnFactory(school=bureau.school(), year=year, students=100)

    share = value("groups.pupil_coverage_ratio", REGION, bureau.county, bureau)

    assert share == Decimal("0.75")


@pytest.mark.clause("BN-3.1")
def test_members_of_a_years_standing(bureau: Bureau) -> None:
    group = standing_group(bureau.county, members=1)
    old = group.memberships.members().get().school
    lead = group.memberships.leads().get().school
    young = join(group, bureau.school(), start=date(2024, 3, 1)).school

    assert value("groups.tenured_member_count", GROUP, group, bureau) == 1
    key = "groups.tenured_member_count"
    assert [value(key, SCHOOL, s, bureau) for s in (old, lead, young)] == [1, 1, 0]


@pytest.mark.clause("BN-4.2.4")
def test_papers_in_force(bureau: Bureau) -> None:
    group = standing_group(bureau.county)
    now = Period("now", today(), today(), today())
    keys = ("groups.charter_effective", "groups.development_plan_current")

    assert [value(k, GROUP, group, bureau) for k in keys] == [0, 0]
    papers_on_file(bureau, group)
    assert [value(k, GROUP, group, bureau, now) for k in keys] == [1, 1]
    assert value(keys[0], GROUP, group, bureau) == 0


@pytest.mark.clause("BN-4.2.4")
@pytest.mark.parametrize(
    ("filed", "expected"), [(date(2024, 9, 30), 1), (date(2024, 10, 1), 0), (None, 0)]
)
def test_a_work_plan_counts_when_filed_by_its_day(
    bureau: Bureau, filed: date | None, expected: int
) -> None:
    group = standing_group(bureau.county)
    Document.objects.create(
        group=group,
        kind="WORK_PLAN",
        title="计划",
        year=AcademicYearFactory(first=2024),
        filed_on=filed,
    )

    assert value("groups.work_plan_on_time", GROUP, group, bureau) == expected


def test_a_formation_plan_counts_once_its_case_is_approved(bureau: Bureau) -> None:
    from tests.groups.test_formation import approve, under_review

    group = approve(bureau, under_review(bureau)).group
    other = standing_group(bureau.county)

    assert value("groups.formation_plan_approved", GROUP, group, bureau) == 1
    assert value("groups.formation_plan_approved", GROUP, other, bureau) == 0


def test_the_schools_of_a_group_are_handed_to_the_metrics_of_schools(
    bureau: Bureau,
) -> None:
    from django.db import connection

    group = standing_group(bureau.county, members=2)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT school_id, is_lead FROM ({pairs_sql(GROUP)}) p",
            {"ids": [group.pk], "day": YEAR.day},
        )
        rows = dict(cursor.fetchall())

    assert len(rows) == 3 and sum(rows.values()) == 1
