"""Attacks from below on frameworks: raw SQL and bulk_create."""

from typing import Any

import pytest

from evaluation.models import (
    Framework,
    Indicator,
)
from tests.evaluation.attacks import refused, sql
from tests.evaluation.factories import (
    World,
    framework_of,
)


def node(framework: Framework, **changes: Any) -> Indicator:
    """Return an unsaved dimension of a framework."""
    return Indicator(
        **{
            "framework": framework,
            "level": 1,
            "position": 99,
            "code": "T-X",
            "name_zh": "新增",
            "name_en": "New",
            "weight": 5,
            **changes,
        }
    )


@pytest.fixture
def draft(world: World) -> Framework:
    """A framework that can still be changed."""
    return framework_of(world.region, publish=False)


@pytest.mark.clause("BN-4.3.3")
@pytest.mark.parametrize("weight", [0, -1])
def test_an_indicator_weighs_more_than_nothing(weight: int, draft: Framework) -> None:
    with refused("indicator_weight_positive"):
        Indicator.objects.bulk_create([node(draft, weight=weight)])


@pytest.mark.clause("BN-4.3.3")
def test_a_code_stands_once_in_a_framework(draft: Framework) -> None:
    with refused("indicator_code_once"):
        Indicator.objects.bulk_create([node(draft, code="T-A")])


@pytest.mark.clause("BN-4.3.3")
@pytest.mark.parametrize(("level", "parent_level"), [(2, 0), (3, 1), (1, 1), (1, 0)])
def test_a_level_lies_one_below_its_parent(
    level: int, parent_level: int, draft: Framework
) -> None:
    parent = draft.indicators.get(code="T-A")
    place: dict[str, Any] = {"level": level, "parent_level": parent_level}
    rule: dict[str, Any] = {"method": "AUTO", "parts": [{}]} if level == 3 else {}

    with refused("indicator_level_below_parent"):
        Indicator.objects.bulk_create([node(draft, parent=parent, **place, **rule)])


def test_a_lie_about_the_parents_level_is_found(draft: Framework) -> None:
    parent = draft.indicators.get(code="T-A")
    rule = {"method": "AUTO", "parts": [{}], "level": 3, "parent_level": 2}

    with refused("indicator_carries_parent_level"):
        Indicator.objects.bulk_create([node(draft, parent=parent, **rule)])


def test_a_parent_stands_in_the_same_framework(world: World, draft: Framework) -> None:
    foreign = world.framework.indicators.get(code="T-A")

    with refused("indicator_carries_parent_level"):
        Indicator.objects.bulk_create(
            [node(draft, parent=foreign, level=2, parent_level=1)]
        )


@pytest.mark.clause("BN-4.3.3")
def test_a_framework_that_does_not_weigh_100_cannot_be_published(
    draft: Framework,
) -> None:
    draft.indicators.filter(code="T-C").update(weight=15)

    with refused("framework_published_weighs_100"):
        Framework.objects.filter(pk=draft.pk).update(state="PUBLISHED")


@pytest.mark.clause("BN-4.3.3")
def test_children_that_do_not_add_up_cannot_be_published(draft: Framework) -> None:
    draft.indicators.filter(code="T-C1.1").update(weight=15)

    with refused("framework_children_add_up"):
        Framework.objects.filter(pk=draft.pk).update(state="PUBLISHED")


def test_a_forged_total_does_not_help(world: World) -> None:
    forged = Framework(
        code="F",
        region=world.region,
        name_zh="假",
        name_en="Forged",
        targets=["GROUP"],
        state="PUBLISHED",
        total_weight=100,
        expert_weight=10,
        survey_weight=10,
    )

    with refused("framework_children_add_up"):
        Framework.objects.bulk_create([forged])


@pytest.mark.clause("BN-4.3.2")
@pytest.mark.parametrize("method", ["EXPERT", "SURVEY"])
def test_banans_framework_needs_experts_and_surveys(
    method: str, world: World, draft: Framework
) -> None:
    Framework.objects.filter(pk=draft.pk).update(policy="BN")
    draft.indicators.filter(method=method).update(method="AUTO")

    with refused("framework_expert_and_survey"):
        Framework.objects.filter(pk=draft.pk).update(state="PUBLISHED")


@pytest.mark.clause("BN-4.3.3")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE evaluation_indicator SET weight = 21 WHERE code = 'T-C1.1'",
        "UPDATE evaluation_indicator SET rubric = '{}' WHERE code = 'T-C1.1'",
        "DELETE FROM evaluation_indicator WHERE code = 'T-C1.1'",
        "INSERT INTO evaluation_indicator (framework_id, parent_level, level, position,"
        " code, name_zh, name_en, weight, method, subject, clause, parts, evidence,"
        " variants) SELECT id, 0, 1, 99, 'T-X', 'x', 'x', 1, '', 'BOTH', '', '[]',"
        " '[]', '{}' FROM evaluation_framework",
        "UPDATE evaluation_framework SET name_zh = '改名'",
        "UPDATE evaluation_framework SET state = 'DRAFT'",
        "DELETE FROM evaluation_framework",
    ],
)
def test_a_published_framework_is_frozen(statement: str, world: World) -> None:
    with refused("framework_frozen"):
        sql(statement)


def test_a_published_framework_can_only_be_retired(world: World) -> None:
    sql("UPDATE evaluation_framework SET state = 'RETIRED', retired_on = '2026-01-01'")

    world.framework.refresh_from_db()
    assert world.framework.state == "RETIRED"


def test_the_one_who_checked_a_framework_cannot_publish_it(
    world: World, draft: Framework
) -> None:
    with refused("framework_publisher_is_not_checker"):
        Framework.objects.filter(pk=draft.pk).update(
            checked_by=world.bureau, published_by=world.bureau
        )


def test_the_totals_of_a_framework_are_kept_by_the_database(
    world: World, draft: Framework
) -> None:
    assert (draft.total_weight, draft.expert_weight, draft.survey_weight) == (
        100,
        20,
        10,
    )

    draft.indicators.filter(code="T-C1.1").delete()

    draft.refresh_from_db()
    assert (draft.total_weight, draft.expert_weight) == (100, 0)
