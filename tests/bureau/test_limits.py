"""What a city leaves to its counties, and who confirms a value."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from audit.models import Event
from bureau.loading import load_parameters, load_policies, load_regions
from bureau.models import PolicyParameter, Region
from bureau.models.region import BEGINNING
from bureau.parameters import number_at, parameter, unverified
from bureau.services import Below, confirm_parameter, set_parameter
from bureau.services.parameters import outside
from bureau.words import value_with_unit
from core.days import today
from core.models import Installation, Notification
from core.transitions import MoveRefused
from tests.accounts.factories import user_with
from tests.bureau.factories import (
    CountyFactory,
    PolicyClauseFactory,
    PolicyParameterFactory,
)

pytestmark = pytest.mark.django_db
KEY = "class.large_min"
RANGE = Below("RANGE", Decimal(50), Decimal(60))


@pytest.fixture
def default(db: None) -> PolicyParameter:
    """The shipped line of 56 pupils."""
    shipped = PolicyParameterFactory()
    shipped.clauses.add(PolicyClauseFactory())
    return shipped


@pytest.fixture
def county(default: PolicyParameter) -> Any:
    """A county of a city."""
    return CountyFactory(name="云洲区")


def city_sets(county: Any, value: str = "56", below: Below = RANGE, **more: Any) -> Any:
    return set_parameter(
        KEY, county.parent, value, by=None, reason="全市统一", below=below, **more
    )


def county_sets(county: Any, value: str, **more: Any) -> Any:
    return set_parameter(KEY, county, value, by=None, reason="本区实际", **more)


@pytest.mark.clause("AK-1.3.1")
def test_a_county_refines_only_within_what_the_city_allows(county: Any) -> None:
    city_sets(county)

    county_sets(county, "52")

    assert parameter(KEY, county) == 52
    for value in ("49", "61"):
        with pytest.raises(ValidationError, match="只能在 50 到 60 之间"):
            county_sets(county, value, valid_from=today() + timedelta(days=1))


def test_a_county_does_not_refine_what_the_city_fixed(county: Any) -> None:
    city_sets(county, below=Below("FIXED"))

    with pytest.raises(ValidationError, match="下级不得另行设定"):
        county_sets(county, "56")


def test_an_open_end_of_the_range_is_open(county: Any) -> None:
    city_sets(county, below=Below("RANGE", least=Decimal(50)))

    county_sets(county, "99")

    with pytest.raises(ValidationError, match="不得低于 50"):
        county_sets(county, "49", valid_from=today() + timedelta(days=1))


def test_the_limits_count_from_their_day_on(county: Any) -> None:
    city_sets(county, valid_from=date(2030, 1, 1))
    past = {"valid_from": date(2020, 1, 1)}

    with pytest.raises(ValidationError):
        county_sets(county, "70", **past)
    later = PolicyParameterFactory(
        region=county,
        value="70",
        valid_from=date(2020, 1, 1),
        valid_to=date(2030, 1, 1),
    )

    assert later.pk


@pytest.mark.clause("AK-1.3.1")
def test_the_database_refuses_a_value_beyond_the_limits(county: Any) -> None:
    city_sets(county)

    with (
        pytest.raises(IntegrityError, match="does not allow this value"),
        transaction.atomic(),
    ):
        PolicyParameter.objects.bulk_create(
            [PolicyParameterFactory.build(region=county, value="70")]
        )
    held = PolicyParameterFactory(region=county, value="55", valid_from=today())
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyParameter.objects.filter(pk=held.pk).update(value="70")


def test_what_was_set_before_the_city_narrowed_is_shown_and_may_end(
    county: Any,
) -> None:
    bureau = user_with("DISTRICT_EDU", county)
    PolicyParameterFactory(region=county, value="70", valid_from=date(2020, 1, 1))
    sibling = CountyFactory(parent=county.parent)
    PolicyParameterFactory(region=sibling, value="55", valid_from=date(2020, 1, 1))

    with transaction.atomic():
        city_sets(county)

    assert [row.region for row in outside(KEY, county.parent)] == [county]
    assert parameter(KEY, county) == 70
    rows = PolicyParameter.objects.filter(region=county)
    assert rows.update(valid_to=today()) == 1
    assert outside(KEY, county.parent) == []
    assert bureau.pk


def test_the_counties_left_outside_are_told(
    county: Any, django_capture_on_commit_callbacks: Any
) -> None:
    bureau = user_with("DISTRICT_EDU", county)
    PolicyParameterFactory(region=county, value="70", valid_from=date(2020, 1, 1))

    with django_capture_on_commit_callbacks(execute=True):
        city_sets(county)

    told = Notification.objects.get(user=bureau)
    assert "超出上级允许范围" in told.title


def test_the_city_sees_whose_values_are_outside(county: Any, signed_in: Any) -> None:
    PolicyParameterFactory(region=county, value="70", valid_from=date(2020, 1, 1))
    city_sets(county)
    client = signed_in(user_with("CITY_EDU", county.parent))

    page = client.get(reverse("bureau:parameter-detail", args=[KEY])).content.decode()
    rows = client.get(reverse("bureau:parameter-list"), {"outside": "true"})

    assert "有地区的取值超出上级允许范围" in page
    assert "只能在 50 到 60 之间" in page
    assert "云洲区" in rows.content.decode()


def test_limits_are_of_numbers_and_not_reversed(county: Any) -> None:
    for below in (Below("RANGE"), Below("RANGE", Decimal(60), Decimal(50))):
        with pytest.raises(ValidationError):
            city_sets(county, below=below)
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyParameterFactory(key="other", refining="FIXED")


def test_the_city_sets_limits_on_the_form_and_a_county_has_no_such_boxes(
    county: Any, signed_in: Any
) -> None:
    url = reverse("bureau:parameter-set", args=[KEY])
    given = {
        "region": county.parent.pk,
        "value": "56",
        "valid_from": f"{today()}",
        "reason": "全市统一",
        "refining": "RANGE",
        "least": "50",
        "most": "60",
    }

    answer = signed_in(user_with("CITY_EDU", county.parent)).post(url, given)
    page = signed_in(user_with("DISTRICT_EDU", county)).get(url).content.decode()

    assert answer.status_code == 302
    row = PolicyParameter.objects.get(region=county.parent)
    assert (row.refining, row.least, row.most) == ("RANGE", 50, 60)
    assert 'name="refining"' not in page


@pytest.mark.clause("AK-1.3.1")
def test_confirming_says_who_when_and_from_what(county: Any) -> None:
    Installation.objects.create(region_code=county.parent.code)
    city = user_with("CITY_EDU", county.parent)
    row = PolicyParameter.objects.get(key=KEY)
    assert unverified([KEY], county) == [row]

    confirmed = confirm_parameter(row, by=city, source_note="市教发〔2026〕3号")

    assert (confirmed.verified_by, confirmed.verified_note) == (
        city,
        "市教发〔2026〕3号",
    )
    assert confirmed.verified_at
    assert unverified([KEY], county) == []
    assert Event.objects.filter(verb="bureau.confirm_parameter").exists()
    with pytest.raises(MoveRefused, match="已核实"):
        confirm_parameter(row, by=city, source_note="再次")


def test_a_county_does_not_confirm_what_is_not_its_own(county: Any) -> None:
    Installation.objects.create(region_code=county.parent.code)
    row = PolicyParameter.objects.get(key=KEY)

    with pytest.raises(MoveRefused, match="未能核实"):
        confirm_parameter(row, by=user_with("DISTRICT_EDU", county), source_note="无")
    with pytest.raises(ValidationError, match="依据"):
        confirm_parameter(row, by=user_with("CITY_EDU", county.parent), source_note=" ")


def test_the_database_wants_a_whole_confirmation(default: PolicyParameter) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyParameter.objects.filter(pk=default.pk).update(
            verified_at="2026-01-01T00:00Z"
        )


def test_a_default_stays_confirmed_until_an_update_changes_it(db: None) -> None:
    load_regions()
    load_policies()
    load_parameters()
    row = PolicyParameter.objects.shipped().get(key="return.jump_ratio")
    Installation.objects.create(region_code="610900")
    city = user_with("CITY_EDU", _region("610900"))
    confirm_parameter(row, by=city, source_note="会议纪要")

    load_parameters()
    row.refresh_from_db()
    assert row.verified
    PolicyParameter.objects.filter(pk=row.pk).update(value="0.5")
    load_parameters()

    row.refresh_from_db()
    assert (row.verified, row.verified_by) == (False, None)


def _region(code: str) -> Any:
    return Region.objects.get(code=code)


def test_the_page_of_a_value_offers_and_takes_the_confirmation(
    county: Any, signed_in: Any
) -> None:
    Installation.objects.create(region_code=county.parent.code)
    row = PolicyParameter.objects.get(key=KEY)
    client = signed_in(user_with("CITY_EDU", county.parent))
    url = reverse("bureau:parameter-confirm", args=[row.pk])

    page = client.get(row.get_absolute_url()).content.decode()
    answer = client.post(url, {"source_note": "市教发〔2026〕3号"})

    assert url in page
    assert answer.status_code == 302
    after = client.get(row.get_absolute_url()).content.decode()
    assert "市教发〔2026〕3号" in after
    assert client.get(url).status_code == 302


def test_history_shows_every_value_with_its_reason(county: Any, signed_in: Any) -> None:
    county_sets(county, "52", valid_from=BEGINNING)
    county_sets(county, "53")
    client = signed_in(user_with("DISTRICT_EDU", county))

    page = client.get(reverse("bureau:parameter-detail", args=[KEY])).content.decode()

    assert "52 人" in page
    assert "53 人" in page
    assert page.count("本区实际") >= 2


def test_reading_parameters_of_many_rows_takes_one_expression(county: Any) -> None:
    county_sets(county, "52")
    rows = Region.objects.annotate(line=number_at(KEY, "path", today()))

    found = dict(rows.values_list("code", "line"))

    assert found[county.code] == 52
    assert found[county.parent.code] == 56
    assert found[county.parent.parent.code] == 56


def test_a_county_reads_what_is_in_force_and_allowed_before_it_types(
    county: Any, signed_in: Any
) -> None:
    city_sets(county)
    url = reverse("bureau:parameter-set", args=[KEY])

    page = signed_in(user_with("DISTRICT_EDU", county)).get(url).content.decode()

    assert f"现行取值 56 人（{county.parent}）" in page
    assert "只能在 50 到 60 之间设定" in page


def test_a_search_of_parameters_keeps_unconfirmed_ones(
    county: Any, signed_in: Any
) -> None:
    PolicyParameter.objects.update(verified=False)
    client = signed_in(user_with("DISTRICT_EDU", county))
    url = reverse("bureau:parameter-list")

    page = client.get(url).content.decode()
    found = {
        asked: KEY in client.get(url, {"verified": asked}).content.decode()
        for asked in ("", "true", "false")
    }

    box = page.partition('name="verified"')[2].partition("</select>")[0]
    assert "不限" in box
    assert "selected" not in box.replace('value="" selected', "")
    assert found == {"": True, "true": False, "false": True}


def test_large_values_are_read_with_separators(default: PolicyParameter) -> None:
    default.value = "2500"

    assert value_with_unit(default) == "2,500 人"
