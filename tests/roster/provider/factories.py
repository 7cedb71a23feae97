"""A small world of two counties, with one of everything that rosters show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import ImpactAssessment
from bureau.models import ApiClient
from bureau.services import create_client, ensure_year
from roster.models import Enrolment, Pupil, PupilRoster
from roster.provider.declaring import V1P2
from schools.models import Course
from tests.accounts.factories import UserFactory
from tests.bureau.factories import CityFactory, CountyFactory, DepartmentFactory
from tests.personnel.factories import TeacherFactory
from tests.schools.factories import ClassSectionFactory, SchoolFactory

ALL = [
    V1P2.scopes + name
    for name in (
        "roster-core.readonly",
        "roster.readonly",
        "roster-demographics.readonly",
    )
]
ROOT = V1P2.prefix


def switch_on_pupils(region: Any) -> None:
    """Let a region keep the minimal roster of pupils."""
    user = UserFactory()
    assessment = ImpactAssessment.objects.create(
        title="最小名册",
        conclusion="可行",
        decided_on=date(2025, 9, 1),
        decided_by=user,
    )
    PupilRoster.objects.create(
        region=region,
        assessment=assessment,
        switched_on_by=user,
        valid_from=date(2025, 9, 1),
    )


def pupil(school: Any, name: tuple[str, str] = ("王", "小明"), **more: Any) -> Pupil:
    """Add a pupil of the first grade."""
    values = {"stage": "PRIMARY", "grade": 1, **more}
    return Pupil.objects.create(
        school=school,
        region=school.administered_by,
        family_name=name[0],
        given_name=name[1],
        **values,
    )


def enrol(section: Any, person: Any, role: str = "", **more: Any) -> Enrolment:
    """Put a teacher or a pupil into a class."""
    is_pupil = isinstance(person, Pupil)
    return Enrolment.objects.create(
        section=section,
        region=section.school.administered_by,
        pupil=person if is_pupil else None,
        teacher=None if is_pupil else person,
        role=role or ("student" if is_pupil else "teacher"),
        **more,
    )


@dataclass
class Place:
    """A county with a school and what stands in it."""

    county: Any
    school: Any
    course: Any
    section: Any
    taught: Any
    teacher: Any
    pupil: Any
    enrolments: list[Any]


def place(county: Any, year: Any, pupils: bool = True) -> Place:
    """Fill a county."""
    school = SchoolFactory(region=county)
    DepartmentFactory(region=county)
    course = Course.objects.create(
        region=county,
        school=school,
        title="数学",
        code="MATH-1",
        year=year,
        grades=["01"],
        subjects=["数学"],
        subject_codes=["SX"],
    )
    section = ClassSectionFactory(school=school, year=year, number=1)
    taught = ClassSectionFactory(school=school, year=year, number=2, course=course)
    teacher = TeacherFactory(
        school=school,
        name="欧阳晓燕",
        staff_no="T001",
        subject="MATHS",
        entered_on=date(2015, 9, 1),
        birth_year=1985,
    )
    enrolments = [
        enrol(section, teacher, is_primary=True, begins_on=date(2025, 9, 1)),
        enrol(taught, teacher, role="aide"),
    ]
    child = None
    if pupils:
        switch_on_pupils(county)
        child = pupil(school)
        enrolments.append(enrol(section, child, ends_on=date(2026, 7, 10)))
    return Place(county, school, course, section, taught, teacher, child, enrolments)


@dataclass
class World:
    """A city with two counties, and a program of each."""

    city: Any
    year: Any
    here: Place
    there: Place


def world() -> World:
    """Make two counties of one city."""
    with transaction.atomic():
        city = CityFactory()
        year = ensure_year(2025)
        here = place(CountyFactory(parent=city), year)
        there = place(CountyFactory(parent=city), year)
    return World(city, year, here, there)


def token(client: Any, region: Any, scopes: list[str] | None = None) -> dict[str, str]:
    """Register a program and return the header of its token."""
    made, secret = create_client(
        f"程序{ApiClient.objects.count()}", region, ALL if scopes is None else scopes
    )
    answer = client.post(
        "/oauth/token",
        {
            "grant_type": "client_credentials",
            "client_id": made.client_id,
            "client_secret": secret,
        },
    )
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}
