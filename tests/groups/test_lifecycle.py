"""A group's life after its approval, its papers, and the races for its decision."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections

from audit.models import Event
from core.models import Attachment
from core.transitions import MoveRefused
from groups.choices import DocumentState, GroupState, ObligationKind, Role
from groups.models import Document, EducationGroup, GroupCase, Membership
from groups.services import (
    MemberSpan,
    approve_case,
    close_group,
    draft_document,
    fail_pilot,
    file_document,
    open_obligation,
    register_group,
    resume_group,
    return_document,
    settle_obligation,
    start_pilot,
    submit_document,
    suspend_group,
    wind_up_group,
)
from groups.services.register import register_membership
from tests.accounts.factories import user_with
from tests.bureau.factories import AcademicYearFactory, CountyFactory
from tests.groups.factories import (
    FIRST_DAY,
    Bureau,
    GroupFactory,
    join,
    papers_on_file,
    standing_group,
    today,
    under_review,
)


def spans_of(bureau: Bureau, start: date = FIRST_DAY) -> list[MemberSpan]:
    return [
        MemberSpan(bureau.school("FAMOUS"), Role.LEAD, start),
        MemberSpan(bureau.school("NEW"), Role.MEMBER, start, "BN_FAMOUS_NEW"),
    ]


def registered(bureau: Bureau, **facts: Any) -> EducationGroup:
    values = {
        "region": bureau.county,
        "name": "老牌教育集团",
        "group_type": "FAMOUS_SCHOOL_GROUP",
        "founded_on": FIRST_DAY,
        "founding_document": "示教发〔2022〕3号",
        "members": spans_of(bureau),
        **facts,
    }
    return register_group(by=bureau.person("DISTRICT_EDU"), **values)


@pytest.mark.clause("BN-5.1d")
def test_a_standing_group_is_registered_with_its_past(bureau: Bureau) -> None:
    scan = SimpleUploadedFile("批文.pdf", b"%PDF-1.7 text")
    group = registered(bureau, file=scan)

    assert group.state == GroupState.ACTIVE and group.is_registered
    assert group.operating_from == FIRST_DAY
    assert group.phases.on(date(2022, 12, 1)).get().state == GroupState.ACTIVE
    assert Attachment.objects.about(group).count() == 1
    assert group.code == f"{bureau.county.code}-2022-001"


def test_another_region_does_not_register_it(bureau: Bureau) -> None:
    stranger = user_with("DISTRICT_EDU", CountyFactory())

    with pytest.raises(MoveRefused, match=r"BN-5\.1d"):
        register_group(
            by=stranger,
            region=bureau.county,
            name="集团",
            group_type="FAMOUS_SCHOOL_GROUP",
            founded_on=FIRST_DAY,
            members=spans_of(bureau),
        )


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"members": []}, "没有龙头学校"),
        ({"founded_on": date(2099, 1, 1)}, "不能晚于今天"),
        ({"founded_on": date(2023, 1, 1)}, "早于集团成立日期"),
        ({"dissolved_on": date(2024, 1, 1)}, "须在终止日期前退出"),
        ({"name": ""}, "不能为空|空字符串|cannot be blank|此字段"),
    ],
)
def test_a_registration_that_cannot_be_true_is_refused(
    bureau: Bureau, facts: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        registered(bureau, **facts)

    assert not EducationGroup.objects.exists()


def test_a_group_that_lost_its_lead_is_refused_in_words(bureau: Bureau) -> None:
    lead, member = spans_of(bureau)
    ended = MemberSpan(lead.school, Role.LEAD, FIRST_DAY, valid_to=date(2024, 1, 1))

    with pytest.raises(ValidationError, match="每天都须有龙头学校"):
        registered(bureau, members=[ended, member])


@pytest.mark.clause("AK-3.2.1")
def test_a_third_new_school_is_not_registered(bureau: Bureau) -> None:
    group = registered(
        bureau,
        group_type="BASIC_EDUCATION_GROUP",
        primary_mode_id="AK_CORE_NEW",
        members=[
            MemberSpan(bureau.school("QUALITY"), Role.LEAD, FIRST_DAY),
            *(
                MemberSpan(bureau.school(), Role.MEMBER, FIRST_DAY, "AK_CORE_NEW")
                for _n in range(2)
            ),
        ],
    )
    third = MemberSpan(bureau.school(), Role.MEMBER, date(2023, 9, 1), "AK_CORE_NEW")

    with pytest.raises(ValidationError, match=r"至多两所新校（AK-3.2.1）"):
        register_membership(group, third, by=bureau.person("DISTRICT_EDU"))


def test_codes_count_up_within_region_and_year(bureau: Bureau) -> None:
    first = registered(bureau)
    second = registered(bureau, name="另一集团", members=spans_of(bureau))

    assert [first.code[-3:], second.code[-3:]] == ["001", "002"]


def test_suspending_keeps_the_members_and_the_days(bureau: Bureau) -> None:
    officer = bureau.person("DISTRICT_EDU")
    group = standing_group(bureau.county)

    group = suspend_group(group, by=officer, reason="整顿")
    group = resume_group(group, by=officer)

    assert group.state == GroupState.ACTIVE
    assert group.memberships.on().count() == 2
    assert group.phases.on(date(2023, 1, 1)).get().state == GroupState.ACTIVE
    with pytest.raises(MoveRefused, match="请填写事由"):
        suspend_group(group, by=officer, reason=" ")


def test_a_group_is_wound_up_settled_and_closed(bureau: Bureau) -> None:
    group = standing_group(bureau.county)
    held = open_obligation(
        group, kind=ObligationKind.POOL, label="统筹经费结余", key="pool:1"
    )
    with pytest.raises(MoveRefused, match=r"BN-5\.1a"):
        wind_up_group(group, by=bureau.person("DISTRICT_EDU"), reason="合并")
    group = wind_up_group(group, by=bureau.person("LEADING_GROUP"), reason="合并")

    with pytest.raises(MoveRefused, match=r"尚有 1 项未了结（统筹经费结余）"):
        close_group(group, by=bureau.person("DISTRICT_EDU"))
    settle_obligation(held)
    settle_obligation(held)
    future = join(group, bureau.school(), start=today() + timedelta(30))
    group = close_group(group, by=bureau.person("DISTRICT_EDU"))

    assert (group.state, group.dissolved_on) == (GroupState.DISSOLVED, today())
    assert group.memberships.on().count() == 0
    assert not Membership.objects.filter(pk=future.pk).exists()
    assert group.memberships.on(date(2023, 1, 1)).count() == 2


def test_opening_an_obligation_twice_keeps_one(bureau: Bureau) -> None:
    group = standing_group(bureau.county)

    for _n in range(2):
        open_obligation(group, kind=ObligationKind.POST, label="兼任", key="post:7")

    assert group.obligations.count() == 1


@pytest.mark.clause("AK-1.3.3")
def test_a_pilot_that_fails_is_wound_up(bureau: Bureau) -> None:
    case = approve_case(
        under_review(bureau),
        by=bureau.person("LEADING_GROUP"),
        document_number="8号",
        effective_on=today(),
    )
    group = start_pilot(case.group, by=bureau.person("DISTRICT_EDU"))

    group = fail_pilot(group, by=bureau.person("LEADING_GROUP"), reason="未达到目标")

    assert group.state == GroupState.DISSOLVING


def test_a_pilot_does_not_begin_before_the_approval_takes_effect(
    bureau: Bureau,
) -> None:
    case = approve_case(
        under_review(bureau),
        by=bureau.person("LEADING_GROUP"),
        document_number="8号",
        effective_on=today() + timedelta(30),
    )

    with pytest.raises(MoveRefused, match="生效前不能开始运行"):
        start_pilot(case.group, by=bureau.person("DISTRICT_EDU"))
    assert case.group.memberships.on().count() == 0
    assert case.group.memberships.on(today() + timedelta(30)).count() == 3


# --- Papers ------------------------------------------------------------------
@pytest.mark.clause("BN-4.2.4")
def test_a_new_charter_supersedes_the_old_on_its_day(bureau: Bureau) -> None:
    group = standing_group(bureau.county)
    officer, office = (
        bureau.person("DISTRICT_EDU"),
        bureau.person("GROUP_OFFICE", group),
    )
    Document.objects.create(
        group=group,
        kind="CHARTER",
        title="旧章程",
        state="EFFECTIVE",
        valid_from=date(2022, 9, 1),
    )

    paper = draft_document(
        group, by=office, kind="CHARTER", title="新章程", sections={"vision": "愿景"}
    )
    paper = file_document(submit_document(paper, by=office), by=officer)

    old = Document.objects.get(title="旧章程")
    assert (paper.version, paper.state) == (2, DocumentState.EFFECTIVE)
    assert (old.state, old.valid_to) == (DocumentState.SUPERSEDED, today())
    then = Document.objects.in_force_on(date(2023, 1, 1)).get(group=group)
    assert then.title == "旧章程"


def test_nobody_files_what_they_handed_in(bureau: Bureau) -> None:
    group = standing_group(bureau.county)
    officer = bureau.person("DISTRICT_EDU")
    paper = draft_document(
        group, by=officer, kind="CHARTER", title="章程", sections={"vision": "愿景"}
    )
    paper = submit_document(paper, by=officer)

    with pytest.raises(MoveRefused, match="提交人不能为自己提交的文件备案"):
        file_document(paper, by=officer)


def test_an_empty_paper_is_not_handed_in_and_a_returned_one_is_a_draft(
    bureau: Bureau,
) -> None:
    group = standing_group(bureau.county)
    lead = group.memberships.get(role=Role.LEAD).school
    principal = bureau.person("SCHOOL_PRINCIPAL", lead)
    paper = draft_document(group, by=principal, kind="CHARTER", title="章程")
    with pytest.raises(MoveRefused, match="还没有正文"):
        submit_document(paper, by=principal)

    scan = SimpleUploadedFile("章程.pdf", b"%PDF-1.7 text")
    from groups.services import change_document

    paper = change_document(paper, by=principal, file=scan)
    paper = submit_document(paper, by=principal)
    paper = return_document(
        paper, by=bureau.person("DISTRICT_EDU"), reason="补充权利义务"
    )
    assert paper.state == DocumentState.DRAFT


def test_a_member_school_does_not_write_for_the_group(bureau: Bureau) -> None:
    group = standing_group(bureau.county)
    member = group.memberships.get(role=Role.MEMBER).school

    with pytest.raises(MoveRefused, match=r"BN-4\.2\.4"):
        draft_document(
            group,
            by=bureau.person("SCHOOL_PRINCIPAL", member),
            kind="CHARTER",
            title="章程",
        )


@pytest.mark.clause("BN-4.2.4")
@pytest.mark.parametrize("years", [1, 7])
def test_a_development_plan_runs_three_to_five_years(
    bureau: Bureau, years: int
) -> None:
    group = standing_group(bureau.county)

    with pytest.raises(ValidationError, match=r"3 至 5 年（BN-4.2.4）"):
        draft_document(
            group,
            by=bureau.person("GROUP_OFFICE", group),
            kind="DEVELOPMENT_PLAN",
            title="规划",
            valid_from=date(2026, 1, 1),
            valid_to=date(2026 + years, 1, 1),
        )


def test_a_work_plan_belongs_to_its_school_year(bureau: Bureau) -> None:
    group = standing_group(bureau.county)
    year = AcademicYearFactory(first=2024)

    plan = draft_document(
        group,
        by=bureau.person("GROUP_OFFICE", group),
        kind="WORK_PLAN",
        title="工作计划",
        year=year,
    )

    assert (plan.valid_from, plan.valid_to) == (date(2024, 9, 1), date(2025, 9, 1))
    assert len(papers_on_file(bureau, group)) == 2


# --- Races -------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_thirty_two_decide_one_case_and_exactly_one_wins() -> None:
    bureau = Bureau()
    case = under_review(bureau)
    people = [user_with("LEADING_GROUP", bureau.county) for _n in range(32)]

    def decide(person: Any) -> str:
        try:
            approve_case(
                GroupCase.objects.get(pk=case.pk),
                by=person,
                document_number=f"{person.pk}号",
                effective_on=today(),
            )
        except MoveRefused as refusal:
            return str(refusal)
        finally:
            connections.close_all()
        return "won"

    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(decide, people))

    assert answers.count("won") == 1
    assert all("当前状态" in answer for answer in answers if answer != "won")
    group = EducationGroup.objects.get()
    assert group.memberships.count() == 3
    assert case.decisions.count() == 1
    events = Event.objects.about(case).filter(verb="groups.groupcase.approve")
    assert events.count() == 1


@pytest.mark.django_db(transaction=True)
def test_sixteen_new_schools_race_for_two_places() -> None:
    bureau = Bureau()
    group = GroupFactory(region=bureau.county, group_type="BASIC_EDUCATION_GROUP")
    schools = [bureau.school() for _n in range(16)]

    def enter(school: Any) -> bool:
        from groups.services.register import enter_member

        try:
            span = MemberSpan(school, Role.MEMBER, FIRST_DAY, "AK_CORE_NEW")
            enter_member(group, span, by=None)
        except ValidationError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(16) as pool:
        entered = list(pool.map(enter, schools))

    assert entered.count(True) == 2
    assert group.memberships.count() == 2
