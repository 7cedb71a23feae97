"""Pages of appraisal: who sees what, what they say, how they scale."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import Attachment, Job
from evaluation.models import Cycle, Framework, PeriodicReport, Result, Score
from evaluation.reports import compile_now, runs_of
from evaluation.services import (
    confirm_assessment,
    consolidate,
    finish_scoring,
    lock_data,
    open_cycle,
    publicise,
    publish_cycle,
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
    World,
    framework_of,
    group_of,
    hand_in,
    score_all,
)
from tests.schools.factories import SchoolFactory

SignIn = Callable[[Any], Any]
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00"
    b"\x00\x1f\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


def get(client: Any, name: str, *args: Any, **query: Any) -> Any:
    """Fetch a page of the room and return the response."""
    return client.get(reverse(f"evaluation:{name}", args=args), query)


def text_of(response: Any) -> str:
    """Return the page as text."""
    content: str = response.content.decode()
    return content


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


def test_compiling_shows_the_bar_of_its_job(
    world: World, signed_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    cycle = world.published()
    client = signed_in(world.bureau)

    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(reverse("evaluation:cycle-compile", args=[cycle.pk]))

    job = Job.objects.get()
    assert done.url == job.get_absolute_url()
    assert (job.state, job.done) == ("DONE", 3)
    assert "编制年度考核报告" in text_of(client.get(done.url))


def test_the_principal_writes_saves_and_submits_the_report(
    world: World, signed_in: SignIn
) -> None:
    cycle = world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")
    node = cycle.framework.indicators.get(code="T-C1.1")
    client = signed_in(world.principal)
    url = reverse("evaluation:report-write", args=[report.pk])
    typed = {f"text|T-{d}": f"{d} 方面" for d in "ABC"}
    typed["note|T-A|T-A1.1"] = "转学两人未计入"
    typed["self|T-C|T-C1.1"] = "18"

    page = client.get(url)
    saved = client.post(
        url,
        {
            **typed,
            "submit": "1",
            f"file-{node.pk}": SimpleUploadedFile("证书.png", PNG, "image/png"),
        },
    )
    confirm = client.get(saved.url)
    sent = client.post(saved.url)

    assert "440 ÷ 880 = 0.5" in text_of(page)
    assert "来源：2024-2025 学年各校确认报表和登记" in text_of(page)
    assert saved.url == reverse("evaluation:report-move", args=[report.pk, "submit"])
    assert "报告提交后不能修改" in text_of(confirm)
    assert sent.status_code == 302
    report.refresh_from_db()
    assert report.state == "SUBMITTED"
    assert report.leaf("T-A", "T-A1.1")["note"] == "转学两人未计入"
    assert [f.label for f in report.files.all()] == ["T-C1.1"]
    assert "转学两人未计入" in text_of(client.get(report.get_absolute_url()))


def test_typing_is_saved_by_itself(world: World, signed_in: SignIn) -> None:
    world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")
    client = signed_in(world.principal)

    said = client.post(
        reverse("evaluation:report-autosave", args=[report.pk]),
        {"text|T-A": "写了一半"},
    )

    report.refresh_from_db()
    assert said.content.decode().startswith("已保存")
    assert report.section("T-A")["text"] == "写了一半"


def test_a_bad_file_is_named_and_the_text_is_kept(
    world: World, signed_in: SignIn
) -> None:
    cycle = world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")
    node = cycle.framework.indicators.get(code="T-C1.1")
    bad = SimpleUploadedFile("病毒.exe", b"MZ\x90", "application/octet-stream")

    page = signed_in(world.principal).post(
        reverse("evaluation:report-write", args=[report.pk]),
        {"text|T-A": "正文", f"file-{node.pk}": bad},
    )

    report.refresh_from_db()
    assert page.status_code == 200
    assert "不接受“病毒.exe”" in text_of(page)
    assert report.section("T-A")["text"] == "正文"


def test_evidence_can_be_taken_off_while_writing(
    world: World, signed_in: SignIn
) -> None:
    cycle = world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")
    node = cycle.framework.indicators.get(code="T-C1.1")
    client = signed_in(world.principal)
    write = reverse("evaluation:report-write", args=[report.pk])
    client.post(write, {f"file-{node.pk}": SimpleUploadedFile("a.png", PNG)})
    file = report.files.get()

    client.post(
        reverse("evaluation:evidence-delete", args=[report.pk, file.pk]),
        {"text|T-A": "还在写"},
    )

    report.refresh_from_db()
    assert not report.files.exists()
    assert report.section("T-A")["text"] == "还在写"


def test_a_member_principal_cannot_see_the_lead_schools_report(
    world: World, signed_in: SignIn
) -> None:
    world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")
    client = signed_in(world.member_principal)

    assert get(client, "report-detail", report.pk).status_code == 404
    assert get(client, "report-write", report.pk).status_code == 404


def test_a_returned_report_shows_its_reason_on_the_form(
    world: World, signed_in: SignIn
) -> None:
    world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")
    hand_in(report.assessment, by=world.principal)
    url = reverse("evaluation:report-move", args=[report.pk, "return"])

    signed_in(world.bureau).post(url, {"reason": "缺少数据说明"})
    page = get(signed_in(world.principal), "report-write", report.pk)

    assert "缺少数据说明" in text_of(page)


def desk_of(world: World, label: str = "甲集团", code: str = "T-C1.1") -> Score:
    """Return the score of one leaf of one group."""
    return Score.objects.get(assessment__label=label, indicator__code=code)


def test_the_desk_scores_a_rubric_and_goes_on_to_the_next_leaf(
    world: World, signed_in: SignIn
) -> None:
    world.reviewing()
    client = signed_in(world.bureau)
    assessment = desk_of(world).assessment

    entry = get(client, "assessment-desk", assessment.pk)
    page = client.get(reverse("evaluation:score-desk", args=[desk_of(world).pk]))
    done = client.post(
        reverse("evaluation:score-desk", args=[desk_of(world).pk]),
        {"level": "B", "comment": "两项记录完整"},
    )

    assert entry.url == reverse(
        "evaluation:score-desk", args=[desk_of(world, code="T-B1.1").pk]
    )
    assert "A 级的样子" in text_of(page)
    assert done.url == entry.url
    scored = desk_of(world)
    assert (scored.score, scored.how, scored.manual_level) == (16, "BY_HAND", "B")


def test_the_desk_goes_to_the_same_leaf_of_the_next_group(
    world: World, signed_in: SignIn
) -> None:
    world.reviewing()
    here = desk_of(world)
    other = desk_of(world, "乙集团")

    done = signed_in(world.bureau).post(
        reverse("evaluation:score-desk", args=[here.pk]),
        {"level": "B", "comment": "完整", "then": "group"},
    )

    assert done.url == reverse("evaluation:score-desk", args=[other.pk])


@pytest.mark.parametrize(
    ("code", "typed", "words"),
    [
        ("T-C1.1", {"comment": "x"}, "请选择评定等级"),
        ("T-C1.1", {"level": "A"}, "请写明评分依据"),
        ("T-B1.1", {"points": "11", "comment": "x"}, "得分应在 0 和 10.00 之间"),
        ("T-B1.1", {"points": "abc", "comment": "x"}, "请填写得分"),
        ("T-B1.1", {"is_na": "1", "na_reason": "没有"}, "没有不适用规则"),
    ],
)
def test_the_desk_says_what_is_wrong_and_keeps_what_was_typed(
    code: str, typed: dict[str, str], words: str, world: World, signed_in: SignIn
) -> None:
    world.reviewing()
    score = desk_of(world, code=code)

    page = signed_in(world.bureau).post(
        reverse("evaluation:score-desk", args=[score.pk]), typed
    )

    score.refresh_from_db()
    assert page.status_code == 200
    assert words in text_of(page)
    assert score.score is None


def test_what_was_typed_on_the_desk_survives_a_reload(
    world: World, signed_in: SignIn
) -> None:
    world.reviewing()
    client = signed_in(world.bureau)
    url = reverse("evaluation:score-desk", args=[desk_of(world).pk])
    client.post(
        reverse("core:draft-save"), {"draft_page": url, "comment": "写到一半的依据"}
    )

    assert "写到一半的依据" in text_of(client.get(url))


def test_an_assessment_shows_number_grade_place_and_where_points_were_lost(
    world: World, signed_in: SignIn
) -> None:
    cycle = world.published()
    assessment = cycle.assessments.get(label="甲集团")
    client = signed_in(world.principal)

    page = text_of(get(client, "assessment-detail", assessment.pk))
    leaves = text_of(get(client, "assessment-detail", assessment.pk, tab="leaves"))
    members = text_of(get(client, "assessment-detail", assessment.pk, tab="members"))

    assert "81.33" in page
    assert "良好" in page
    assert "第 1 位，共 2 个" in page
    assert "如何提高" in page
    assert "手工评分" in leaves
    assert "示范甲二小学" in members


def test_a_score_unfolds_to_formula_numbers_rows_and_clause(
    world: World, signed_in: SignIn
) -> None:
    world.published()
    score = desk_of(world, code="T-A1.1")

    page = text_of(get(signed_in(world.principal), "score-detail", score.pk))

    assert "从 0.30 到 0.55 按比例得分" in page
    assert "440 ÷ 880 = 0.5，得满分的 80%，计 32 分" in page
    assert "示范甲一小学" in page
    assert "BN-4.3.5" in page
    assert "分子还差 44" in page


@pytest.mark.clause("BN-4.3.1")
def test_members_see_the_groups_result_only_after_publication(
    world: World, signed_in: SignIn
) -> None:
    cycle = world.consolidated()
    assessment = cycle.assessments.get(label="甲集团")
    client = signed_in(world.member_principal)

    before = get(client, "assessment-detail", assessment.pk)
    cycle = publicise(
        cycle,
        by=world.bureau,
        publicity_from=date(2025, 10, 9),
        publicity_to=date(2025, 10, 20),
    )
    during = get(client, "assessment-detail", assessment.pk)
    publish_cycle(cycle, by=world.leading)
    after = get(client, "assessment-detail", assessment.pk)

    assert [before.status_code, during.status_code] == [404, 404]
    assert "81.33" in text_of(after)


def test_the_lead_principal_sees_no_scores_before_the_notice(
    world: World, signed_in: SignIn
) -> None:
    cycle = world.consolidated()
    assessment = cycle.assessments.get(label="甲集团")

    page = text_of(get(signed_in(world.principal), "assessment-detail", assessment.pk))

    assert "结果尚未公布" in page
    assert "81.33" not in page


def test_a_veto_is_entered_with_decision_and_file_and_can_be_lifted(
    world: World, signed_in: SignIn
) -> None:
    cycle = world.reviewing()
    assessment = cycle.assessments.get(label="甲集团")
    client = signed_in(world.bureau)
    url = reverse("evaluation:assessment-veto", args=[assessment.pk])
    typed = {"kind": "ILLEGAL_FEES", "cap": "D", "decision": "示督〔2025〕3号"}

    bare = client.post(url, typed)
    done = client.post(
        url, {**typed, "files": SimpleUploadedFile("决定.txt", "认定".encode())}
    )
    assessment.refresh_from_db()
    entered = (assessment.veto_kind, assessment.veto_cap)
    lifted = client.post(
        reverse("evaluation:assessment-veto-lift", args=[assessment.pk]),
        {"reason": "复核后撤销"},
    )

    assert "请上传认定一票否决的依据文件" in text_of(bare)
    assert (done.status_code, entered) == (302, ("ILLEGAL_FEES", "D"))
    assessment.refresh_from_db()
    assert (lifted.status_code, assessment.veto_kind) == (302, "")
    assert Attachment.objects.about(assessment).count() == 1


def test_a_report_shows_the_document_its_files_and_its_digest(
    world: World, signed_in: SignIn
) -> None:
    cycle = world.published()
    compile_now(cycle)
    run = next(run for run in runs_of(cycle) if "甲集团" in run.title)
    client = signed_in(world.principal)

    listed = text_of(client.get(reverse("core:report-list")))
    page = text_of(client.get(run.get_absolute_url()))
    file = client.get(
        reverse("core:report-download", args=[run.pk, "docx"]), follow=True
    )

    assert run.title in listed
    assert "乙集团" not in listed
    assert "数据与摘要一致" in page
    assert run.digest in page
    assert b"".join(file.streaming_content).startswith(b"PK")


def test_draft_reports_stay_inside_the_bureau(world: World, signed_in: SignIn) -> None:
    cycle = world.consolidated()
    compile_now(cycle)
    run = next(run for run in runs_of(cycle) if "甲集团" in run.title)

    inside = signed_in(world.bureau).get(run.get_absolute_url())
    outside = signed_in(world.principal).get(run.get_absolute_url())

    assert (inside.status_code, outside.status_code) == (200, 404)


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
