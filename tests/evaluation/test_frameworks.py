"""The shipped frameworks, the publish check, and the life of a version."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from core.transitions import MoveRefused
from evaluation.checks import coverage, is_publishable, publish_checks
from evaluation.loading import load_frameworks, shipped
from evaluation.models import Framework
from evaluation.reading import rule_words
from evaluation.rules import is_automatic, metrics_of
from evaluation.scoring.conditions import names_in
from evaluation.services import (
    check_framework,
    next_version,
    publish_framework,
    retire_framework,
    send_back_framework,
)
from tests.accounts.factories import user_with
from tests.bureau.factories import CountyFactory, PolicyClauseFactory
from tests.evaluation.factories import World, framework_of


def leaves_in(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the leaves of a tree of the data file."""
    found = []
    for node in nodes:
        found += [node] if node["level"] == 3 else leaves_in(node["children"])
    return found


@pytest.fixture
def loaded(db: None) -> Framework:
    """Banan's five dimensions, published in a county."""
    region = CountyFactory()
    load_frameworks(region, publish=True)
    return Framework.objects.get(region=region, code="BN-5D")


@pytest.mark.clause("BN-4.3.5")
def test_banans_framework_has_the_five_dimensions(loaded: Framework) -> None:
    dimensions = list(
        loaded.indicators.filter(level=1).values_list("name_zh", "weight")
    )

    assert dimensions == [
        ("学生发展", 25),
        ("教师发展", 20),
        ("学校发展", 25),
        ("社会认可", 15),
        ("发展潜能", 15),
    ]
    assert loaded.indicators.leaves().count() == 42


@pytest.mark.clause("AK-3.4.2")
def test_ankangs_framework_has_the_four_areas(loaded: Framework) -> None:
    ankang = Framework.objects.get(region=loaded.region, code="AK-4A")

    names = ankang.indicators.filter(level=1).values_list("name_zh", flat=True)

    assert list(names) == [
        "集团内部治理和运行",
        "优质资源共享",
        "教师队伍建设",
        "办学水平提升",
    ]
    assert ankang.indicators.leaves().count() == 37


@pytest.mark.clause("BN-4.3.2")
def test_the_weights_by_source_are_those_of_the_policy_reading(
    loaded: Framework,
) -> None:
    weights = {
        method: sum(
            loaded.indicators.filter(method=method).values_list("weight", flat=True)
        )
        for method in ("AUTO", "MIXED", "EXPERT", "SURVEY")
    }

    assert weights == {"AUTO": 73, "MIXED": 6, "EXPERT": 12, "SURVEY": 9}
    assert (loaded.expert_weight, loaded.survey_weight) == (12, 9)


def test_loading_twice_changes_nothing(loaded: Framework) -> None:
    before = loaded.indicators.count()

    counts = load_frameworks(loaded.region, publish=True)

    assert counts == {"created": 0, "unchanged": 2}
    assert loaded.indicators.count() == before


def test_every_rule_of_the_shipped_frameworks_can_be_read() -> None:
    for framework in shipped():
        for leaf in leaves_in(framework["indicators"]):
            rules = [*leaf["parts"], *leaf["variants"].values()]
            assert all(rule_words(r["function"], r["args"]) for r in rules)
            assert metrics_of(leaf["parts"]) is not None
            if leaf["na_rule"]:
                assert names_in(leaf["na_rule"]["when"])


def test_a_sector_takes_its_own_rule_without_the_base_rubric(
    loaded: Framework,
) -> None:
    leaf = loaded.indicators.get(code="BN-S3.1")

    base, kinder = leaf.rule_for(""), leaf.rule_for("KINDERGARTEN")

    assert base["parts"][0]["metric"] == "schools.large_class_share"
    assert kinder["parts"][0]["metric"] == "schools.kinder_no_oversize_class"
    assert kinder["name_zh"] == "无超额班级"
    assert leaf.rule_for("NONE") == base


def test_a_rule_is_automatic_only_when_every_figure_is_known() -> None:
    part = {
        "source": "SYSTEM",
        "metric": "schools.large_class_share",
        "function": "DOWN",
        "args": {"good": "0", "bad": "0.05", "zero_if": "nowhere.kept > 0"},
    }

    assert not is_automatic(part, "GROUP")
    assert is_automatic({**part, "args": {"good": "0", "bad": "0.05"}}, "GROUP")


