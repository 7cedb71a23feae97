"""The database refuses what no day may show, whoever writes it and however."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from core.constraints import explain, violated_name
from groups.choices import GroupState, GroupType, Role
from groups.models import (
    CaseDecision,
    CaseTask,
    Document,
    EducationGroup,
    GroupCase,
    Membership,
    Obligation,
)
from groups.services import load_modes
from schools.models import School
from tests.accounts.factories import UserFactory
from tests.groups.factories import (
    FIRST_DAY,
    GroupFactory,
    join,
    span,
    standing_group,
)
from tests.schools.factories import SchoolFactory

LATER, LATEST = date(2023, 9, 1), date(2024, 9, 1)


def refused(name: str, act: Callable[[], Any]) -> IntegrityError:
    """Run ``act`` to its commit; return the constraint's refusal."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        act()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert violated_name(caught.value) == name
    return caught.value


def raw(row: dict[str, Any]) -> None:
    """Insert a membership by hand."""
    columns = {
        "group_id": row["group"].pk,
        "group_type": row["group_type"],
        "school_id": row["school"].pk,
        "school_ownership": row["school_ownership"],
        "role": row["role"],
        "mode_id": row.get("mode_id"),
        "join_form": row.get("join_form", ""),
        "is_exclusive": row["is_exclusive"],
        "category_at_join": "[]",
        "baseline": "{}",
        "document_number": "",
        "ended_because": "",
        "valid_from": row["valid_from"],
        "valid_to": row["valid_to"],
    }
    marks = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO groups_membership ({', '.join(columns)}) VALUES ({marks})",
            list(columns.values()),
        )


def bulk(row: dict[str, Any]) -> None:
    """Insert a membership past every service."""
    Membership.objects.bulk_create([Membership(**row)])


WAYS = pytest.mark.parametrize("write", [raw, bulk], ids=["raw", "bulk_create"])


@pytest.fixture
def modes(db: None) -> None:
    load_modes()


@pytest.fixture
def group(modes: None) -> EducationGroup:
    return standing_group(members=0)


def basic_group(**fields: Any) -> EducationGroup:
    return GroupFactory(group_type=GroupType.BASIC_EDUCATION_GROUP, **fields)


@WAYS
@pytest.mark.parametrize("end", [None, LATER])
def test_3_a_second_lead_is_refused_on_any_day(
    group: EducationGroup, write: Any, end: date | None
) -> None:
    row = span(group, SchoolFactory(), Role.LEAD, date(2022, 12, 1), end)

    refused("membership_one_lead_a_day", lambda: write(row))


def test_3_leads_may_follow_each_other(group: EducationGroup) -> None:
    lead = group.memberships.get(role=Role.LEAD)
    Membership.objects.filter(pk=lead.pk).update(valid_to=LATER)
    join(group, SchoolFactory(), Role.LEAD, LATER)

    assert group.memberships.on(LATER).leads().get().school != lead.school


def test_4_a_working_group_never_loses_its_lead(group: EducationGroup) -> None:
    leads = group.memberships.leads()

    refused("membership_lead_present", lambda: leads.update(valid_to=LATER))
    refused("membership_lead_present", lambda: leads.delete())
    refused("membership_lead_present", lambda: leads.update(role=Role.MEMBER))


def test_4_a_gap_of_one_day_between_leads_is_refused(group: EducationGroup) -> None:
    def hand_over() -> None:
        group.memberships.leads().update(valid_to=LATER)
        join(group, SchoolFactory(), Role.LEAD, date(2023, 9, 2))

    refused("membership_lead_present", hand_over)


def test_4_a_group_without_lead_does_not_begin_to_work(modes: None) -> None:
    group = GroupFactory()
    rows = EducationGroup.objects.filter(pk=group.pk)

    refused(
        "membership_lead_present",
        lambda: rows.update(state=GroupState.PILOT, operating_from=FIRST_DAY),
    )
    refused("group_operating_has_start", lambda: rows.update(state=GroupState.ACTIVE))


@WAYS
def test_5_a_school_is_member_of_one_group_at_a_time(
    group: EducationGroup, write: Any
) -> None:
    school = SchoolFactory()
    join(group, school)
    other = standing_group(members=0)

    refused("membership_exclusive", lambda: write(span(other, school, start=LATER)))


def test_5_it_may_join_another_on_the_day_it_leaves(group: EducationGroup) -> None:
    school = SchoolFactory()
    join(group, school, end=LATER)

    assert join(standing_group(members=0), school, start=LATER).pk


def test_5_a_cooperating_school_is_never_exclusive(group: EducationGroup) -> None:
    row = span(group, SchoolFactory(), Role.COOPERATING)
    row["is_exclusive"] = True

    refused("membership_cooperating_not_exclusive", lambda: bulk(row))


