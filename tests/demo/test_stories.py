"""Every story of the demo plan is there, as far as this part's tables reach."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from audit.services import seal_all, verify
from core.days import today
from core.files import read
from core.metrics import GROUP, Period, compute
from core.models import Attachment, Deadline, Opinion, ReportRun
from core.reports import files_of, is_intact
from core.transitions import MoveRefused
from demo.loading import TOLD_UNTIL
from demo.world import World
from evaluation.choices import AssessmentState, CycleState, ReportState
from evaluation.freezing import is_reproducible
from evaluation.models import Assessment, Cycle, PeriodicReport, Result
from groups.choices import CaseState, DocumentKind, GroupState, Role
from groups.models import Document, EducationGroup, GroupCase, Membership
from groups.permissions import can_approve_case, silent_departments, unheard_lines
from groups.services import MemberSpan
from groups.services.register import register_membership
from portal.waiting import waiting_for
from schools.choices import Label, SchoolStatus
from schools.models import ClassSection, School
from tests.demo.conftest import Loaded

pytestmark = pytest.mark.usefixtures("demo")


def _members(name: str, day: date | None = None) -> dict[str, str]:
    rows = Membership.objects.on(day).filter(group__name=name).exclude(role=Role.LEAD)
    return dict(rows.values_list("school__name", "mode"))


def _case(name: str) -> GroupCase:
    return GroupCase.objects.get(name=name)


def _cycle(region: str, year: str) -> Cycle:
    return Cycle.objects.get(region__code=region, year__code=year)


def _person(username: str) -> User:
    return User.objects.get(username=username)


def _period(year: str) -> Period:
    start = date(int(year[:4]), 9, 1)
    end = start.replace(year=start.year + 1)
    return Period(year, start, end, end - timedelta(days=50))


def _metric(key: str, group: str, year: str) -> Any:
    row = EducationGroup.objects.get(name=group)
    return compute(key, GROUP, [row.pk], _period(year), row.region)[row.pk]


def test_city_has_ten_counties_the_district_and_a_functional_zone() -> None:
    regions = World().regions
    below = [r for r in regions.values() if r.parent == regions["990100"]]

    assert len([r for r in below if r.level == "COUNTY"]) == 11
    assert regions["990100-GX"] in below
    assert regions["990113"].name == "临江区"


def test_the_groups_of_the_district_stand_with_their_modes() -> None:
    assert _members("临江第一中学教育集团") == {"云洲初级中学": "BN_FAMOUS_NEW"}
    assert _members("滨河二小教育集团") == {
        "滨江新区小学": "BN_FAMOUS_NEW",
        "云岭小学": "BN_FAMOUS_POTENTIAL",
    }
    assert _members("滨河四小教育集团") == {"花溪口小学": "BN_FAMOUS_POTENTIAL"}
    assert set(_members("柳湾小学发展共同体")) == {"麻柳村小学", "石滩小学"}
    assert set(_members("临江实验中学发展共同体")) == {"东泉初级中学", "接龙中学"}
    assert len(_members("临江装备制造产业教育联盟")) == 3
    roles = Membership.objects.filter(group__name="临江装备制造产业教育联盟")
    assert roles.filter(role=Role.COOPERATING).count() == 3


def test_a_third_new_school_is_refused_by_the_core_new_mode() -> None:
    group = EducationGroup.objects.get(name="示范市第一实验小学教育集团")
    school = School.objects.get(name="示中区北关小学")
    assert set(_members(group.name).values()) == {"AK_CORE_NEW"}
    assert len(_members(group.name)) == 2

    with pytest.raises(Exception, match="至多两所新校"):
        register_membership(
            group,
            MemberSpan(
                school,
                Role.MEMBER,
                date(2024, 9, 1),
                "AK_CORE_NEW",
                "BRANCH",
                valid_to=school.closed_on,
            ),
            by=_person("ak_county1"),
        )


def test_a_chain_takes_an_inclusive_private_kindergarten_and_no_other_private() -> None:
    group = EducationGroup.objects.get(name="示范市机关幼儿园连锁集团")
    other = School.objects.get(name="示中区小星星幼儿园")
    member = School.objects.get(name="示中区童心幼儿园")
    assert member.ownership == "INCLUSIVE_PRIVATE"
    assert member.name in _members(group.name)

    with pytest.raises(Exception, match="普惠"):
        register_membership(
            group,
            MemberSpan(
                other, Role.MEMBER, date(2024, 9, 1), "AK_KINDER_CHAIN", "COOPERATE"
            ),
            by=_person("ak_county1"),
        )


@pytest.mark.parametrize(
    ("group", "title"),
    [
        ("青榆县第一初级中学教育集团", "河西初级中学委托管理协议"),
        ("远川实验小学白岭教育集团", "引进远川实验小学优质资源合作协议"),
    ],
)
def test_entrusted_and_introduced_groups_have_their_agreement(
    group: str, title: str
) -> None:
    agreement = Document.objects.get(group__name=group, kind=DocumentKind.AGREEMENT)

    assert agreement.title == title
    [file] = Attachment.objects.about(agreement)
    assert read(file).startswith(b"%PDF")


def test_an_outside_school_leads_a_local_group() -> None:
    lead = Membership.objects.get(
        group__name="远川实验小学白岭教育集团", role=Role.LEAD
    ).school

    assert lead.administered_by.code == "990202"


def test_a_member_grew_out_of_its_group() -> None:
    row = Membership.objects.get(school__name="沐河县南门小学")

    assert row.valid_to == date(2025, 7, 1)
    assert "成长退出" in row.ended_because
    labels = row.school.labels
    assert [x.label for x in labels.on(date(2025, 6, 30))] == [Label.WEAK]
    assert [x.label for x in labels.on(date(2025, 7, 1))] == [Label.QUALITY]


def test_one_group_was_wound_up_and_one_ended_before_the_system() -> None:
    ended = EducationGroup.objects.filter(state=GroupState.DISSOLVED)

    assert set(ended.values_list("name", "dissolved_on")) == {
        ("松涧县城关中学联合体", date(2024, 7, 12)),
        ("滨河片区小学协作体", date(2022, 7, 31)),
    }
    assert not Membership.objects.on().filter(group__in=ended).exists()
    assert _members("松涧县城关中学联合体", date(2024, 1, 1))


def test_a_school_merged_into_its_successor() -> None:
    school = School.objects.get(name="示中区北关小学")

    assert school.status == SchoolStatus.MERGED
    assert school.successor == School.objects.get(name="示范市第一实验小学")
    assert school.returns.exists()
    assert not school.returns.filter(year__code="2025-2026").exists()


def test_the_oversize_class_went_away_within_three_years() -> None:
    def largest(year: str) -> int:
        rows = ClassSection.objects.filter(school__name="柳湾小学", year__code=year)
        return max(rows.values_list("headcount", flat=True))

    assert largest("2023-2024") >= 66
    assert 56 <= largest("2024-2025") < 66
    assert largest("2025-2026") < 56


def test_the_gap_between_the_community_schools_falls_every_year() -> None:
    key, name = "schools.quality_cv_reduction", "柳湾小学发展共同体"

    second = _metric(key, name, "2024-2025").value
    third = _metric(key, name, "2025-2026").value

    assert Decimal(0) < second < third


def test_a_case_went_from_consent_to_an_active_group() -> None:
    case = _case("滨河二小教育集团")
    group = case.group
    assert group is not None

    assert case.state == CaseState.APPROVED
    assert Opinion.objects.about(case).filter(kind="CONSENT").count() == 3
    assert Opinion.objects.about(case).filter(kind="OPINION").count() == 3
    [decision] = case.decisions.all()
    [condition] = decision.conditions.all()
    assert (decision.outcome, condition.state) == ("WITH_CONDITIONS", "PASSED")
    assert list(group.phases.values_list("state", "valid_from")) == [
        (GroupState.PILOT, date(2023, 9, 1)),
        (GroupState.ACTIVE, date(2024, 1, 12)),
    ]
    assert group.city_filed_on == date(2023, 7, 20)
    held = Document.objects.in_force_on().filter(group=group)
    assert {DocumentKind.CHARTER, DocumentKind.DEVELOPMENT_PLAN} <= set(
        held.values_list("kind", flat=True)
    )


def test_a_group_across_two_counties_has_the_citys_consent() -> None:
    case = _case("示范市第一高级中学教育集团")

    assert case.is_cross_region
    said = Opinion.objects.about(case).filter(unit_label="示范市")
    assert said.get().recorded_by == _person("ak_city")


def test_one_group_is_in_its_pilot_with_an_open_condition() -> None:
    group = EducationGroup.objects.get(name="柳湾幼儿园教育集团")

    assert group.state == GroupState.PILOT
    assert group.obligations.outstanding().count() == 1


def test_cases_wait_at_every_desk() -> None:
    unheard = unheard_lines(_case("临江第二中学发展共同体"))
    silent = silent_departments(_case("临江第二中学发展共同体"))

    assert _case("滨河一小教育集团").state == CaseState.SUBMITTED
    assert [line.school.name for line in unheard] == ["双河口小学"]
    assert {d.kind for d in silent} == {"FINANCE", "ESTABLISHMENT"}
    ready = _case("临江外国语小学教育集团")
    assert can_approve_case(_person("bn_leading"), ready)
    waits_for_city = can_approve_case(
        _person("ak_leading"), _case("示中区城北初级中学教育集团")
    )
    assert not waits_for_city
    assert "市教育局" in waits_for_city.message


def test_the_introduced_group_was_returned_for_its_missing_agreement() -> None:
    case = _case("远川外国语学校临江教育集团")

    assert case.state == CaseState.DRAFT
    assert "协议" in case.returned_because


def test_an_approved_group_waits_for_its_filing_and_its_pilot() -> None:
    group = EducationGroup.objects.get(name="示范市外国语小学教育集团")

    assert (group.state, group.city_filed_on) == (GroupState.APPROVED, None)
    filing = Deadline.objects.waiting().get(key=f"groups.filing:{group.pk}")
    assert filing.due_on > min(today(), TOLD_UNTIL)


def test_a_work_plan_waits_to_be_filed_and_one_was_late() -> None:
    plans = Document.objects.filter(kind=DocumentKind.WORK_PLAN)
    name, key = "滨河四小教育集团", "groups.work_plan_on_time"

    assert plans.get(state="SUBMITTED").group.name == name
    assert _metric(key, name, "2024-2025").value == 0
    assert _metric(key, "临江第一中学教育集团", "2024-2025").value == 1


@pytest.mark.parametrize(
    "username",
    [
        "bn_edu",
        "bn_leading",
        "bn_finance",
        "bn_establishment",
        "bn_principal_yizhong",
        "bn_head_yizhong",
        "bn_member2",
        "bn_clerk1",
        "bn_clerk2",
        "ak_county1",
        "ak_city",
        "ak_clerk1",
    ],
)
def test_something_waits_for(username: str) -> None:
    assert waiting_for(_person(username)).mine


def test_the_finished_cycle_is_published_with_grades_and_places() -> None:
    cycle = _cycle("990113", "2024-2025")
    results = Result.objects.filter(assessment__cycle=cycle).of_groups()
    grades = dict(results.values_list("assessment__label", "grade"))

    assert cycle.state == CycleState.PUBLISHED
    assert cycle.published_by == _person("bn_leading")
    assert grades["临江第一中学教育集团"] == "A"
    assert grades["滨河二小教育集团"] == "B"
    assert grades["临江实验中学发展共同体"] == "C"
    assert sorted(results.values_list("rank", flat=True)) == list(range(1, 8))
    weak = Result.objects.get(assessment__cycle=cycle, assessment__label="接龙中学")
    assert weak.grade == "D"


def test_every_published_result_can_be_worked_out_again() -> None:
    results = Result.objects.published()

    assert results.count() >= 20
    assert [str(row) for row in results if not is_reproducible(row)] == []


def test_published_cycles_have_booklets_and_a_report_in_three_formats() -> None:
    runs = ReportRun.objects.all()

    assert runs.filter(code="evaluation.district_annual").count() == 2
    assert runs.filter(code="evaluation.group_booklet").count() == 10
    for run in runs:
        assert run.state == ReportRun.State.PUBLISHED
        assert is_intact(run)
        formats = {file.label: read(file)[:4] for file in files_of(run)}
        assert formats == {"docx": b"PK\x03\x04", "pdf": b"%PDF", "xlsx": b"PK\x03\x04"}


def test_the_open_cycle_is_in_self_evaluation_with_time_left(demo: Loaded) -> None:
    cycle = _cycle("990113", "2025-2026")
    states = PeriodicReport.objects.filter(assessment__cycle=cycle).values_list(
        "state", flat=True
    )

    assert cycle.state == CycleState.SELF_EVALUATION
    assert cycle.self_due_on > min(today(), TOLD_UNTIL)
    assert set(states) == {
        ReportState.DRAFT,
        ReportState.SUBMITTED,
        ReportState.ACCEPTED,
        ReportState.RETURNED,
    }


def test_submitted_reports_carry_evidence_and_cannot_be_written_on() -> None:
    report = PeriodicReport.objects.filter(state=ReportState.SUBMITTED).first()
    assert report is not None

    assert Attachment.objects.about(report).filter(kind="EVIDENCE").exists()
    from evaluation.services import save_sections

    with pytest.raises(MoveRefused):
        save_sections(report, by=report.submitted_by, sections={})


def test_another_cycle_is_being_scored() -> None:
    cycle = _cycle("990102", "2025-2026")
    states = Assessment.objects.filter(cycle=cycle).values_list("label", "state")
    half = Assessment.objects.get(cycle=cycle, label="示范市机关幼儿园连锁集团")

    assert cycle.state == CycleState.REVIEW
    assert dict(states)["示范市第一实验小学教育集团"] == AssessmentState.SCORED
    assert half.state == AssessmentState.UNDER_REVIEW
    by_hand = half.scores.exclude(how="AUTO")
    assert by_hand.filter(scored_at__isnull=False).exists()
    assert half.scores.missing().exists()


def test_the_events_of_the_demo_can_be_sealed_and_verified() -> None:
    seal_all()

    found = verify()

    assert found.is_intact
    assert found.unsealed == 0


def test_no_submitter_decided_on_his_own_application() -> None:
    for case in GroupCase.objects.filter(state=CaseState.APPROVED):
        for decision in case.decisions.all():
            assert decision.decided_by not in {case.submitted_by, case.opened_by}
    for document in Document.objects.filter(filed_by__isnull=False):
        assert document.filed_by != document.submitted_by
