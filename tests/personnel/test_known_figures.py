"""A return begins with what the register of teachers knows of its school."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from personnel.known_figures import staff_of
from schools.models import SchoolStage
from schools.prefill import prefilled
from schools.services import open_return, open_returns
from tests.personnel.factories import TeacherFactory
from tests.schools.factories import (
    ClassSectionFactory,
    FullReturnFactory,
    SchoolFactory,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 1)


def of(school: Any) -> dict[tuple[int, str], dict[str, int]]:
    return staff_of([school.pk], DAY)


def test_staff_are_counted_by_what_they_teach_and_by_degree(world: Any) -> None:
    school = world.here.school
    for subject, degree in (
        ("SPORT", "BACHELOR"),
        ("MUSIC", "BELOW"),
        ("MATHS", "COLLEGE"),
        ("NONE", "BELOW"),
    ):
        TeacherFactory(school=school, subject=subject, degree=degree)
    left = {"status": "LEFT", "left_on": date(2026, 9, 1), "leave_reason": "MOVED"}
    TeacherFactory(school=school, subject="MATHS", degree="MASTER", **left)
    TeacherFactory(school=school, removed_at="2026-05-01T00:00:00Z")
    TeacherFactory(school=school, entered_on=date(2026, 9, 2))

    assert of(school) == {
        (school.pk, "PRIMARY"): {
            "staff": 4,
            "full_time": 3,
            "pe_arts": 2,
            "above_degree": 2,
        }
    }


def test_a_figure_is_left_open_while_it_is_not_known_of_everybody(world: Any) -> None:
    school = world.here.school
    TeacherFactory(school=school, subject="ART", degree="")
    TeacherFactory(school=school, subject="", degree="MASTER")

    assert of(school) == {(school.pk, "PRIMARY"): {"staff": 2, "full_time": 2}}


def test_a_school_of_two_stages_is_counted_when_each_teacher_has_one(
    world: Any,
) -> None:
    school = SchoolFactory(region=world.here.county, type="NINE_YEAR")
    full = {"subject": "MATHS", "degree": "COLLEGE"}
    TeacherFactory(school=school, stage="PRIMARY", **full)
    TeacherFactory(school=school, stage="JUNIOR", **full)

    both = of(school)
    TeacherFactory(school=school, stage="", **full)

    assert both[school.pk, "PRIMARY"]["above_degree"] == 1
    assert both[school.pk, "JUNIOR"]["above_degree"] == 0
    assert of(school) == {}


def test_figures_come_from_entry_classes_roster_and_last_year_in_this_order(
    world: Any,
) -> None:
    school = world.here.school
    FullReturnFactory(school=school, year=world.last_year, staff=31, students=400)
    ClassSectionFactory(school=school, year=world.year, number=1, headcount=45)
    TeacherFactory(school=school, subject="ART", degree="BACHELOR")
    row = open_return(school, world.year, "PRIMARY", by=world.here.clerk)
    type(row).objects.filter(pk=row.pk).update(pe_arts=7)

    [found] = prefilled(SchoolStage.objects.filter(school=school), world.year)

    known = found.known
    assert known["pe_arts"] == (7, "entered")
    assert known["students"] == (45, "entered")
    assert known["staff"] == (1, "roster")
    assert known["seats"][1] == "last_year"


def test_the_form_of_a_called_for_return_begins_with_what_is_known(
    world: Any, signed_in: Any
) -> None:
    here = world.here
    before = FullReturnFactory(school=here.school, year=world.last_year)
    ClassSectionFactory(school=here.school, year=world.year, number=1, headcount=57)
    TeacherFactory(school=here.school, subject="ART", degree="BACHELOR")
    open_returns(here.county, world.year, by=here.bureau)
    row = here.school.returns.get(year=world.year)

    answer = signed_in(here.clerk).get(reverse("schools:return-update", args=[row.pk]))

    form, html = answer.context["form"], answer.content.decode()
    values = {name: form[name].value() for name in form.fields}
    assert (values["students"], values["class_56_65"]) == (57, 1)
    assert (values["staff"], values["seats"]) == (1, before.seats)
    for source in ("取自已填班级", "取自教师名册", "取自上年报表"):
        assert source in html
    row.refresh_from_db()
    assert row.students is None
