"""Partners take part in a group; an alliance needs three kinds before it is active."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from core.transitions import MoveRefused
from groups.choices import GroupState, GroupType, Role
from groups.models import EducationGroup, Partnership
from groups.permissions import has_partners
from groups.services import add_partnership, end_partnership, load_modes
from schools.choices import PartnerKind
from schools.models import Partner
from tests.accounts.factories import user_with
from tests.bureau.factories import CityFactory, CountyFactory
from tests.groups.factories import FIRST_DAY, GroupFactory, join
from tests.schools.factories import SchoolFactory
from tests.schools.refusals import refused

pytestmark = pytest.mark.django_db
K = PartnerKind
ASKED = (K.INSTITUTE, K.ASSOCIATION, K.PARK_ENTERPRISE)


@pytest.fixture
def county(db: None) -> Any:
    load_modes()
    return CountyFactory(parent=CityFactory())


@pytest.fixture
def bureau(county: Any) -> Any:
    return user_with("DISTRICT_EDU", county)


@pytest.fixture
def alliance(county: Any) -> EducationGroup:
    group = GroupFactory(
        region=county,
        group_type=GroupType.VOCATIONAL_ALLIANCE,
        primary_mode_id="BN_VOC_ALLIANCE",
    )
    join(group, SchoolFactory(region=county, type="VOCATIONAL_SECONDARY"), Role.LEAD)
    EducationGroup.objects.filter(pk=group.pk).update(
        state=GroupState.PILOT, operating_from=FIRST_DAY
    )
    group.refresh_from_db()
    return group


def partner(county: Any, kind: str = K.INSTITUTE) -> Partner:
    made: Partner = Partner.objects.create(
        region=county, kind=kind, name=f"示范单位{Partner.objects.count()}"
    )
    return made


def activate(group: EducationGroup) -> Any:
    return lambda: EducationGroup.objects.filter(pk=group.pk).update(
        state=GroupState.ACTIVE
    )


@pytest.mark.clause("BN-4.1.3a")
def test_an_alliance_is_active_only_with_institute_association_and_enterprise(
    county: Any, bureau: Any, alliance: EducationGroup
) -> None:
    for kind in ASKED:
        verdict = has_partners(alliance)
        assert not verdict
        assert verdict.clause == "BN-4.1.3a"
        assert str(kind.label) in verdict.message
        refused("group_active_with_partners", activate(alliance))
        add_partnership(
            alliance, by=bureau, partner=partner(county, kind), valid_from=FIRST_DAY
        )

    assert has_partners(alliance)
    activate(alliance)()


@pytest.mark.clause("BN-4.1.3a")
def test_a_partner_that_left_does_not_count(
    county: Any, bureau: Any, alliance: EducationGroup
) -> None:
    rows = [
        add_partnership(
            alliance, by=bureau, partner=partner(county, kind), valid_from=FIRST_DAY
        )
        for kind in ASKED
    ]

    end_partnership(rows[0], by=bureau, valid_to=date(2024, 9, 1), because="协议到期")

    assert not has_partners(alliance)
    refused("group_active_with_partners", activate(alliance))


def test_a_group_without_such_a_mode_asks_for_no_partner(county: Any) -> None:
    assert has_partners(GroupFactory(region=county))


def test_a_partner_takes_part_once_a_day(
    county: Any, bureau: Any, alliance: EducationGroup
) -> None:
    one = partner(county)
    add_partnership(alliance, by=bureau, partner=one, valid_from=FIRST_DAY)

    with pytest.raises(ValidationError, match="合作"):
        add_partnership(alliance, by=bureau, partner=one, valid_from=date(2024, 1, 1))
    twin = Partnership(
        group=alliance, partner=one, partner_kind=one.kind, valid_from=FIRST_DAY
    )
    refused("partnership_once_a_day", lambda: Partnership.objects.bulk_create([twin]))


def test_the_kind_is_that_of_the_partner(
    county: Any, bureau: Any, alliance: EducationGroup
) -> None:
    row = add_partnership(
        alliance, by=bureau, partner=partner(county), valid_from=FIRST_DAY
    )

    refused(
        "partnership_carries_kind",
        lambda: Partnership.objects.update(partner_kind=K.ASSOCIATION),
    )
    Partner.objects.filter(pk=row.partner_id).update(kind=K.ASSOCIATION)
    row.refresh_from_db()
    assert row.partner_kind == K.ASSOCIATION


def test_group_and_bureau_keep_partners_and_nobody_else(
    county: Any, alliance: EducationGroup
) -> None:
    office = user_with("GROUP_OFFICE", alliance)
    add_partnership(alliance, by=office, partner=partner(county), valid_from=FIRST_DAY)

    for role, scope in (
        ("DISTRICT_EDU", CountyFactory()),
        ("LEADING_GROUP", county),
        ("SCHOOL_PRINCIPAL", alliance.memberships.get().school),
    ):
        with pytest.raises(MoveRefused):
            add_partnership(
                alliance,
                by=user_with(role, scope),
                partner=partner(county),
                valid_from=FIRST_DAY,
            )


def test_partners_are_tied_and_released_on_their_pages(
    county: Any, bureau: Any, alliance: EducationGroup, signed_in: Any
) -> None:
    client, one = signed_in(bureau), partner(county)
    panel = reverse(
        "core:panel", args=["groups.educationgroup", alliance.pk, "partners"]
    )
    form = reverse("groups:partnership-create", args=[alliance.pk])

    empty = client.get(panel).content.decode()
    made = client.post(form, {"partner": one.pk, "valid_from": "2023-09-01"})
    row = Partnership.objects.get()
    shown = client.get(panel).content.decode()
    end = reverse("groups:partnership-end", args=[row.pk])
    ended = client.post(end, {"valid_to": "2024-09-01", "because": "协议到期"})
    api = client.get("/api/v1/partnerships/", {"on": "2024-01-01"}).json()

    assert "还缺合作单位" in empty and "没有登记合作单位" in empty
    assert made.status_code == ended.status_code == 302
    assert one.name in shown
    row.refresh_from_db()
    assert row.valid_to == date(2024, 9, 1)
    assert [r["name"] for r in api["results"]] == [one.name]


def test_the_group_of_another_county_is_not_found(
    alliance: EducationGroup, signed_in: Any
) -> None:
    client = signed_in(user_with("DISTRICT_EDU", CountyFactory()))

    address = reverse("groups:partnership-create", args=[alliance.pk])
    assert client.get(address).status_code == 404
