"""The formation of a group from the first draft to its full work."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from audit.models import Event
from core.models import Deadline, Notification, Opinion
from core.transitions import MoveRefused
from groups.choices import CaseState, GroupState, LineDecision
from groups.inbox import city_opinions, decisions
from groups.models import EducationGroup, Membership
from groups.services import (
    activate_group,
    approve_case,
    change_case,
    defer_case,
    file_with_city,
    give_city_opinion,
    give_consent,
    pass_pilot,
    pass_task,
    reject_case,
    return_case,
    review_case,
    start_pilot,
    submit_case,
    withdraw_case,
)
from groups.validation import validate_formation
from tests.bureau.factories import CountyFactory, PolicyParameterFactory
from tests.groups.factories import (
    Bureau,
    draft,
    famous_draft,
    make_ready,
    opined,
    papers_on_file,
    submitted,
    today,
    under_review,
)

APPROVAL: dict[str, Any] = {"document_number": "示府发〔2026〕8号"}


def approve(bureau: Bureau, case: Any, **more: Any) -> Any:
    values = {**APPROVAL, "effective_on": today(), **more}
    return approve_case(case, by=bureau.person("LEADING_GROUP"), **values)


@pytest.mark.clause("BN-5.1d")
@pytest.mark.clause("BN-4.1.1a")
@pytest.mark.clause("AK-1.3.3")
def test_a_group_goes_from_consent_to_full_work(bureau: Bureau) -> None:
    case = under_review(bureau)

    case = approve(
        bureau,
        case,
        conditions=[
            {"text": "三个月内派驻管理团队", "due_on": today() + timedelta(90)}
        ],
    )
    group = start_pilot(case.group, by=bureau.person("DISTRICT_EDU"))
    papers_on_file(bureau, group)
    for task in case.tasks.filter(kind="PILOT_REVIEW"):
        pass_task(task, by=bureau.person("DISTRICT_EDU"))
    group = pass_pilot(group, by=bureau.person("DISTRICT_EDU"))

    assert group.state == GroupState.ACTIVE
    assert case.state == CaseState.APPROVED
    assert group.founding_document == APPROVAL["document_number"]
    held = group.memberships.on()
    assert [row.role for row in held] == ["LEAD", "MEMBER", "MEMBER"]
    assert {row.decision.outcome for row in held} == {"WITH_CONDITIONS"}
    assert {row.mode_id for row in held} == {None, "BN_FAMOUS_NEW"}
    assert group.phases.on().get().state == GroupState.ACTIVE
    assert (
        Event.objects.about(case).filter(verb="groups.groupcase.approve").count() == 1
    )


@pytest.mark.clause("BN-3.1")
def test_joining_keeps_the_figures_of_that_day(bureau: Bureau) -> None:
    from tests.schools.factories import FullReturnFactory

    case = famous_draft(bureau, members=1)
    line = case.lines.get(role="MEMBER")
    FullReturnFactory(school=line.school, students=321)

    case = approve(bureau, under_review(bureau, case))

    row = Membership.objects.get(school=line.school)
    assert "321" in str(row.baseline)
    assert row.category_at_join == ["NEW"]


def test_a_condition_becomes_a_task_a_deadline_and_an_obligation(
    bureau: Bureau,
) -> None:
    due = today() + timedelta(30)
    case = approve(
        bureau, under_review(bureau), conditions=[{"text": "签订协议", "due_on": due}]
    )
    task = case.tasks.get(kind="CONDITION")

    assert Deadline.objects.get(key=f"groups.condition:{task.pk}").due_on == due
    assert case.group.obligations.outstanding().count() == 1

    pass_task(task, by=bureau.person("DISTRICT_EDU"), note="协议已签")

    assert case.group.obligations.outstanding().count() == 0
    assert Deadline.objects.get(key=f"groups.condition:{task.pk}").met_at


def test_lines_are_decided_one_by_one(bureau: Bureau) -> None:
    case = under_review(bureau)
    refused = case.lines.filter(role="MEMBER").first()

    case = approve(bureau, case, rejected=[refused.pk])

    refused.refresh_from_db()
    assert refused.decision == LineDecision.REJECTED
    assert refused.membership is None
    assert case.group.memberships.count() == 2


def test_rejecting_every_member_leaves_no_group_to_approve(bureau: Bureau) -> None:
    case = under_review(bureau)
    members = list(case.lines.filter(role="MEMBER").values_list("pk", flat=True))

    with pytest.raises(MoveRefused, match="至少须有 1 所成员学校"):
        approve(bureau, case, rejected=members)

    case.refresh_from_db()
    assert case.state == CaseState.UNDER_REVIEW
    assert not EducationGroup.objects.exists()


def test_the_submitter_never_decides(bureau: Bureau) -> None:
    case = under_review(bureau)
    from tests.accounts.factories import grant

    submitter = case.submitted_by
    grant(submitter, "LEADING_GROUP", bureau.county)

    with pytest.raises(MoveRefused, match="提交人不能决定"):
        approve_case(case, by=submitter, document_number="号", effective_on=today())


@pytest.mark.clause("AK-1.2.2")
def test_a_voluntary_group_is_submitted_by_the_lead_school_only(
    bureau: Bureau,
) -> None:
    case = make_ready(bureau, famous_draft(bureau))

    with pytest.raises(MoveRefused, match=r"学校自主组合.*AK-1.2.2"):
        submit_case(case, by=bureau.person("DISTRICT_EDU"))

    assert submit_case(case, by=case.opened_by).state == CaseState.SUBMITTED


@pytest.mark.clause("AK-1.2.2")
def test_a_led_group_is_opened_and_submitted_by_the_bureau(bureau: Bureau) -> None:
    lead, new = bureau.school("FAMOUS"), bureau.school("NEW")
    lines = [{"school": lead, "role": "LEAD"}, {"school": new}]

    with pytest.raises(ValidationError, match="行政主导组合由教育行政部门发起"):
        draft(bureau, lines, formation_basis="ADMIN_LED")

    case = draft(
        bureau,
        lines,
        by=bureau.person("DISTRICT_EDU"),
        formation_basis="ADMIN_LED",
    )
    make_ready(bureau, case)
    with pytest.raises(MoveRefused, match="行政主导组合的事项由教育行政部门办理"):
        submit_case(case, by=bureau.person("SCHOOL_PRINCIPAL", lead))
    assert submit_case(case, by=case.opened_by).state == CaseState.SUBMITTED


@pytest.mark.clause("AK-1.3.4")
def test_a_voluntary_group_needs_every_schools_consent(bureau: Bureau) -> None:
    case = make_ready(bureau, famous_draft(bureau))
    school = case.lines.filter(role="MEMBER").first().school
    Opinion.objects.about(case).filter(unit_id=school.pk).delete()

    with pytest.raises(MoveRefused, match=rf"{school}尚未表达意愿（AK-1.3.4）"):
        submit_case(case, by=case.opened_by)

    give_consent(
        case,
        school,
        by=bureau.person("SCHOOL_PRINCIPAL", school),
        verdict="DISAGREE",
        decided_on=today(),
        text="师资不足",
    )
    with pytest.raises(MoveRefused, match=r"不同意加入.*AK-1.3.4"):
        submit_case(case, by=case.opened_by)


@pytest.mark.clause("AK-1.3.4")
def test_a_led_group_is_not_approved_before_every_school_was_heard(
    bureau: Bureau,
) -> None:
    lead, new = bureau.school("FAMOUS"), bureau.school("NEW")
    case = draft(
        bureau,
        [{"school": lead, "role": "LEAD"}, {"school": new}],
        by=bureau.person("DISTRICT_EDU"),
        formation_basis="ADMIN_LED",
    )
    make_ready(bureau, case)
    Opinion.objects.about(case).filter(unit_id=new.pk).delete()
    case = submit_case(case, by=case.opened_by)
    other = _second_officer(bureau)
    case = opined(bureau, review_case(case, by=other))

    with pytest.raises(MoveRefused, match=r"尚未表达意愿（AK-1.3.4）"):
        approve(bureau, case)


def _second_officer(bureau: Bureau) -> Any:
    from tests.accounts.factories import user_with

    return user_with("DISTRICT_EDU", bureau.county)


@pytest.mark.clause("AK-1.3.4")
def test_only_the_principal_speaks_for_a_school(bureau: Bureau) -> None:
    case = famous_draft(bureau)
    school = case.lines.filter(role="MEMBER").first().school

    with pytest.raises(MoveRefused, match="学校意见由该校校长填写"):
        give_consent(
            case,
            school,
            by=bureau.person("DISTRICT_EDU"),
            verdict="AGREE",
            decided_on=today(),
        )


def test_a_school_whose_terms_change_is_asked_again(bureau: Bureau) -> None:
    case = make_ready(bureau, famous_draft(bureau))
    lead = case.lead_line.school
    first, second = (x.school for x in case.lines.filter(role="MEMBER"))

    change_case(
        case,
        by=case.opened_by,
        lines=[
            {"school": lead, "role": "LEAD"},
            {"school": first, "join_form": "BRANCH"},
            {"school": second},
        ],
    )

    heard = set(Opinion.objects.about(case).values_list("unit_id", flat=True))
    assert heard == {lead.pk, second.pk}


@pytest.mark.clause("AK-1.3.3")
def test_an_unripe_group_is_not_submitted(bureau: Bureau) -> None:
    case = famous_draft(bureau)

    with pytest.raises(MoveRefused, match=r"还没有组建方案（AK-3.3.2）"):
        submit_case(case, by=case.opened_by)
    make_ready(bureau, case)
    task = case.tasks.filter(kind="READINESS").first()
    type(task).objects.filter(pk=task.pk).update(state="FAILED")

    with pytest.raises(MoveRefused, match=r"组建条件尚有 1 项未符合.*AK-1.3.3"):
        submit_case(case, by=case.opened_by)


def test_an_approval_waits_for_compliance_and_departments(bureau: Bureau) -> None:
    case = review_case(submitted(bureau), by=bureau.person("DISTRICT_EDU"))

    with pytest.raises(MoveRefused, match=r"合规审查尚有 4 项未通过.*BN-2.1"):
        approve(bureau, case)
    for task in case.tasks.filter(kind="COMPLIANCE"):
        pass_task(task, by=bureau.person("DISTRICT_EDU"))
    with pytest.raises(MoveRefused, match=r"尚未回复意见（BN-5.1e）"):
        approve(bureau, case)


@pytest.mark.clause("AK-3.1.2")
def test_a_group_across_counties_needs_the_citys_word(bureau: Bureau) -> None:
    far = bureau.school("NEW", region=CountyFactory(parent=bureau.city))
    case = draft(
        bureau,
        [{"school": bureau.school("FAMOUS"), "role": "LEAD"}, {"school": far}],
    )
    case = under_review(bureau, case)
    assert case.is_cross_region

    with pytest.raises(MoveRefused, match=r"尚未取得市教育局同意（AK-3.1.2）"):
        approve(bureau, case)
    city, leading = bureau.person("CITY_EDU"), bureau.person("LEADING_GROUP")
    assert [i.title for i in city_opinions(city)] == [f"“{case.name}”待市级意见"]
    assert decisions(leading) == []
    give_city_opinion(case, by=city, verdict="AGREE", decided_on=today())

    assert city_opinions(city) == []
    assert len(decisions(leading)) == 1
    assert approve(bureau, case).group.is_cross_region


def test_return_reject_defer_and_withdraw_keep_their_reasons(bureau: Bureau) -> None:
    officer = bureau.person("DISTRICT_EDU")
    case = return_case(submitted(bureau), by=officer, reason="请补充论证")
    assert (case.state, case.returned_because) == (CaseState.DRAFT, "请补充论证")

    case = submit_case(case, by=case.opened_by)
    case = opined(bureau, review_case(case, by=officer))
    leading = bureau.person("LEADING_GROUP")
    case = defer_case(case, by=leading, reason="待明年预算")
    assert case.state == CaseState.UNDER_REVIEW
    case = reject_case(case, by=leading, reason="条件不成熟")
    assert case.state == CaseState.REJECTED
    assert [d.outcome for d in case.decisions.all()] == ["DEFERRED", "REJECTED"]

    other = famous_draft(bureau)
    other = withdraw_case(other, by=other.opened_by, reason="另行组建")
    assert other.state == CaseState.WITHDRAWN


def test_the_city_is_asked_to_file_within_thirty_days(bureau: Bureau) -> None:
    city = bureau.person("CITY_EDU")
    case = approve(bureau, under_review(bureau))

    deadline = Deadline.objects.get(key=f"groups.filing:{case.group.pk}")
    assert deadline.due_on == today() + timedelta(30)

    group = file_with_city(case.group, by=city)

    deadline.refresh_from_db()
    assert group.city_filed_on == today() and deadline.met_at
    with pytest.raises(MoveRefused, match="已于"):
        file_with_city(group, by=city)


@pytest.mark.clause("AK-1.3.3")
def test_a_pilot_comes_first_unless_the_region_says_otherwise(bureau: Bureau) -> None:
    officer = bureau.person("DISTRICT_EDU")
    group = approve(bureau, under_review(bureau)).group

    with pytest.raises(MoveRefused, match=r"本地区要求先试点（AK-1.3.3）"):
        activate_group(group, by=officer)

    PolicyParameterFactory(
        key="pilot_required",
        kind="bool",
        value=False,
        region=bureau.county,
        valid_from=date(2020, 1, 1),
    )
    with pytest.raises(MoveRefused, match="章程"):
        activate_group(group, by=officer)
    papers_on_file(bureau, group)
    assert activate_group(group, by=officer).state == GroupState.ACTIVE


@pytest.mark.clause("BN-4.2.4")
def test_a_pilot_does_not_pass_without_charter_and_plan(bureau: Bureau) -> None:
    officer = bureau.person("DISTRICT_EDU")
    case = approve(bureau, under_review(bureau))
    group = start_pilot(case.group, by=officer)

    with pytest.raises(
        MoveRefused, match=r"集团章程、发展规划尚未备案生效（BN-4.2.4）"
    ):
        pass_pilot(group, by=officer)
    papers_on_file(bureau, group)
    with pytest.raises(MoveRefused, match=r"试点评估尚有 3 项未通过.*AK-1.3.3"):
        pass_pilot(group, by=officer)


def test_people_are_told(
    bureau: Bureau, django_capture_on_commit_callbacks: Any
) -> None:
    bureau.person("DISTRICT_EDU")
    with django_capture_on_commit_callbacks(execute=True):
        case = submitted(bureau)

    titles = Notification.objects.filter(user=bureau.person("DISTRICT_EDU"))
    assert [n.title for n in titles] == [f"“{case.name}”组建申请待受理"]


def test_the_validators_report_is_green_when_all_fits(bureau: Bureau) -> None:
    [finding] = validate_formation(famous_draft(bureau))

    assert (finding.level, finding.clause) == ("green", "BN-4.1.1a")