def test_coverage_tells_what_the_system_computes_today(loaded: Framework) -> None:
    held = coverage(list(loaded.indicators.all()))

    assert held.automatic + held.mixed + held.by_hand == 100
    assert held.automatic > 0
    assert all("." in name for name in held.missing)


@pytest.mark.clause("BN-4.3.3")
def test_the_shipped_frameworks_pass_their_publish_check(loaded: Framework) -> None:
    for leaf in loaded.indicators.leaves():
        PolicyClauseFactory(clause_id=leaf.clause)

    assert is_publishable(loaded)


@pytest.mark.clause("BN-4.3.3")
@pytest.mark.parametrize(
    ("change", "title"),
    [
        ({"weight": 15}, "一级指标权重合计为 100"),
        ({"method": "AUTO"}, "行业认定与社会评价相结合"),
        ({"rubric": None}, "三级指标都有计分规则"),
        ({"evidence": []}, "评议类指标列明佐证材料"),
        ({"clause": "XX-9"}, "每项指标都有政策依据"),
    ],
)
def test_the_check_finds_each_fault(
    change: dict[str, Any], title: str, world: World
) -> None:
    draft = framework_of(world.region, publish=False)
    codes = ["T-C1.1", "T-C1", "T-C"] if "weight" in change else ["T-C1.1"]
    draft.indicators.filter(code__in=codes).update(**change)

    failed = [c.title for c in publish_checks(draft) if not c.passed]

    assert title in failed


@pytest.mark.clause("BN-5.1d")
def test_a_framework_is_checked_by_one_and_published_by_another(world: World) -> None:
    draft = framework_of(world.region, publish=False)

    checked = check_framework(draft, by=world.bureau)
    with pytest.raises(MoveRefused, match="校核人不能发布"):
        publish_framework(checked, by=world.bureau)
    published = publish_framework(checked, by=world.checker)

    assert (published.state, published.published_by) == ("PUBLISHED", world.checker)


def test_a_faulty_draft_is_not_checked_through(world: World) -> None:
    draft = framework_of(world.region, publish=False)
    draft.indicators.filter(code="T-C1.1").update(weight=15)

    with pytest.raises(ValidationError, match="下级权重之和等于上级权重"):
        check_framework(draft, by=world.bureau)


def test_a_stranger_publishes_nothing(world: World) -> None:
    draft = framework_of(world.region, publish=False)

    with pytest.raises(MoveRefused) as refusal:
        check_framework(draft, by=user_with("DISTRICT_EDU", CountyFactory()))

    assert refusal.value.verdict.clause == "BN-5.1d"


def test_a_checked_framework_can_go_back_to_draft(world: World) -> None:
    checked = check_framework(
        framework_of(world.region, publish=False), by=world.bureau
    )

    draft = send_back_framework(checked, by=world.checker, reason="权重要调整")

    assert (draft.state, draft.checked_by) == ("DRAFT", None)


@pytest.mark.clause("BN-4.3.3")
def test_a_change_of_a_published_framework_is_a_new_version(world: World) -> None:
    second = next_version(world.framework, by=world.bureau)
    second.indicators.filter(code="T-A1.1").update(
        parts=[{**second.indicators.get(code="T-A1.1").parts[0], "share": "1"}]
    )

    assert (second.version, second.state, second.total_weight) == (2, "DRAFT", 100)
    old = list(world.framework.indicators.values_list("code", "weight"))
    assert list(second.indicators.values_list("code", "weight")) == old


def test_a_retired_framework_is_no_longer_offered(world: World) -> None:
    retire_framework(world.framework, by=world.bureau, reason="换新版")

    assert not Framework.objects.published().exists()


def test_weights_keep_their_cents(world: World) -> None:
    draft = framework_of(world.region, publish=False)
    draft.indicators.filter(code="T-B1.1").update(weight=Decimal("9.50"))
    draft.indicators.filter(code="T-B1.2").update(weight=Decimal("10.50"))

    assert next(c for c in publish_checks(draft) if "下级" in c.title).passed
