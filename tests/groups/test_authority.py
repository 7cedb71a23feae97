"""A city guides and reads the groups of its counties; each county runs its own."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.roles import OWN_AUTHORITY
from core.access import holds, reaches
from core.imports import run_import
from core.registries import inbox
from groups import permissions
from groups.audience import holders
from groups.choices import Role
from groups.forms.fields import home_regions, leads_for
from groups.models import EducationGroup, GroupCase, GroupMode
from groups.services import draft_document, submit_document, switch_mode
from tests.groups.factories import (
    FIRST_DAY,
    Bureau,
    GroupFactory,
    famous_draft,
    join,
    standing_group,
    submitted,
    today,
    under_review,
)
from tests.schools.factories import SchoolFactory

pytestmark = [pytest.mark.django_db, pytest.mark.clause("AK-1.3.1")]
OWN = sorted(name for name in OWN_AUTHORITY if name.endswith("_educationgroup"))


@dataclass
class Two:
    """A group of a county and one of the city itself."""

    county: EducationGroup
    city: EducationGroup
    by: Any
    """Holds the county's role at the city."""

    def pair(self, told: Any) -> tuple[bool, bool]:
        """Return the answers for the county's group and for the city's."""
        return bool(told(self.by, self.county)), bool(told(self.by, self.city))


def waiting_for(user: Any) -> list[Any]:
    return [item for source in inbox.values() for item in source.waiting(user)]


@pytest.fixture
def two(bureau: Bureau) -> Two:
    """A county's group and the city's, with the people of the city."""
    return Two(
        county=standing_group(bureau.county),
        city=standing_group(bureau.city),
        by=bureau.person("DISTRICT_EDU", bureau.city),
    )


@pytest.mark.parametrize(
    "told",
    [
        permissions.can_change_partnership,
        permissions.can_draft_document,
        permissions.can_suspend,
        permissions.can_close,
    ],
)
def test_the_city_acts_on_its_own_groups_and_hears_who_runs_the_others(
    bureau: Bureau, two: Two, told: Any
) -> None:
    assert two.pair(told) == (False, True)
    refusal = told(two.by, two.county)
    assert refusal.clause == "AK-1.3.1"
    assert f"由{bureau.county.name}教育行政部门自行管理" in refusal.message
    assert told(bureau.person("DISTRICT_EDU"), two.county)
    assert not told(bureau.person("DISTRICT_EDU"), two.city)
    assert set(EducationGroup.objects.visible_to(two.by)) == {two.county, two.city}


def test_the_leading_group_of_the_city_ends_no_group_of_a_county(
    bureau: Bureau, two: Two
) -> None:
    city = bureau.person("LEADING_GROUP", bureau.city)

    refusal = permissions.can_dissolve(city, two.county)

    assert not refusal and refusal.clause == "AK-1.3.1"
    assert permissions.can_dissolve(city, two.city)
    assert permissions.can_dissolve(bureau.person("LEADING_GROUP"), two.county)


def test_the_city_reads_a_county_s_case_and_takes_no_step_in_it(
    bureau: Bureau,
) -> None:
    city = bureau.person("DISTRICT_EDU", bureau.city)
    leaders = bureau.person("LEADING_GROUP", bureau.city)
    case = submitted(bureau)

    assert case in GroupCase.objects.visible_to(city)
    assert permissions.can_review_case(city, case).clause == "AK-1.3.1"
    assert not permissions.can_withdraw_case(city, case)
    assert waiting_for(city) == []
    assert waiting_for(bureau.person("DISTRICT_EDU"))

    case = under_review(bureau, famous_draft(bureau))
    assert permissions.can_decide_case(leaders, case).clause == "AK-1.3.1"
    assert permissions.can_decide_case(bureau.person("LEADING_GROUP"), case)


def test_who_takes_a_case_in_is_told_and_the_city_is_not(bureau: Bureau) -> None:
    city = bureau.person("DISTRICT_EDU", bureau.city)
    county = bureau.person("DISTRICT_EDU")
    review = "groups.review_groupcase"

    assert holders(review, region=bureau.county) == [county]
    assert holders(review, region=bureau.city) == [city]


def test_a_paper_is_filed_by_the_bureau_that_runs_the_group(
    bureau: Bureau, two: Two
) -> None:
    office = bureau.person("GROUP_OFFICE", two.county)
    paper = draft_document(
        two.county, by=office, kind="CHARTER", title="章程", sections={"text": "正文"}
    )
    paper = submit_document(paper, by=office)

    assert permissions.can_file_document(two.by, paper).clause == "AK-1.3.1"
    assert permissions.can_file_document(bureau.person("DISTRICT_EDU"), paper)


def test_a_mode_is_switched_off_where_it_is_decided(bureau: Bureau, two: Two) -> None:
    mode = GroupMode.objects.first()
    off = {"by": two.by, "is_enabled": False, "valid_from": today(), "reason": "整顿"}

    with pytest.raises(PermissionDenied):
        switch_mode(mode, bureau.county, **off)

    assert switch_mode(mode, bureau.city, **off).region == bureau.city


def test_forms_offer_the_regions_and_schools_that_the_person_runs(
    bureau: Bureau, two: Two
) -> None:
    led = leads_for(two.by, "groups.add_groupcase")

    assert list(home_regions(two.by, "groups.change_groupmode")) == [bureau.city]
    assert {school.administered_by for school in led} == {bureau.city}


def test_a_roll_taken_in_by_the_city_enters_groups_and_changes_none_of_a_county(
    bureau: Bureau, two: Two
) -> None:
    for name in ("县一小", "县二小", "县三小"):
        bureau.school(name=name)
    SchoolFactory(region=bureau.city, name="市一小")
    rows = (
        f"{two.city.name},,市一小,成员学校,,,2023-09-01",
        f"{two.county.name},,县三小,成员学校,,,2023-09-01",
        "县一小集团,县一小,县二小,,,,2019-09-01",
    )
    text = "\n".join(
        ("集团名称,龙头校,成员校,角色,模式,加入方式,加入日期", *rows)
    ).encode()

    def take(by: Any) -> Any:
        return run_import(
            "groups.membership", ("名册.csv", text), scope=bureau.city, by=by
        )

    done = take(two.by)

    told = [row["row"] for row in done.rows if row["code"] == "run_below"]
    assert (done.created, done.rejected) == (2, 1), done.rows
    assert told == [3]
    assert EducationGroup.objects.get(name="县一小集团").region == bureau.county
    assert two.county.memberships.count() == 2
    assert "run_below" not in {row["code"] for row in take(None).rows}


def test_a_city_s_group_with_a_school_of_a_county_is_the_city_s(
    bureau: Bureau,
) -> None:
    group: EducationGroup = GroupFactory(region=bureau.city)
    join(group, SchoolFactory(region=bureau.city), Role.LEAD, FIRST_DAY)
    join(group, bureau.school())
    county = bureau.person("DISTRICT_EDU")

    assert group in EducationGroup.objects.visible_to(county)
    assert not permissions.can_suspend(county, group)


@pytest.mark.parametrize("permission", OWN)
def test_every_right_over_groups_stops_at_the_authority(
    bureau: Bureau, two: Two, permission: str
) -> None:
    leading = bureau.person("LEADING_GROUP", bureau.city)
    people = [p for p in (two.by, leading) if holds(p, permission)]

    assert people
    for person in people:
        assert not reaches(person, permission, two.county)
        assert reaches(person, permission, two.city)