@WAYS
def test_6_periods_of_a_school_in_a_group_do_not_overlap(
    group: EducationGroup, write: Any
) -> None:
    school = SchoolFactory()
    join(group, school, end=LATEST)
    row = span(group, school, Role.COOPERATING, start=LATER)

    refused("membership_once_a_day", lambda: write(row))


@WAYS
@pytest.mark.clause("AK-3.2.1")
def test_7_a_third_new_school_is_refused_on_any_day(modes: None, write: Any) -> None:
    group = basic_group()
    for _n in range(2):
        join(group, SchoolFactory(), mode_id="AK_CORE_NEW")
    third = span(group, SchoolFactory(), start=LATER, mode_id="AK_CORE_NEW")

    refused("membership_new_members", lambda: write(third))


@pytest.mark.clause("AK-3.2.1")
def test_7_a_new_school_may_take_the_place_of_one_that_left(modes: None) -> None:
    group = basic_group()
    join(group, SchoolFactory(), mode_id="AK_CORE_NEW")
    join(group, SchoolFactory(), mode_id="AK_CORE_NEW", end=LATER)
    join(group, SchoolFactory(), start=LATER, mode_id="AK_CORE_NEW")

    assert group.memberships.count() == 3


@pytest.mark.clause("AK-3.2.1")
def test_7_a_working_core_new_group_keeps_a_new_school(modes: None) -> None:
    group = basic_group(primary_mode_id="AK_CORE_NEW")
    join(group, SchoolFactory(), Role.LEAD)
    member = join(group, SchoolFactory(), mode_id="AK_CORE_NEW")
    EducationGroup.objects.filter(pk=group.pk).update(
        state=GroupState.ACTIVE, operating_from=FIRST_DAY
    )
    rows = Membership.objects.filter(pk=member.pk)

    refused("membership_new_members", lambda: rows.update(valid_to=LATER))


@WAYS
def test_8_a_mode_of_another_type_of_group_is_refused(
    group: EducationGroup, write: Any
) -> None:
    row = span(group, SchoolFactory(), mode_id="AK_CORE_NEW")

    refused("membership_mode_fits_type", lambda: write(row))


def test_8_a_copied_type_that_lies_is_refused(group: EducationGroup) -> None:
    row = span(group, SchoolFactory(), mode_id="AK_CORE_NEW")
    row["group_type"] = GroupType.BASIC_EDUCATION_GROUP

    refused("membership_carries_group_type", lambda: bulk(row))


def test_8_a_group_does_not_change_its_type_under_its_members(modes: None) -> None:
    group = basic_group()
    join(group, SchoolFactory(), mode_id="AK_CORE_NEW")
    rows = EducationGroup.objects.filter(pk=group.pk)

    refused(
        "membership_mode_fits_type",
        lambda: rows.update(group_type=GroupType.SCHOOL_COMMUNITY),
    )


@WAYS
@pytest.mark.clause("AK-3.2.2")
@pytest.mark.parametrize("form", ["", "BRANCH", "PAIRING"])
def test_9_core_and_weak_school_join_in_three_forms_only(
    modes: None, write: Any, form: str
) -> None:
    row = span(basic_group(), SchoolFactory(), mode_id="AK_CORE_WEAK", join_form=form)

    refused("membership_core_weak_form", lambda: write(row))


@WAYS
@pytest.mark.clause("AK-3.1.3")
@pytest.mark.parametrize("end", [None, LATER])
def test_11_a_private_kindergarten_does_not_join_a_chain(
    modes: None, write: Any, end: date | None
) -> None:
    group = GroupFactory(group_type=GroupType.KINDERGARTEN_CHAIN)
    school = SchoolFactory(type="KINDERGARTEN", ownership="PRIVATE")
    row = span(group, school, end=end, mode_id="AK_KINDER_CHAIN")

    refused("membership_chain_stays_inclusive", lambda: write(row))


@pytest.mark.clause("AK-3.1.3")
def test_11_a_member_of_a_chain_does_not_turn_private(modes: None) -> None:
    group = GroupFactory(group_type=GroupType.KINDERGARTEN_CHAIN)
    school = SchoolFactory(type="KINDERGARTEN", ownership="INCLUSIVE_PRIVATE")
    join(group, school, mode_id="AK_KINDER_CHAIN")
    rows = School.objects.filter(pk=school.pk)

    refused(
        "membership_chain_stays_inclusive", lambda: rows.update(ownership="PRIVATE")
    )


def test_11_a_copied_ownership_that_lies_is_refused(modes: None) -> None:
    school = SchoolFactory(ownership="PRIVATE")
    row = span(basic_group(), school)
    row["school_ownership"] = "PUBLIC"

    refused("membership_carries_ownership", lambda: bulk(row))


