"""The validator says what does not fit a mode, and by which clause."""

from datetime import date, timedelta
from typing import Any

import pytest

from groups.choices import Role
from groups.models import GroupMode, TaskTemplate
from groups.services import load_modes
from groups.validation import validate_formation
from tests.bureau.factories import CountyFactory
from tests.groups.factories import Bureau, draft, join, standing_group, today
from tests.schools.factories import SchoolHonourFactory


def reds(bureau: Bureau, mode: str, lead: Any, *members: Any, **terms: Any) -> Any:
    """Return (clause, message) of the red findings of a draft."""
    lines: list[dict[str, Any]] = [{"school": lead, "role": Role.LEAD}]
    lines += [{"school": school, **terms} for school in members]
    case = draft(bureau, lines, mode=mode)
    return [(f.clause, f.message) for f in validate_formation(case) if f.level == "red"]


def clauses(found: Any) -> set[str]:
    return {clause for clause, _message in found}


def test_ten_modes_are_loaded_once(bureau: Bureau) -> None:
    load_modes()

    assert GroupMode.objects.count() == 10
    assert TaskTemplate.objects.filter(is_retired=True).count() == 0


def test_a_changed_check_becomes_a_new_version(bureau: Bureau) -> None:
    TaskTemplate.objects.filter(code="lead_capacity").update(title="旧文字")

    load_modes()

    versions = TaskTemplate.objects.filter(code="lead_capacity").order_by("version")
    assert [(t.version, t.is_retired) for t in versions] == [(1, True), (2, False)]


@pytest.mark.clause("BN-4.1.1a")
def test_a_famous_school_with_a_new_one(bureau: Bureau) -> None:
    famous = bureau.school("FAMOUS")

    assert reds(bureau, "BN_FAMOUS_NEW", famous, bureau.school("NEW")) == []
    plain = reds(bureau, "BN_FAMOUS_NEW", bureau.school(), bureau.school("NEW"))
    assert clauses(plain) == {"BN-4.1.1a"} and "名校" in plain[0][1]
    old = reds(bureau, "BN_FAMOUS_NEW", bureau.school("FAMOUS"), bureau.school())
    assert clauses(old) == {"BN-4.1.1a"} and "新校" in old[0][1]


@pytest.mark.clause("BN-4.1.1a")
def test_a_school_opened_within_three_years_is_new(bureau: Bureau) -> None:
    young = bureau.school(opened_on=today() - timedelta(days=700))
    old = bureau.school(opened_on=date(2010, 9, 1))

    assert reds(bureau, "BN_FAMOUS_NEW", bureau.school("FAMOUS"), young) == []
    assert reds(bureau, "BN_FAMOUS_NEW", bureau.school("FAMOUS"), old)


@pytest.mark.clause("BN-4.1.1b")
def test_a_famous_school_with_one_of_potential(bureau: Bureau) -> None:
    lead, other = bureau.school("FAMOUS"), bureau.school("FAMOUS")

    found = reds(bureau, "BN_FAMOUS_POTENTIAL", lead, bureau.school("POTENTIAL"))
    assert found == []
    found = reds(bureau, "BN_FAMOUS_POTENTIAL", other, bureau.school("NEW"))
    assert clauses(found) == {"BN-4.1.1b"}


def test_one_group_may_hold_two_modes(bureau: Bureau) -> None:
    new, potential = bureau.school("NEW"), bureau.school("POTENTIAL")
    lines = [
        {"school": bureau.school("FAMOUS"), "role": Role.LEAD},
        {"school": new},
        {
            "school": potential,
            "mode": GroupMode.objects.get(pk="BN_FAMOUS_POTENTIAL"),
        },
    ]

    findings = validate_formation(draft(bureau, lines))

    assert [f.level for f in findings] == ["green"]


@pytest.mark.clause("BN-4.1.2")
def test_an_urban_quality_school_with_rural_or_weak_ones(bureau: Bureau) -> None:
    def urban(*labels: str) -> Any:
        return bureau.school(*labels, urban_rural_code="111")

    rural = bureau.school(urban_rural_code="220")
    mode = "BN_URBAN_RURAL_WEAK"

    assert reds(bureau, mode, urban("QUALITY"), rural, bureau.school("WEAK")) == []
    found = reds(bureau, mode, urban("QUALITY"), urban())
    assert clauses(found) == {"BN-4.1.2"} and "村庄" in found[0][1]
    village = bureau.school("QUALITY", urban_rural_code="220")
    found = reds(bureau, mode, village, bureau.school("WEAK"))
    assert clauses(found) == {"BN-4.1.2"} and "城乡分类" in found[0][1]
    unknown = reds(bureau, mode, bureau.school("QUALITY"), bureau.school("WEAK"))
    assert "城乡分类未填" in unknown[0][1]


