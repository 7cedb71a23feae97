"""The minimal roster of pupils: off by default, on after an assessment, erased."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.transaction import atomic
from django.urls import reverse

from accounts.models import ImpactAssessment
from audit.models import Event
from core.days import today
from core.transitions import MoveRefused
from roster.choices import EnrolmentRole
from roster.models import Enrolment, Pupil, PupilRoster
from roster.pupils.permissions import can_switch_off, to_switch_off
from roster.pupils.services import switch_off, switch_on
from tests.accounts.factories import user_with
from tests.bureau.factories import CityFactory, CountyFactory
from tests.schools.factories import ClassSectionFactory, SchoolFactory

pytestmark = pytest.mark.django_db

WHY = "按学籍核对班级人数的需要，仅保存姓名、学校、年级和班级，已评估影响。"


@pytest.fixture
def county() -> Any:
    return CountyFactory()


@pytest.fixture
def official(county: Any) -> Any:
    """A person of the county's education bureau."""
    return user_with("DISTRICT_EDU", county)


def on(county: Any, official: Any) -> PupilRoster:
    return switch_on(county, by=official, conclusion=WHY, decided_on=today())


def pupil(school: Any, **values: Any) -> Pupil:
    return Pupil.objects.create(
        school=school,
        region=school.administered_by,
        family_name="示",
        given_name="例",
        **values,
    )


def test_no_pupil_is_stored_while_the_region_has_not_switched_on(county: Any) -> None:
    school = SchoolFactory(region=county)

    with pytest.raises(IntegrityError, match="no roster of pupils"), atomic():
        pupil(school)
    with pytest.raises(IntegrityError), atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO roster_pupil (school_id, region_id, family_name,"
            " given_name, stage, is_enabled, source, sourced_id, source_hash,"
            " changed_at, pinned) VALUES (%s, %s, 'a', 'b', '', true, '', '', '',"
            " now(), '{}')",
            [school.pk, county.pk],
        )

    assert not Pupil.objects.exists()


def test_no_school_takes_its_pupils_where_none_are_kept(
    county: Any, official: Any
) -> None:
    on(county, official)
    school, other = SchoolFactory(region=county), CountyFactory()
    kept = pupil(school)

    with pytest.raises(IntegrityError, match="no roster of pupils"), atomic():
        type(school).objects.filter(pk=school.pk).update(administered_by=other)
    with atomic():
        on(other, user_with("DISTRICT_EDU", other))
        type(school).objects.filter(pk=school.pk).update(administered_by=other)

    kept.refresh_from_db()
    assert kept.region == other


def test_switching_on_records_the_assessment_and_who_decided(
    county: Any, official: Any
) -> None:
    row = on(county, official)

    assert row.holds_on(today())
    assert row.assessment.conclusion == WHY
    assert row.assessment.decided_by == official
    event = Event.objects.get(verb="roster.pupils.on")
    assert (event.subject_id, event.by) == (county.pk, official)
    assert pupil(SchoolFactory(region=county)).pk


def test_roster_of_a_city_covers_its_counties_and_is_kept_once() -> None:
    city = CityFactory()
    county = CountyFactory(parent=city)
    head = user_with("CITY_EDU", city)
    on(city, head)

    assert pupil(SchoolFactory(region=county)).pk
    with pytest.raises(MoveRefused, match="开启"):
        on(county, user_with("DISTRICT_EDU", county))
    with pytest.raises(IntegrityError), atomic():
        PupilRoster.objects.create(
            region=city,
            assessment=ImpactAssessment.objects.get(),
            switched_on_by=head,
            valid_from=date(2020, 1, 1),
        )


def test_the_bureau_of_another_county_may_not_switch_on(county: Any) -> None:
    stranger = user_with("DISTRICT_EDU", CountyFactory())

    with pytest.raises(MoveRefused, match="不负责"):
        on(county, stranger)

    assert not ImpactAssessment.objects.exists()


def test_switching_off_erases_every_pupil_and_keeps_the_headcount(
    county: Any, official: Any
) -> None:
    row = on(county, official)
    PupilRoster.objects.filter(pk=row.pk).update(valid_from=today() - timedelta(days=9))
    school = SchoolFactory(region=county)
    section = ClassSectionFactory(school=school, headcount=41)
    Enrolment.objects.create(
        section=section,
        region=county,
        pupil=pupil(school),
        role=EnrolmentRole.STUDENT,
    )

    gone = switch_off(PupilRoster.objects.get(), by=official, reason="不再需要")

    assert gone == {"pupils": 1, "enrolments": 1}
    assert not Pupil.objects.exists()
    section.refresh_from_db()
    assert section.headcount == 41
    closed = PupilRoster.objects.get()
    assert (closed.valid_to, closed.switched_off_by) == (today(), official)
    with pytest.raises(IntegrityError), atomic():
        pupil(school)
    with pytest.raises(MoveRefused, match="已经关闭"):
        switch_off(closed, by=official, reason="再次")


def test_roster_switched_off_on_its_first_day_takes_no_pupil_any_more(
    county: Any, official: Any
) -> None:
    row = on(county, official)

    switch_off(row, by=official, reason="误开")

    assert not PupilRoster.objects.exists()
    assert Event.objects.filter(verb="roster.pupils.off").exists()
    with pytest.raises(IntegrityError), atomic():
        pupil(SchoolFactory(region=county))


def test_pupil_follows_the_school_into_another_region(
    county: Any, official: Any
) -> None:
    on(county, official)
    school = SchoolFactory(region=county)
    made = pupil(school)

    with pytest.raises(IntegrityError), atomic():
        Pupil.objects.filter(pk=made.pk).update(region=CountyFactory())
        connection.check_constraints()


def test_a_decision_is_shown_and_taken_back_on_its_pages(
    county: Any, official: Any, signed_in: Any
) -> None:
    row = on(county, official)
    pupil(SchoolFactory(region=county))
    listed, off = reverse("roster:pupils"), reverse("roster:pupils-off", args=[row.pk])

    stranger = signed_in(user_with("DISTRICT_EDU", CountyFactory()))
    hidden = stranger.get(listed).content.decode()
    refused = stranger.get(off)
    client = signed_in(official)
    shown = client.get(listed).content.decode()
    told = client.get(off).content.decode()
    client.post(off, {"reason": "不再需要"})

    assert WHY not in hidden and refused.status_code == 404
    assert WHY in shown and off in shown
    assert to_switch_off(official, [row]) == {row.pk}
    assert can_switch_off(official, row)
    assert f"删除{county}的 1 名学生" in told
    assert not Pupil.objects.exists()
    assert "已关闭" in client.get(listed).content.decode()


def test_the_roster_is_switched_on_seen_and_switched_off_on_its_pages(
    county: Any, official: Any, signed_in: Any
) -> None:
    stranger = user_with("DISTRICT_EDU", CountyFactory())
    client, home = signed_in(official), reverse("roster:pupils")
    given = {"region": county.pk, "decided_on": f"{today()}", "conclusion": WHY}

    told = client.post(reverse("roster:pupils-on"), given, follow=True)
    row = PupilRoster.objects.get()
    off = reverse("roster:pupils-off", args=[row.pk])
    theirs = signed_in(stranger)

    page = told.content.decode()
    assert "已开启" in page.partition("<main")[2].partition("card-title")[2]
    assert (WHY in page, off in page) == (True, True)
    assert WHY not in theirs.get(home).content.decode()
    assert theirs.get(off).status_code == 404
    assert signed_in(official).post(off, {"reason": "不再需要"}).status_code == 302
    assert not PupilRoster.objects.on().exists()