def _charter(group: EducationGroup, start: date, end: date | None) -> dict[str, Any]:
    state = "EFFECTIVE" if end is None else "SUPERSEDED"
    return {
        "group": group,
        "kind": "CHARTER",
        "title": f"章程 {start}",
        "version": start.year,
        "state": state,
        "valid_from": start,
        "valid_to": end,
    }


def test_15_one_charter_is_in_force_on_any_day(group: EducationGroup) -> None:
    Document.objects.create(**_charter(group, FIRST_DAY, LATEST))
    overlapping = Document(**_charter(group, LATER, None))

    refused(
        "document_one_in_force", lambda: Document.objects.bulk_create([overlapping])
    )
    assert Document.objects.create(**_charter(group, LATEST, None)).pk


@WAYS
def test_45_a_span_begins_before_it_ends(group: EducationGroup, write: Any) -> None:
    row = span(group, SchoolFactory(), start=LATER, end=FIRST_DAY)

    with pytest.raises(Exception, match=r"from_before_to|range lower bound"):
        write(row)


def test_a_decision_is_never_edited_or_removed(group: EducationGroup) -> None:
    decision = _decision(group)
    rows = CaseDecision.objects.filter(pk=decision.pk)

    for act in (lambda: rows.update(text="改写"), lambda: rows.delete()):
        with (
            pytest.raises(Exception, match=r"Cannot (update|delete)"),
            transaction.atomic(),
        ):
            act()


def _decision(group: EducationGroup, **fields: Any) -> CaseDecision:
    case = GroupCase.objects.create(
        region=group.region,
        name="事项",
        group=group,
        group_type=group.group_type,
        grounds="理由",
        opened_on=FIRST_DAY,
    )
    values = {
        "case": case,
        "outcome": "REJECTED",
        "text": "理由",
        "decided_by": UserFactory(),
        "deciding_body": "领导小组",
        "decided_on": FIRST_DAY,
        **fields,
    }
    return CaseDecision.objects.create(**values)


def test_a_case_has_one_final_decision(group: EducationGroup) -> None:
    first = _decision(group)
    copy = CaseDecision(
        case=first.case,
        outcome="APPROVED",
        document_number="号",
        effective_on=FIRST_DAY,
        decided_by=first.decided_by,
        deciding_body="领导小组",
        decided_on=FIRST_DAY,
    )

    refused("decision_one_final", lambda: CaseDecision.objects.bulk_create([copy]))


def test_an_approval_names_document_and_day(group: EducationGroup) -> None:
    refused("decision_approval_is_dated", lambda: _decision(group, outcome="APPROVED"))


def test_a_condition_has_a_decision_and_a_day(group: EducationGroup) -> None:
    decision = _decision(group)
    task = CaseTask(case=decision.case, kind="CONDITION", title="条件")

    task.decision = decision
    refused("task_condition_has_day", lambda: CaseTask.objects.bulk_create([task]))
    task.decision, task.due_on = None, LATER
    refused("task_condition_has_decision", lambda: CaseTask.objects.bulk_create([task]))


def test_an_approved_formation_has_founded_a_group(group: EducationGroup) -> None:
    case = _decision(group).case
    rows = GroupCase.objects.filter(pk=case.pk)

    refused(
        "case_approved_has_group",
        lambda: rows.update(state="APPROVED", group=None, submitted_by=UserFactory()),
    )


def _obligation(group: EducationGroup, membership: Membership | None) -> Obligation:
    return Obligation.objects.create(
        group=group,
        membership=membership,
        kind="POOL",
        label="统筹经费结余",
        key=f"pool:{membership.pk if membership else 0}",
        opened_on=FIRST_DAY,
    )


def test_an_open_obligation_holds_the_membership(group: EducationGroup) -> None:
    member = join(group, SchoolFactory())
    held = _obligation(group, member)
    rows = Membership.objects.filter(pk=member.pk)

    error = refused("membership_ends_settled", lambda: rows.update(valid_to=LATER))
    assert explain(error).messages == ["该校还有未了结的事项，全部了结后才能退出"]
    Obligation.objects.filter(pk=held.pk).update(settled_on=LATER)
    assert rows.update(valid_to=LATER) == 1


def test_an_open_obligation_holds_the_group(group: EducationGroup) -> None:
    _obligation(group, None)
    rows = EducationGroup.objects.filter(pk=group.pk)

    refused(
        "group_closes_settled",
        lambda: rows.update(state="DISSOLVED", dissolved_on=LATER),
    )


def test_nothing_new_holds_what_has_ended(group: EducationGroup) -> None:
    member = join(group, SchoolFactory(), end=LATER)

    refused("obligation_of_open_membership", lambda: _obligation(group, member))


def test_an_obligation_belongs_to_the_group_of_its_member(
    group: EducationGroup,
) -> None:
    member = join(group, SchoolFactory())

    refused(
        "obligation_membership_of_group",
        lambda: _obligation(standing_group(members=0), member),
    )
