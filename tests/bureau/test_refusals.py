"""What the administrative frame refuses, and in which words."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from bureau.choices import PolicyLevel
from bureau.models import PriorityArea, Target
from bureau.permissions import can_change_document
from bureau.services import (
    Below,
    end_area,
    form_area,
    join_area,
    register_document,
    set_parameter,
    set_target,
)
from bureau.services.parameters import clean_value, limits_above
from core.days import today
from core.transitions import MoveRefused
from tests.accounts.factories import user_with
from tests.bureau.factories import (
    CityFactory,
    CountyFactory,
    PolicyDocumentFactory,
    PolicyParameterFactory,
)

pytestmark = pytest.mark.django_db
KEY = "class.large_min"


@pytest.fixture
def county(db: None) -> Any:
    return CountyFactory(name="云洲区")


@pytest.fixture
def bureau(county: Any) -> Any:
    return user_with("DISTRICT_EDU", county)


def sets(region: Any, value: str, key: str = KEY, **more: Any) -> Any:
    return set_parameter(key, region, value, by=None, reason="本地实际", **more)


# --- parameters -------------------------------------------------------------------


@pytest.mark.parametrize("value", ["", "  ", 5, None])
def test_a_worded_parameter_wants_words(value: Any) -> None:
    worded = PolicyParameterFactory(key="test.words", kind="text", unit="", value="是")

    with pytest.raises(ValidationError) as caught:
        clean_value(worded, value)

    assert caught.value.message_dict == {"value": ["请填写取值"]}


def test_a_region_keeps_to_the_range_it_leaves_to_others(county: Any) -> None:
    PolicyParameterFactory()
    leaves = Below("RANGE", Decimal(50), Decimal(60))

    with pytest.raises(ValidationError) as caught:
        sets(county.parent, "70", below=leaves)

    assert caught.value.message_dict == {"value": ["本级取值应在允许下级的范围之内"]}


def test_a_range_with_an_upper_end_only_says_so(county: Any) -> None:
    PolicyParameterFactory()
    sets(county.parent, "56", below=Below("RANGE", most=Decimal(60)))

    with pytest.raises(ValidationError) as caught:
        sets(county, "61")

    told = f"{county.parent}规定下级不得高于 60（AK-1.3.1）"
    assert caught.value.message_dict == {"value": [told]}


def test_nothing_stands_above_a_shipped_default(county: Any) -> None:
    shipped = PolicyParameterFactory()
    sets(county.parent, "56", below=Below("FIXED"))

    assert limits_above(shipped) == []


def test_a_key_without_a_shipped_default_is_refused(county: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        sets(county, "56", key="no.such_key")

    assert caught.value.message_dict == {"key": ["没有参数“no.such_key”"]}


# --- targets and areas ------------------------------------------------------------


def test_a_target_of_another_region_is_not_taken_over(county: Any, bureau: Any) -> None:
    theirs = Target.objects.create(
        region=CountyFactory(name="彼岸区"),
        metric="schools.school_count",
        title="学校数",
        value=4,
        due_on=today(),
    )

    with pytest.raises(MoveRefused, match="未能设定目标：您不负责彼岸区"):
        set_target(theirs, region=county, by=bureau, title="本区学校数")


@pytest.fixture
def city(db: None) -> Any:
    return CityFactory()


@pytest.fixture
def lead(city: Any) -> Any:
    return user_with("CITY_EDU", city)


@pytest.fixture
def area(city: Any, lead: Any) -> PriorityArea:
    """An area of two counties from today on, for a hundred days."""
    return form_area(
        lead_region=city,
        regions=[CountyFactory(parent=city) for _number in range(2)],
        by=lead,
        name="东部片区",
        valid_from=today(),
        valid_to=today() + timedelta(days=100),
    )


def test_an_area_is_formed_by_the_bureau_that_leads_it(city: Any, bureau: Any) -> None:
    counties = [CountyFactory(parent=city) for _number in range(2)]
    given = {"name": "东部片区", "valid_from": today()}

    with pytest.raises(MoveRefused, match=r"未能办理片区：牵头地区.*不归您负责"):
        form_area(lead_region=city, regions=counties, by=bureau, **given)

    assert not PriorityArea.objects.exists()


@pytest.mark.parametrize("days", [-1, 100])
def test_a_region_joins_while_the_area_stands(
    area: PriorityArea, city: Any, lead: Any, days: int
) -> None:
    on = today() + timedelta(days=days)

    with pytest.raises(ValidationError) as caught:
        join_area(area, region=CountyFactory(parent=city), on=on, by=lead)

    assert caught.value.message_dict == {"on": ["加入日期应在片区存续期内"]}


def test_an_area_ends_with_a_reason(area: PriorityArea, lead: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        end_area(area, by=lead, on=today() + timedelta(days=9), reason=" ")

    assert caught.value.message_dict == {"reason": ["请填写事由"]}


# --- policy documents -------------------------------------------------------------


@pytest.mark.parametrize(
    ("left_out", "told"),
    [
        ({"reason": " "}, {"reason": ["请填写登记或修改的理由"]}),
        ({"issued_on": None}, {"issued_on": ["请填写发文日期"]}),
    ],
)
def test_a_document_is_entered_with_its_day_and_a_reason(
    county: Any, bureau: Any, left_out: Any, told: Any
) -> None:
    given = {
        "doc_no": "示教发〔2026〕9号",
        "title": "关于推进集团化办学的实施细则",
        "issuer": "示范县教育局",
        "clause_prefix": "SFX",
        "issued_on": today(),
        "effective_on": today(),
        "reason": "局长办公会通过",
    }

    with pytest.raises(ValidationError) as caught:
        register_document(by=bureau, region=county, **{**given, **left_out})

    assert caught.value.message_dict == told


def test_a_national_document_is_only_read(bureau: Any) -> None:
    national = PolicyDocumentFactory(region=None, level=PolicyLevel.NATIONAL)

    verdict = can_change_document(bureau, national)

    assert not verdict
    assert verdict.message.startswith(f"未能修改：{national}是国家文件，只能查看")
