"""Parameters: who decides, on which day, and that periods cannot overlap."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection

from accounts.services import grant_role
from audit.models import Event
from bureau.data import rows
from bureau.loading import load_parameters
from bureau.models import PolicyParameter
from bureau.models.region import BEGINNING
from bureau.parameters import UnknownParameter, parameter, parameters
from bureau.services import set_parameter
from tests.accounts.factories import UserFactory, user_with
from tests.bureau.factories import (
    CityFactory,
    CountyFactory,
    PolicyClauseFactory,
    PolicyParameterFactory,
)
from tests.groups.factories import GroupFactory
from tests.schools.factories import SchoolFactory

pytestmark = pytest.mark.django_db
KEY = "class.large_min"


@pytest.fixture
def default() -> PolicyParameter:
    """The shipped line of 56 pupils."""
    shipped = PolicyParameterFactory()
    shipped.clauses.add(PolicyClauseFactory())
    return shipped


def bureau_of(region):
    """Return an official of the region's education authority."""
    user = UserFactory()
    grant_role(user, "DISTRICT_EDU", region, by=None)
    return user


@pytest.mark.clause("AK-1.3.1")
@pytest.mark.clause("AK-1.3.2")
def test_county_value_comes_before_city_and_city_before_default(default) -> None:
    county = CountyFactory()
    sibling, stranger = CountyFactory(parent=county.parent), CountyFactory()
    PolicyParameterFactory(region=county.parent, value="54")
    PolicyParameterFactory(region=county, value="50")

    assert parameter(KEY, county) == 50
    assert parameter(KEY, sibling) == 54
    assert parameter(KEY, county.parent) == 54
    assert parameter(KEY, stranger) == 56
    assert parameter(KEY, None) == 56


def test_value_is_that_of_the_day(default) -> None:
    city = CityFactory()
    PolicyParameterFactory(
        region=city, value="60", valid_from=date(2020, 1, 1), valid_to=date(2022, 1, 1)
    )
    PolicyParameterFactory(region=city, value="58", valid_from=date(2022, 1, 1))

    assert parameter(KEY, city, date(2019, 12, 31)) == 56
    assert parameter(KEY, city, date(2021, 12, 31)) == 60
    assert parameter(KEY, city, date(2022, 1, 1)) == 58


def test_unknown_key_is_an_error() -> None:
    with pytest.raises(UnknownParameter, match=r"no\.such_key"):
        parameter("no.such_key", None)


def test_many_parameters_take_one_query(default, django_assert_num_queries) -> None:
    county = CountyFactory()
    PolicyParameterFactory(key="pilot_required", value=True, kind="bool")

    with django_assert_num_queries(1):
        found = parameters([KEY, "pilot_required"], county)

    assert found == {KEY: Decimal(56), "pilot_required": True}


def test_overlapping_periods_are_refused_by_raw_sql(default) -> None:
    copy_later = (
        "INSERT INTO bureau_policyparameter (key, region_id, value, kind, unit,"
        " meaning, meaning_en, source_note, verified, reason, set_at, refining,"
        " verified_note, valid_from)"
        " SELECT key, region_id, value, kind, unit, meaning, meaning_en, source_note,"
        " verified, reason, set_at, refining, verified_note, DATE '2030-01-01'"
        " FROM bureau_policyparameter WHERE id = %s"
    )

    with (
        pytest.raises(IntegrityError, match="parameter_one_value_a_day"),
        connection.cursor() as cursor,
    ):
        cursor.execute(copy_later, [default.pk])


def test_overlapping_periods_are_refused_in_bulk() -> None:
    county = CountyFactory()

    with pytest.raises(IntegrityError, match="parameter_one_value_a_day"):
        PolicyParameter.objects.bulk_create(
            PolicyParameterFactory.build_batch(2, region=county)
        )


def test_same_days_in_two_regions_stand_side_by_side(default) -> None:
    PolicyParameterFactory(region=CountyFactory())

    assert PolicyParameter.objects.filter(key=KEY).count() == 2


def test_reversed_period_is_refused() -> None:
    with pytest.raises(IntegrityError, match="from_before_to"):
        PolicyParameterFactory(valid_to=BEGINNING)


def test_setting_a_value_ends_the_one_before_and_is_recorded(default) -> None:
    county = CountyFactory()
    official = bureau_of(county)
    set_parameter(
        KEY, county, 54, by=official, reason="先试行", valid_from=date(2024, 9, 1)
    )

    row = set_parameter(
        KEY, county, "50", by=official, reason="收紧", valid_from=date(2025, 9, 1)
    )

    assert parameter(KEY, county, date(2025, 8, 31)) == 54
    assert parameter(KEY, county, date(2025, 9, 1)) == 50
    assert list(row.clauses.all()) == list(default.clauses.all())
    event = Event.objects.about(row).get()
    assert event.reason == "收紧"
    assert (event.data["from"], event.data["to"]) == ("54", "50")


