"""What services and permissions of groups refuse, and the few they let through."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import Attachment, Notification, Opinion
from core.transitions import MoveRefused
from core.verdict import Denied
from groups.choices import CaseState, DocumentState, GroupState, Role
from groups.models import Document, GroupCase
from groups.permissions import (
    can_activate,
    can_change_case,
    can_change_document,
    can_change_partnership,
    can_close,
    can_consent,
    can_file_document,
    can_open_case,
    can_opine,
    can_submit_case,
    can_submit_document,
    can_withdraw_case,
)
from groups.services import (
    MemberSpan,
    approve_case,
    change_case,
    draft_document,
    file_document,
    give_consent,
    open_case,
    register_group,
    return_document,
    submit_document,
)
from groups.services.register import amend
from tests.accounts.factories import user_with
from tests.bureau.factories import CountyFactory
from tests.groups.factories import (
    FIRST_DAY,
    Bureau,
    draft,
    famous_draft,
    standing_group,
    today,
    under_review,
)


def assert_denied(verdict: Any, words: str, clause: str) -> None:
    assert isinstance(verdict, Denied)
    assert words in verdict.reason
    assert verdict.clause == clause


def stranger() -> Any:
    return user_with("DISTRICT_EDU", CountyFactory())


def approved(bureau: Bureau, **days: Any) -> Any:
    given = {"document_number": "示府发〔2026〕8号", "effective_on": today(), **days}
    return approve_case(
        under_review(bureau), by=bureau.person("LEADING_GROUP"), **given
    )


@pytest.mark.parametrize("with_lead", [True, False])
def test_a_stranger_opens_no_case(bureau: Bureau, with_lead: bool) -> None:
    lead_id = bureau.school("FAMOUS").pk if with_lead else None

    verdict = can_open_case(stranger(), bureau.county, lead_id)

    assert_denied(verdict, "由教育行政部门或龙头学校校长发起", "AK-1.2.2")


def test_the_bureau_edits_the_voluntary_draft_it_opened_itself(bureau: Bureau) -> None:
    officer = bureau.person("DISTRICT_EDU")
    lines = [
        {"school": bureau.school("FAMOUS"), "role": Role.LEAD},
        {"school": bureau.school("NEW")},
    ]
    case = draft(bureau, lines, by=officer)
    colleague = user_with("DISTRICT_EDU", bureau.county)

    assert can_change_case(officer, case)
    assert_denied(can_change_case(colleague, case), "由龙头学校校长办理", "AK-1.2.2")


@pytest.mark.parametrize(
    ("basis", "words"),
    [
        ("VOLUNTARY", "学校自主组合的事项由龙头学校校长办理"),
        ("ADMIN_LED", "行政主导组合的事项由教育行政部门办理"),
        ("MIXED", "事项由龙头学校校长或教育行政部门办理"),
    ],
)
def test_a_stranger_is_told_who_handles_the_case(
    bureau: Bureau, basis: str, words: str
) -> None:
    case = famous_draft(bureau)
    case.formation_basis = basis

    verdict = can_submit_case(stranger(), case)

    assert_denied(verdict, f"未能提交：{words}", "AK-1.2.2")


def test_a_list_that_does_not_fit_its_mode_is_not_submitted(bureau: Bureau) -> None:
    case = famous_draft(bureau)
    case.lines.filter(role=Role.LEAD).delete()
    case.formation_basis = "ADMIN_LED"

    verdict = can_submit_case(bureau.person("DISTRICT_EDU"), case)

    assert not verdict
    assert "未能提交：名单中没有龙头学校" in verdict.reason
    assert "模式检查" in verdict.remedy


def test_a_new_principal_of_the_lead_takes_the_case_back(bureau: Bureau) -> None:
    case = famous_draft(bureau)
    successor = user_with("SCHOOL_PRINCIPAL", case.lead_line.school)

    assert can_withdraw_case(successor, case)
    assert_denied(can_withdraw_case(stranger(), case), "只有申请方可以撤回", "")


@pytest.mark.parametrize(
    "state", [CaseState.APPROVED, CaseState.REJECTED, CaseState.WITHDRAWN]
)
def test_a_closed_case_takes_no_consent(bureau: Bureau, state: str) -> None:
    case = famous_draft(bureau)
    case.state = state
    school = case.lead_line.school

    verdict = can_consent(bureau.person("SCHOOL_PRINCIPAL", school), case, school.pk)

    assert_denied(verdict, "事项已办结，不能再填写意见", "AK-1.3.4")


def test_a_school_that_is_not_listed_has_no_say(bureau: Bureau) -> None:
    case, other = famous_draft(bureau), bureau.school()

    verdict = can_consent(bureau.person("SCHOOL_PRINCIPAL", other), case, other.pk)

    assert_denied(verdict, "该校不在名单中", "AK-1.3.4")


def test_no_department_is_asked_before_the_review(bureau: Bureau) -> None:
    department = bureau.county.departments.get(kind="HR")

    verdict = can_opine(bureau.person("DEPT_HR"), famous_draft(bureau), department)

    assert_denied(verdict, "受理后、决定前才征求部门意见", "BN-5.1e")


@pytest.mark.parametrize(
    ("ask", "words", "clause"),
    [
        (can_change_document, "地区文件由教育行政部门管理", "BN-5.1c"),
        (can_submit_document, "该文件随事项一并提交", "AK-3.3.2"),
        (can_file_document, "该文件随事项一并办理", "AK-3.3.2"),
    ],
)
def test_a_document_without_a_group_goes_another_way(
    bureau: Bureau, ask: Any, words: str, clause: str
) -> None:
    paper = Document(region=bureau.county, kind="SCHEME", title="方案")

    assert_denied(ask(bureau.person("DISTRICT_EDU"), paper), words, clause)


def test_a_stranger_submits_no_document(bureau: Bureau) -> None:
    group = standing_group(bureau.county)
    paper = Document(group=group, title="章程", sections={"text": "正文"})

    verdict = can_submit_document(stranger(), paper)

    assert_denied(verdict, "由集团办公室或龙头学校提交", "BN-4.2.4")


def test_an_ended_group_takes_no_partner(bureau: Bureau) -> None:
    group = standing_group(bureau.county)
    group.state = GroupState.DISSOLVED

    verdict = can_change_partnership(bureau.person("DISTRICT_EDU"), group)

    assert_denied(verdict, "集团已经撤销，不能再登记合作单位", "")


@pytest.mark.parametrize(
    ("ask", "clause"), [(can_activate, "AK-1.3.3"), (can_close, "BN-5.1d")]
)
def test_a_stranger_does_not_move_a_group(
    bureau: Bureau, ask: Any, clause: str
) -> None:
    group = standing_group(bureau.county)

    verdict = ask(stranger(), group)

    assert_denied(verdict, f"只有{bureau.county.name}有相应职责的单位可以办理", clause)


@pytest.mark.parametrize("name", ["valid_from", "valid_to"])
def test_a_development_plan_needs_both_days(bureau: Bureau, name: str) -> None:
    group = standing_group(bureau.county)
    days = {"valid_from": date(2026, 1, 1), "valid_to": date(2030, 1, 1)}

    with pytest.raises(ValidationError, match="请填写规划的起止日期"):
        draft_document(
            group,
            by=bureau.person("GROUP_OFFICE", group),
            kind="DEVELOPMENT_PLAN",
            title="规划",
            **{**days, name: None},
        )


@pytest.mark.parametrize(
    ("verb", "state", "words"),
    [
        (
            lambda paper, by: return_document(paper, by=by, reason="补正"),
            DocumentState.DRAFT,
            "被退回修改",
        ),
        (
            lambda paper, by: file_document(paper, by=by),
            DocumentState.EFFECTIVE,
            "已备案生效",
        ),
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_only_a_known_submitter_is_told(
    bureau: Bureau,
    django_capture_on_commit_callbacks: Any,
    verb: Any,
    state: str,
    words: str,
    known: bool,
) -> None:
    group = standing_group(bureau.county)
    office = bureau.person("GROUP_OFFICE", group)
    paper = draft_document(
        group, by=office, kind="CHARTER", title="章程", sections={"text": "正文"}
    )
    paper = submit_document(paper, by=office)
    if not known:
        Document.objects.filter(pk=paper.pk).update(submitted_by=None)
        paper.refresh_from_db()

    with django_capture_on_commit_callbacks(execute=True):
        paper = verb(paper, bureau.person("DISTRICT_EDU"))

    assert paper.state == state
    assert Notification.objects.filter(title__contains=words).count() == known


def test_a_paper_of_a_case_is_not_filed_by_itself(bureau: Bureau) -> None:
    case = famous_draft(bureau)
    paper = draft_document(
        case, by=case.opened_by, kind="FORMATION_PLAN", title="组建方案"
    )
    Document.objects.filter(pk=paper.pk).update(state=DocumentState.SUBMITTED)

    with pytest.raises(MoveRefused, match="该文件随事项一并办理"):
        file_document(paper, by=bureau.person("DISTRICT_EDU"))


def test_a_case_without_lead_and_region_is_not_opened(bureau: Bureau) -> None:
    lines = [{"school": bureau.school("NEW")}]

    with pytest.raises(ValidationError, match="请指定龙头学校") as refused:
        open_case(by=bureau.person("DISTRICT_EDU"), lines=lines, name="集团")

    assert refused.value.code == "lead"


def test_a_change_of_the_words_leaves_the_list(bureau: Bureau) -> None:
    case = famous_draft(bureau)
    before = list(case.lines.order_by("pk").values_list("pk", "school"))

    case = change_case(case, by=case.opened_by, grounds="带动薄弱学校")

    assert case.grounds == "带动薄弱学校"
    assert list(case.lines.order_by("pk").values_list("pk", "school")) == before


def test_a_school_is_listed_once(bureau: Bureau) -> None:
    lead, twice = bureau.school("FAMOUS"), bureau.school("NEW")
    lines = [{"school": lead, "role": Role.LEAD}, {"school": twice}, {"school": twice}]

    with pytest.raises(ValidationError, match="名单中有重复的学校") as refused:
        draft(bureau, lines)

    assert refused.value.code == "duplicate"
    assert not GroupCase.objects.exists()


def test_a_group_of_private_schools_is_private(bureau: Bureau) -> None:
    schools = [
        bureau.school("FAMOUS", ownership="PRIVATE"),
        bureau.school("NEW", ownership="PRIVATE"),
    ]
    group = register_group(
        by=bureau.person("DISTRICT_EDU"),
        region=bureau.county,
        name="民办教育集团",
        group_type="FAMOUS_SCHOOL_GROUP",
        founded_on=FIRST_DAY,
        members=[
            MemberSpan(schools[0], Role.LEAD, FIRST_DAY),
            MemberSpan(schools[1], Role.MEMBER, FIRST_DAY),
        ],
    )

    assert group.ownership == "PRIVATE"


def test_a_decided_membership_is_not_amended(bureau: Bureau) -> None:
    case = approved(bureau)
    row = case.group.memberships.filter(role=Role.MEMBER).first()

    with pytest.raises(ValidationError, match="由系统内的决定产生") as refused:
        amend(row, {"join_form": "BRANCH"}, by=bureau.person("DISTRICT_EDU"))

    assert refused.value.code == "decided"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({"decided_on": 1}, "决定日期不能晚于今天"),
        ({"effective_on": -367}, "生效日期不能早于决定日期一年以上"),
    ],
)
def test_a_decision_has_possible_days(
    bureau: Bureau, days: dict[str, int], words: str
) -> None:
    given = {name: today() + timedelta(far) for name, far in days.items()}

    with pytest.raises(ValidationError, match=words):
        approved(bureau, **given)


def consent(bureau: Bureau, case: GroupCase, **more: Any) -> Opinion:
    school = case.lead_line.school
    said = {
        "verdict": "AGREE",
        "deciding_body": "教职工代表大会",
        "decided_on": today(),
        **more,
    }
    return give_consent(
        case, school, by=bureau.person("SCHOOL_PRINCIPAL", school), **said
    )


def test_a_consent_is_not_dated_ahead(bureau: Bureau) -> None:
    with pytest.raises(ValidationError, match="决定日期不能晚于今天"):
        consent(bureau, famous_draft(bureau), decided_on=today() + timedelta(1))


def test_the_minutes_stay_with_the_consent(bureau: Bureau) -> None:
    minutes = SimpleUploadedFile("会议纪要.pdf", b"%PDF-1.7 text")

    opinion = consent(bureau, famous_draft(bureau), file=minutes)

    kept = Attachment.objects.about(opinion).get()
    assert kept.kind == Attachment.Kind.MINUTES