@pytest.mark.clause("AK-3.2.1")
def test_a_core_school_with_one_or_two_new_ones(bureau: Bureau) -> None:
    def news(count: int) -> list[Any]:
        return [bureau.school("NEW") for _n in range(count)]

    mode = "AK_CORE_NEW"
    assert reds(bureau, mode, bureau.school("QUALITY"), *news(2)) == []
    found = reds(bureau, mode, bureau.school("QUALITY"), *news(3))
    assert found == [("AK-3.2.1", "“核心校+新校”至多 2 所新校，现有 3 所")]


@pytest.mark.clause("AK-3.2.2")
def test_a_core_school_with_a_weak_one_joins_in_three_forms(bureau: Bureau) -> None:
    def ask(form: str) -> Any:
        lead, weak = bureau.school("QUALITY"), bureau.school("WEAK")
        return reds(bureau, "AK_CORE_WEAK", lead, weak, join_form=form)

    assert all(ask(form) == [] for form in ("RESTRUCTURE", "ALLIANCE", "ENTRUST"))
    found = ask("BRANCH")
    assert clauses(found) == {"AK-3.2.2"} and "重组、联盟、托管" in found[0][1]


@pytest.mark.clause("AK-3.2.3")
def test_a_core_school_with_a_rural_one(bureau: Bureau) -> None:
    def ask(place: str, form: str) -> Any:
        lead, other = bureau.school("QUALITY"), bureau.school(urban_rural_code=place)
        return reds(bureau, "AK_CORE_RURAL", lead, other, join_form=form)

    assert ask("121", "PAIRING") == []
    assert ask("220", "ENTRUST") == []
    assert clauses(ask("111", "PAIRING")) == {"AK-3.2.3"}
    assert clauses(ask("220", "BRANCH")) == {"AK-3.2.3"}


@pytest.mark.clause("AK-3.1.3")
def test_a_chain_of_kindergartens_takes_public_and_inclusive_ones(
    bureau: Bureau,
) -> None:
    def kindergarten(*labels: str, ownership: str = "PUBLIC") -> Any:
        return bureau.school(*labels, type="KINDERGARTEN", ownership=ownership)

    lead = kindergarten()
    SchoolHonourFactory(school=lead, kind="DEMO_KINDERGARTEN", level="PROVINCE")
    inclusive = kindergarten("NEW", ownership="INCLUSIVE_PRIVATE")
    assert reds(bureau, "AK_KINDER_CHAIN", lead, inclusive) == []

    other = kindergarten("DEMONSTRATION")
    private = kindergarten("NEW", ownership="PRIVATE")
    found = reds(bureau, "AK_KINDER_CHAIN", other, private)
    assert clauses(found) == {"AK-3.1.3"} and "公办、普惠性民办" in found[0][1]


def test_a_leading_senior_school_teaches_seniors(bureau: Bureau) -> None:
    lead = bureau.school(type="SENIOR")
    SchoolHonourFactory(school=lead, kind="PROVINCIAL_DEMO_SENIOR", level="PROVINCE")

    assert reds(bureau, "AK_SENIOR_LED", lead, bureau.school(type="SENIOR")) == []
    found = reds(bureau, "AK_SENIOR_LED", bureau.school("FAMOUS"), bureau.school())
    assert clauses(found) == {"AK-3.1.2"}


def test_a_school_from_outside_leads_local_ones(bureau: Bureau) -> None:
    local = bureau.school("FAMOUS")
    found = reds(bureau, "AK_EXTERNAL_LOCAL", local, bureau.school())

    assert clauses(found) == {"AK-3.2.4"}


def test_schools_of_other_counties_and_of_other_groups_are_told(
    bureau: Bureau,
) -> None:
    group = standing_group(bureau.county, members=0)
    taken = bureau.school("NEW")
    join(group, taken)
    far = bureau.school("NEW", region=CountyFactory(parent=bureau.city))
    lines = [
        {"school": bureau.school("FAMOUS"), "role": Role.LEAD},
        {"school": taken},
        {"school": far},
    ]

    findings = validate_formation(draft(bureau, lines))

    told = {(f.level, f.clause) for f in findings}
    assert told == {("red", "BN-4.3.9"), ("amber", "AK-3.1.2")}


def test_many_members_are_a_warning_only(bureau: Bureau) -> None:
    lines = [{"school": bureau.school("FAMOUS"), "role": Role.LEAD}]
    lines += [{"school": bureau.school("NEW")} for _n in range(6)]

    findings = validate_formation(draft(bureau, lines))

    assert (findings[0].level, findings[0].clause) == ("amber", "AK-1.3.2")


def test_the_validator_asks_the_same_number_of_queries(
    bureau: Bureau, django_assert_max_num_queries: Any
) -> None:
    lines = [{"school": bureau.school("FAMOUS"), "role": Role.LEAD}]
    lines += [{"school": bureau.school("NEW")} for _n in range(5)]
    case = draft(bureau, lines)

    with django_assert_max_num_queries(12):
        validate_formation(case)