def test_a_raw_change_of_a_value_leaves_the_former_row(default) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE bureau_policyparameter SET value = '\"57\"' WHERE id = %s",
            [default.pk],
        )

    assert [old.value for old in default.events.all()] == ["56"]


def test_a_value_set_between_two_ends_where_the_later_begins(default) -> None:
    county = CountyFactory()
    for year, value in ((2024, 55), (2026, 50)):
        set_parameter(
            KEY, county, value, by=None, reason="x", valid_from=date(year, 1, 1)
        )

    row = set_parameter(
        KEY, county, 52, by=None, reason="x", valid_from=date(2025, 1, 1)
    )

    assert row.valid_to == date(2026, 1, 1)
    assert parameter(KEY, county, date(2024, 12, 31)) == 55
    assert parameter(KEY, county, date(2026, 6, 1)) == 50


@pytest.mark.clause("AK-1.3.1")
def test_another_county_cannot_set_the_value(default) -> None:
    county, other = CountyFactory(), CountyFactory()

    with pytest.raises(PermissionDenied, match=r"AK-1\.3\.1"):
        set_parameter(KEY, county, 50, by=bureau_of(other), reason="x")


def test_a_county_cannot_set_the_value_of_its_city(default) -> None:
    county = CountyFactory()

    with pytest.raises(PermissionDenied):
        set_parameter(KEY, county.parent, 50, by=bureau_of(county), reason="x")


def test_a_reason_is_required(default) -> None:
    with pytest.raises(ValidationError, match="理由"):
        set_parameter(KEY, CountyFactory(), 50, by=None, reason=" ")


def test_a_day_that_is_taken_is_refused(default) -> None:
    county = CountyFactory()
    day = date(2025, 1, 1)
    set_parameter(KEY, county, 50, by=None, reason="x", valid_from=day)

    with pytest.raises(ValidationError, match="另选生效日期"):
        set_parameter(KEY, county, 51, by=None, reason="x", valid_from=day)


@pytest.mark.usefixtures("shipped")
class TestShippedParameters:
    """The list that comes with the product."""

    def test_every_one_is_there_with_its_clauses(self) -> None:
        for row in rows("parameters.csv"):
            held = PolicyParameter.objects.shipped().filter(key=row["key"]).first()
            named = set(filter(None, row["clause"].split(";")))
            assert set(held.clauses.values_list("clause_id", flat=True)) == named

    def test_values_have_their_type(self) -> None:
        assert parameter("exchange.ratio_min", None) == Decimal("0.10")
        assert parameter("pilot_required", None) is True
        assert parameter("work_plan_due", None) == "09-30"
        assert "PREGNANT_NURSING" in parameter("exchange.exempt", None)

    def test_dated_defaults_follow_each_other(self) -> None:
        key = "fund.public_base.primary"

        assert parameter(key, None, date(2022, 12, 31)) == 600
        assert parameter(key, None, date(2023, 1, 1)) == 720
        with pytest.raises(UnknownParameter):
            parameter(key, None, date(2015, 1, 1))

    def test_unconfirmed_defaults_are_marked(self) -> None:
        unverified = PolicyParameter.objects.get(key="pool.ratio_cap")

        assert not unverified.verified

    def test_loading_again_keeps_what_a_region_has_set(self) -> None:
        county = CountyFactory()
        set_parameter("pool.ratio_cap", county, "0.08", by=None, reason="县文件")

        load_parameters()

        assert parameter("pool.ratio_cap", county) == Decimal("0.08")
        assert PolicyParameter.objects.shipped().count() == len(rows("parameters.csv"))

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("class.large_min", "许多"),
            ("class.large_min", "NaN"),
            ("exchange.backbone_base", "BOTH"),
            ("work_plan_due", "02-30"),
            ("pilot_required", "yes"),
            ("grade.veto_kinds", "X"),
        ],
    )
    def test_a_value_of_the_wrong_kind_is_refused(self, key: str, value: str) -> None:
        with pytest.raises(ValidationError) as refusal:
            set_parameter(key, CountyFactory(), value, by=None, reason="x")

        assert "value" in refusal.value.message_dict


def test_a_school_and_a_group_read_the_parameters_of_their_region(default) -> None:
    county = CountyFactory()
    for region in (county, county.parent, CountyFactory()):
        PolicyParameterFactory(region=region, value="50")
    school, group = SchoolFactory(region=county), GroupFactory(region=county)

    for user in (user_with("SCHOOL_CLERK", school), user_with("GROUP_HEAD", group)):
        seen = PolicyParameter.objects.visible_to(user)
        assert {row.region for row in seen} == {None, county, county.parent}
