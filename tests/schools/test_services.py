"""Registering, confirming, labelling schools; classes; opening and filling returns."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from audit.models import Event
from core.transitions import MoveRefused
from schools import services
from schools.choices import Label, SchoolType, Stage
from schools.models import ClassSection, School, SchoolLabel, SchoolReturn
from tests.schools.factories import (
    ClassSectionFactory,
    FullReturnFactory,
    SchoolFactory,
    SchoolLabelFactory,
    SchoolReturnFactory,
    UnclearSchoolFactory,
    complete_figures,
)
from tests.schools.refusals import settle

pytestmark = pytest.mark.django_db
ONE = {"stage": Stage.PRIMARY, "grade": 1, "number": 1, "headcount": 45}


def test_registered_school_teaches_what_its_type_says(world: Any) -> None:
    school = services.register_school(
        by=world.here.bureau,
        name="东城九年制学校",
        type=SchoolType.NINE_YEAR,
        administered_by=world.here.county,
    )
    settle()

    assert school.region == world.here.county
    assert school.stage_codes == [Stage.PRIMARY, Stage.JUNIOR]
    assert Event.objects.about(school).get().verb == "schools.school.register"


def test_registering_for_another_county_is_refused_and_leaves_nothing(
    world: Any,
) -> None:
    with pytest.raises(MoveRefused):
        services.register_school(
            by=world.there.bureau,
            name="越界小学",
            type=SchoolType.PRIMARY,
            administered_by=world.here.county,
        )

    assert not School.objects.filter(name="越界小学").exists()


def test_homonym_is_told_in_words(world: Any) -> None:
    with pytest.raises(ValidationError, match="同名"):
        services.register_school(
            by=world.here.bureau,
            name=f" {world.here.school.name}",
            type=SchoolType.PRIMARY,
            administered_by=world.here.county,
        )


def test_stage_foreign_to_the_type_is_refused_in_words(world: Any) -> None:
    with pytest.raises(ValidationError, match="小学不开设：普通高中"):
        services.register_school(
            by=world.here.bureau,
            name="错配小学",
            type=SchoolType.PRIMARY,
            stages=[Stage.SENIOR],
            administered_by=world.here.county,
        )

    assert not School.objects.filter(name="错配小学").exists()


def test_changed_type_takes_the_stages_along(world: Any) -> None:
    school = services.change_school(
        world.here.school, by=world.here.bureau, type=SchoolType.NINE_YEAR
    )
    settle()

    assert school.stage_codes == [Stage.PRIMARY, Stage.JUNIOR]


def test_change_of_name_keeps_stages_and_tells_what_changed(world: Any) -> None:
    school = SchoolFactory(
        region=world.here.county, type="NINE_YEAR", teaches=[Stage.PRIMARY]
    )

    services.change_school(school, by=world.here.bureau, name="改名学校")

    school.refresh_from_db()
    assert (school.name, school.pinyin) == ("改名学校", "gaimingxuexiao")
    assert school.stage_codes == [Stage.PRIMARY]
    event = Event.objects.about(school).get(verb="schools.school.change")
    assert event.data["changed"]["name"][1] == "改名学校"


def test_school_is_not_handed_to_a_county_one_does_not_run(world: Any) -> None:
    with pytest.raises(MoveRefused):
        services.change_school(
            world.here.school,
            by=world.here.bureau,
            administered_by=world.there.county,
        )


def test_confirmed_stage_leaves_the_work_list(world: Any) -> None:
    unclear = UnclearSchoolFactory(region=world.here.county)

    done = services.confirm_stage(
        unclear, by=world.here.bureau, type=SchoolType.COMPLETE_SECONDARY
    )
    settle()

    assert not done.stage_to_confirm
    assert done.stage_codes == [Stage.JUNIOR, Stage.SENIOR]
    assert not School.objects.to_confirm().exists()


def test_bulk_confirmation_is_all_or_nothing(world: Any) -> None:
    mine = UnclearSchoolFactory(region=world.here.county)
    theirs = UnclearSchoolFactory(region=world.there.county)

    with pytest.raises(MoveRefused):
        services.confirm_stages(
            {mine: SchoolType.JUNIOR, theirs: SchoolType.JUNIOR}, by=world.here.bureau
        )

    assert School.objects.to_confirm().count() == 2


@pytest.mark.clause("BN-4.1.1a")
def test_label_needs_an_authority_and_ends_without_rewriting_the_past(
    world: Any,
) -> None:
    given = {
        "by": world.here.bureau,
        "label": Label.WEAK,
        "valid_from": date(2024, 9, 1),
    }
    with pytest.raises(ValidationError):
        services.label_school(world.here.school, decided_by="", **given)
    label = services.label_school(world.here.school, decided_by="区教委", **given)

    services.end_label(
        label, by=world.here.bureau, valid_to=date(2026, 9, 1), because="已改善"
    )

    held = SchoolLabel.objects.filter(school=world.here.school)
    assert held.on(date(2026, 8, 31)).exists()
    assert not held.on(date(2026, 9, 1)).exists()


def test_overlapping_label_is_refused_in_words(world: Any) -> None:
    SchoolLabelFactory(school=world.here.school)

    with pytest.raises(ValidationError, match="已登记"):
        services.label_school(
            world.here.school,
            by=world.here.bureau,
            label=Label.QUALITY,
            decided_by="区教委",
            valid_from=date(2025, 9, 1),
        )


def test_label_ends_once(world: Any) -> None:
    label = SchoolLabelFactory(school=world.here.school, valid_to=date(2024, 1, 1))

    with pytest.raises(ValidationError, match="已于"):
        services.end_label(label, by=world.here.bureau)


def test_honour_is_recorded_once(world: Any) -> None:
    honour = {
        "by": world.here.bureau,
        "kind": "CIVILISED",
        "level": "CITY",
        "year": 2025,
        "awarded_by": "市文明办",
    }
    services.add_honour(world.here.school, **honour)

    with pytest.raises(ValidationError, match="已登记"):
        services.add_honour(world.here.school, **honour)


# --- classes --------------------------------------------------------------------


def test_classes_of_a_year_are_replaced_and_keep_their_identity(world: Any) -> None:
    school, year, clerk = world.here.school, world.year, world.here.clerk
    first, second = (
        ClassSectionFactory(school=school, year=year, grade=1, number=n) for n in (1, 2)
    )
    rows = [{**ONE, "headcount": 50}, {**ONE, "grade": 2, "headcount": 41}]

    services.save_classes(school, year, rows, by=clerk, counted_on=date(2026, 9, 1))

    kept = ClassSection.objects.of_year(year).filter(school=school)
    assert first.pk in kept.values_list("pk", flat=True)
    assert second.pk not in kept.values_list("pk", flat=True)
    assert list(kept.values_list("grade", "headcount")) == [(1, 50), (2, 41)]


def test_classes_of_another_school_are_refused(world: Any) -> None:
    with pytest.raises(MoveRefused):
        services.save_classes(
            world.here.school,
            world.year,
            [ONE],
            by=world.there.clerk,
            counted_on=date(2026, 9, 1),
        )


@pytest.mark.parametrize(
    "bad", [{"headcount": 301}, {"grade": 9}, {"number": 0}, {"headcount": -1}]
)
def test_implausible_class_stores_nothing_at_all(world: Any, bad: dict) -> None:
    rows = [{**ONE, "grade": 2}, {**ONE, **bad}]

    with pytest.raises(ValidationError):
        services.save_classes(
            world.here.school,
            world.year,
            rows,
            by=world.here.clerk,
            counted_on=date(2026, 9, 1),
        )

    assert not ClassSection.objects.exists()


# --- returns --------------------------------------------------------------------


@pytest.mark.clause("AK-1.2.1")
def test_new_return_starts_from_the_classes(world: Any) -> None:
    for number, size in enumerate((45, 46, 55, 56, 66), start=1):
        ClassSectionFactory(
            school=world.here.school, year=world.year, number=number, headcount=size
        )

    row = services.open_return(
        world.here.school, world.year, Stage.PRIMARY, by=world.here.clerk
    )

    assert (row.students, row.classes) == (268, 5)
    bands = [row.class_le45, row.class_46_50, row.class_51_55]
    assert [*bands, row.class_56_65, row.class_ge66] == [1, 1, 1, 1, 1]


def test_opening_twice_finds_the_same_return(world: Any) -> None:
    args = (world.here.school, world.year, Stage.PRIMARY)

    first = services.open_return(*args, by=world.here.clerk)

    assert services.open_return(*args, by=world.here.clerk) == first
    assert first.students is None


def test_stage_the_school_does_not_teach_has_no_return(world: Any) -> None:
    with pytest.raises(ValidationError, match="没有这个学段"):
        services.open_return(
            world.here.school, world.year, Stage.SENIOR, by=world.here.clerk
        )


def test_call_for_returns_opens_one_per_stage_and_twice_changes_nothing(
    world: Any,
) -> None:
    SchoolFactory(region=world.here.county, type="NINE_YEAR")
    UnclearSchoolFactory(region=world.here.county)

    opened = services.open_returns(world.here.county, world.year, by=world.here.bureau)
    again = services.open_returns(world.here.county, world.year, by=world.here.bureau)

    assert (opened, again) == (3, 0)
    assert not SchoolReturn.objects.filter(school=world.there.school).exists()


def test_call_for_returns_of_another_county_is_refused(world: Any) -> None:
    with pytest.raises(MoveRefused):
        services.open_returns(world.there.county, world.year, by=world.here.bureau)


def test_figures_are_kept_while_they_agree(world: Any) -> None:
    row = SchoolReturnFactory(school=world.here.school, year=world.year)

    saved = services.save_figures(row, by=world.here.clerk, **complete_figures())

    assert saved.students == 450


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"retained": 76}, "retained"),
        ({"in_zone": 90}, "in_zone"),
        ({"class_le45": 9}, "classes"),
        ({"class_ge66": None}, "class_ge66"),
        ({"classes": None}, "classes"),
    ],
)
def test_contradiction_is_told_on_its_field(
    world: Any, change: dict, field: str
) -> None:
    row = SchoolReturnFactory(school=world.here.school, year=world.year)

    with pytest.raises(ValidationError) as caught:
        services.save_figures(row, by=world.here.clerk, **complete_figures(**change))

    assert field in caught.value.message_dict


def test_submitted_return_cannot_be_edited(world: Any) -> None:
    row = FullReturnFactory(
        school=world.here.school, year=world.year, state="SUBMITTED"
    )

    with pytest.raises(MoveRefused, match="待校长确认"):
        services.save_figures(row, by=world.here.clerk, students=1)
