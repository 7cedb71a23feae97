"""A city's cycle is the city's, a county's the county's; the city reads both."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.roles import OWN_AUTHORITY
from core.access import reaches
from evaluation import permissions
from evaluation.models import Cycle
from tests.accounts.factories import user_with
from tests.evaluation.factories import World, framework_of

pytestmark = [pytest.mark.django_db, pytest.mark.clause("AK-1.3.1")]
OWN = sorted(
    name
    for name in OWN_AUTHORITY
    if name.startswith("evaluation.") and not name.endswith("_reportrun")
)


@pytest.fixture
def city(world: World) -> Any:
    """The county's role, held at the city above."""
    return user_with("DISTRICT_EDU", world.region.parent)


@pytest.fixture
def leaders(world: World) -> Any:
    """The leading group of the city."""
    return user_with("LEADING_GROUP", world.region.parent)


def test_the_city_reads_a_county_s_cycle_and_does_not_lead_it(
    world: World, city: Any, leaders: Any
) -> None:
    cycle = world.cycle()

    assert cycle in Cycle.objects.visible_to(city)
    for refusal in (
        permissions.can_run_cycle(city, cycle),
        permissions.can_compile(city, cycle),
        permissions.can_publish_cycle(leaders, cycle),
        permissions.can_keep_framework(city, cycle.framework),
    ):
        assert refusal.clause == "AK-1.3.1"
        assert f"由{world.region.name}教育行政部门自行管理" in refusal.message
    assert permissions.can_run_cycle(world.bureau, cycle)


def test_the_city_scores_no_assessment_of_a_county_s_cycle(
    world: World, city: Any
) -> None:
    assessment = world.self_evaluating().assessments.first()
    assert assessment is not None

    for told in (
        permissions.can_score,
        permissions.can_decide_assessment,
        permissions.can_confirm,
    ):
        assert told(city, assessment).clause == "AK-1.3.1"
    assert permissions.can_score(world.bureau, assessment)


def test_a_cycle_of_the_city_is_led_by_the_city(world: World, city: Any) -> None:
    assert permissions.can_keep_framework(city, framework_of(world.region.parent))
    refusal = permissions.can_keep_framework(
        world.bureau, framework_of(world.region.parent)
    )
    assert not refusal and refusal.clause == "BN-5.1d"


def test_the_form_of_a_cycle_offers_the_regions_that_the_person_runs(
    world: World, city: Any, signed_in: Any
) -> None:
    page = signed_in(city).get(reverse("evaluation:cycle-create")).content.decode()

    assert f'<option value="{world.region.parent.pk}"' in page
    assert f'<option value="{world.region.pk}"' not in page


@pytest.mark.parametrize("permission", OWN)
def test_every_right_over_appraisal_stops_at_the_authority(
    world: World, city: Any, leaders: Any, permission: str
) -> None:
    cycle = world.self_evaluating()
    rows = {
        "framework": cycle.framework,
        "cycle": cycle,
        "assessment": cycle.assessments.first(),
    }
    row: Any = rows[permission.partition("_")[2]]
    person = leaders if permission.endswith("publish_cycle") else city
    own = user_with(person.grants.get().role, world.region)

    assert not reaches(person, permission, row)
    assert reaches(own, permission, row)
