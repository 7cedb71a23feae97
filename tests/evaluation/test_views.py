"""Pages of appraisal, frameworks and cycles: who sees what, how they scale."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluation.models import Cycle, Framework, PeriodicReport, Result, Score
from evaluation.reports import compile_now
from evaluation.services import (
    confirm_assessment,
    consolidate,
    finish_scoring,
    lock_data,
    open_cycle,
    start_review,
    start_self_evaluation,
)
from tests.accounts.factories import user_with
from tests.bureau.factories import (
    AcademicYearFactory,
    CountyFactory,
    PolicyClauseFactory,
)
from tests.evaluation.factories import (
    SignIn,
    World,
    framework_of,
    get,
    group_of,
    score_all,
    text_of,
)
from tests.schools.factories import SchoolFactory

LISTS = [
    "framework-list",
    "cycle-list",
    "assessment-list",
    "result-list",
    "report-list",
]


@pytest.mark.parametrize("name", LISTS)
def test_lists_show_their_rows_to_the_bureau(
    name: str, world: World, signed_in: SignIn
) -> None:
    world.published()

    page = get(signed_in(world.bureau), name)

    assert page.status_code == 200
    assert "还没有" not in text_of(page)


@pytest.mark.parametrize("name", LISTS)
def test_lists_are_empty_for_another_county(
    name: str, world: World, signed_in: SignIn
) -> None:
    world.published()
    stranger = user_with("DISTRICT_EDU", CountyFactory())

    page = get(signed_in(stranger), name)

    assert page.status_code == 200
    assert "甲集团" not in text_of(page)
    assert "试用体系" not in text_of(page)


def test_everything_of_another_county_is_not_found(
    world: World, signed_in: SignIn
) -> None:
    cycle = world.published(targets=["GROUP"])
    client = signed_in(user_with("DISTRICT_EDU", CountyFactory()))
    assessment = cycle.assessments.first()
    score = Score.objects.first()
    report = PeriodicReport.objects.first()

    found = [
        get(client, "cycle-detail", cycle.pk),
        get(client, "cycle-move", cycle.pk, "archive"),
        get(client, "framework-detail", world.framework.pk),
        get(client, "assessment-detail", assessment.pk),
        get(client, "score-detail", score.pk),
        get(client, "score-desk", score.pk),
        get(client, "report-detail", report.pk),
        client.post(reverse("evaluation:cycle-compile", args=[cycle.pk])),
    ]

    assert [page.status_code for page in found] == [404] * len(found)


@pytest.mark.parametrize("tab", ["tree", "check"])
def test_a_framework_shows_its_tree_and_its_publish_check(
    tab: str, world: World, signed_in: SignIn
) -> None:
    page = get(signed_in(world.bureau), "framework-detail", world.framework.pk, tab=tab)

    assert page.status_code == 200
    assert {"tree": "体质健康优良率", "check": "可以发布"}[tab] in text_of(page)


def test_the_check_lists_every_rule_that_fails(world: World, signed_in: SignIn) -> None:
    framework = framework_of(world.region, publish=False)
    framework.indicators.filter(code="T-C1.1").update(weight=15)

    page = get(signed_in(world.bureau), "framework-detail", framework.pk, tab="check")

    assert "尚不能发布" in text_of(page)
    assert "C1 15.00≠20.00" in text_of(page)


def test_a_published_framework_goes_on_as_a_new_draft(
    world: World, signed_in: SignIn
) -> None:
    client = signed_in(world.bureau)

    done = client.post(
        reverse("evaluation:framework-version", args=[world.framework.pk])
    )

    made = Framework.objects.get(version=2)
    assert done.status_code == 302
    assert (made.state, made.total_weight, made.indicators.count()) == (
        "DRAFT",
        100,
        11,
    )


def test_a_cycle_is_planned_through_the_form(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.bureau)
    form = {
        "region": world.region.pk,
        "year": world.year.pk,
        "kind": "ANNUAL",
        "framework": world.framework.pk,
        "targets": ["GROUP"],
        "reference_day": "2024-09-01",
        "self_due_on": "2025-10-10",
        "review_due_on": "2025-10-31",
    }

    page = client.get(reverse("evaluation:cycle-create"))
    done = client.post(reverse("evaluation:cycle-create"), form)

    cycle = Cycle.objects.get()
    assert page.status_code == 200
    assert (done.status_code, done.url) == (302, cycle.get_absolute_url())
    assert cycle.name.endswith("2024-2025 学年年度考核")


def test_a_bad_plan_says_what_is_wrong_beside_the_field(
    world: World, signed_in: SignIn
) -> None:
    client = signed_in(world.bureau)
    form = {
        "region": world.region.pk,
        "year": world.year.pk,
        "kind": "ANNUAL",
        "framework": world.framework.pk,
        "targets": ["GROUP"],
        "reference_day": "2020-09-01",
        "self_due_on": "2025-10-10",
        "review_due_on": "2025-10-31",
    }

    page = client.post(reverse("evaluation:cycle-create"), form)

    assert page.status_code == 200
    assert "数据基准日必须在本学年内" in text_of(page)
    assert not Cycle.objects.exists()


@pytest.mark.parametrize("tab", ["board", "results", "reports"])
def test_a_cycle_shows_progress_results_and_reports(
    tab: str, world: World, signed_in: SignIn
) -> None:
    cycle = world.published()
    compile_now(cycle)

    page = get(signed_in(world.bureau), "cycle-detail", cycle.pk, tab=tab)

    words = {"board": "评分进度", "results": "81.33", "reports": "一集团一册"}
    assert page.status_code == 200
    if tab != "reports":
        assert words[tab] in text_of(page)
    assert "甲集团" in text_of(page)


@pytest.mark.parametrize(
    ("tab", "link", "words"),
    [
        ("board", "assessment-list", "查看全部考核对象"),
        ("results", "result-list", "查看全部结果"),
    ],
)
def test_a_cycle_of_many_shows_the_first_and_leads_to_the_list_of_all(
    tab: str, link: str, words: str, world: World, signed_in: SignIn, monkeypatch: Any
) -> None:
    cycle = world.published()
    client = signed_in(world.bureau)
    assert words not in text_of(get(client, "cycle-detail", cycle.pk, tab=tab))

    monkeypatch.setattr("evaluation.views.cycles.SHOWN", 1)
    page = text_of(get(client, "cycle-detail", cycle.pk, tab=tab))

    assert words in page
    assert f"{reverse(f'evaluation:{link}')}?cycle={cycle.pk}" in page
    assert page.count("<tr>") == 2


def test_a_step_is_told_before_it_is_pressed_and_made_on_post(
    world: World, signed_in: SignIn
) -> None:
    cycle = world.cycle()
    client = signed_in(world.bureau)
    url = reverse("evaluation:cycle-move", args=[cycle.pk, "open"])

    page = client.get(url)
    done = client.post(url)

    assert "为 2 个正式运行的集团建立考核任务和自评报告" in text_of(page)
    assert done.status_code == 302
    cycle.refresh_from_db()
    assert cycle.state == "OPEN"


def test_the_notice_asks_for_its_days(world: World, signed_in: SignIn) -> None:
    cycle = world.consolidated()
    client = signed_in(world.bureau)
    url = reverse("evaluation:cycle-move", args=[cycle.pk, "publicise"])

    short = client.post(
        url, {"publicity_from": "2025-10-09", "publicity_to": "2025-10-13"}
    )
    done = client.post(
        url, {"publicity_from": "2025-10-09", "publicity_to": "2025-10-20"}
    )

    assert "公示不得少于 5 个工作日" in text_of(short)
    assert done.status_code == 302


def test_the_bureau_cannot_publish_what_it_submitted(
    world: World, signed_in: SignIn
) -> None:
    cycle = world.consolidated()
    both = world.bureau
    client = signed_in(both)
    client.post(
        reverse("evaluation:cycle-move", args=[cycle.pk, "publicise"]),
        {"publicity_from": "2025-10-09", "publicity_to": "2025-10-20"},
    )

    refused = client.post(reverse("evaluation:cycle-move", args=[cycle.pk, "publish"]))

    assert refused.status_code == 403
    cycle.refresh_from_db()
    assert cycle.state == "PUBLICITY"


def test_the_ranking_exports_what_is_filtered(world: World, signed_in: SignIn) -> None:
    world.published()

    file = get(signed_in(world.bureau), "result-list", export="csv", q="甲")

    text = b"".join(file.streaming_content).decode("utf-8-sig")
    assert "甲集团" in text
    assert "乙集团" not in text
    assert Decimal("81.33") == Result.objects.get(rank=1).score


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_as_many_queries_for_many_rows_as_for_few(
    name: str, world: World, signed_in: SignIn
) -> None:
    world.published()
    client = signed_in(world.bureau)
    get(client, name)
    with CaptureQueriesContext(
        connection,
    ) as few:
        get(client, name)

    _many(world)
    with CaptureQueriesContext(connection) as many:
        get(client, name)

    assert len(many) == len(few)
    assert len(few) <= 15


def _many(world: World) -> None:
    """Add thirty groups with results, reports and frameworks."""
    for number in range(12):
        framework_of(world.region)
        school = SchoolFactory(region=world.region)
        group_of(world.region, f"丙{number}集团", school)
    world.year = AcademicYearFactory(first=2025)
    cycle = open_cycle(world.cycle(reference_day=date(2025, 9, 1)), by=world.bureau)
    cycle = start_review(
        start_self_evaluation(lock_data(cycle, by=world.bureau), by=world.bureau),
        by=world.bureau,
    )
    for assessment in cycle.assessments.all():
        score_all(assessment, by=world.bureau)
        confirm_assessment(finish_scoring(assessment, by=world.bureau), by=world.bureau)
    consolidate(cycle, by=world.bureau)


@pytest.mark.parametrize(
    ("name", "limit"), [("cycle-detail", 25), ("assessment-detail", 25)]
)
def test_a_detail_page_keeps_within_its_queries(
    name: str, limit: int, world: World, signed_in: SignIn
) -> None:
    cycle = world.published()
    pk = {"cycle-detail": cycle.pk, "assessment-detail": cycle.assessments.first().pk}
    client = signed_in(world.bureau)
    get(client, name, pk[name])

    with CaptureQueriesContext(connection) as asked:
        page = get(client, name, pk[name])

    assert page.status_code == 200
    assert len(asked) <= limit


def test_panels_show_results_on_group_and_school_pages(
    world: World, signed_in: SignIn
) -> None:
    world.published(targets=["GROUP", "SCHOOL"])
    client = signed_in(world.bureau)

    of_group = client.get(
        reverse(
            "core:panel",
            args=["groups.educationgroup", world.groups[0].pk, "evaluation-results"],
        )
    )
    of_school = client.get(
        reverse(
            "core:panel",
            args=["schools.school", world.schools[0].pk, "evaluation-results"],
        )
    )

    assert "81.33" in text_of(of_group)
    assert "2024-2025 学年年度考核" in text_of(of_school)


def test_a_clause_shows_the_indicators_that_rest_on_it(
    world: World, signed_in: SignIn
) -> None:
    leaf = world.framework.indicators.leaves().first()
    clause = PolicyClauseFactory(clause_id=leaf.clause)
    url = f"/panels/bureau.policyclause/{clause.pk}/evaluation-indicators/"
    client = signed_in(world.bureau)

    assert url in text_of(client.get(clause.get_absolute_url()))
    panel = text_of(client.get(url, headers={"HX-Request": "true"}))

    assert leaf.name_zh in panel
    assert world.framework.get_absolute_url() in panel


def test_a_clause_without_indicators_says_so(world: World, signed_in: SignIn) -> None:
    clause = PolicyClauseFactory(clause_id="BN-9.9")
    url = f"/panels/bureau.policyclause/{clause.pk}/evaluation-indicators/"

    assert "没有指标依据本条" in text_of(signed_in(world.bureau).get(url))
