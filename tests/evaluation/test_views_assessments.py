"""Pages of assessments: the scoring desk, scores and results, a veto."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.models import Attachment
from evaluation.models import Score
from evaluation.services import publicise, publish_cycle
from tests.evaluation.factories import SignIn, World, get, text_of


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
