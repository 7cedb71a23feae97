"""Groups report on themselves: who is asked, who writes, who submits and accepts."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from core.models import Deadline, Notification
from core.transitions import MoveRefused
from evaluation.models import PeriodicReport
from evaluation.services import (
    accept_report,
    open_cycle,
    return_report,
    save_sections,
    submit_report,
)
from tests.accounts.factories import user_with
from tests.evaluation.factories import World, hand_in


def test_principals_get_a_deadline_and_a_message(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        cycle = world.self_evaluating()

    due = Deadline.objects.filter(scope_id=world.schools[0].pk).get()
    told = Notification.objects.filter(user=world.principal)
    assert due.due_on == cycle.self_due_on
    assert {"已启动" in n.title or "请提交" in n.title for n in told} == {True}
    assert not Notification.objects.filter(user=world.member_principal).exists()


@pytest.mark.clause("BN-4.3.1")
def test_the_lead_principal_submits_and_the_bureau_accepts_or_returns(
    world: World,
) -> None:
    world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")

    report = hand_in(report.assessment, by=world.principal)
    report = return_report(report, by=world.bureau, reason="缺少说明")
    report.assessment.refresh_from_db()
    assert (report.state, report.assessment.state) == ("RETURNED", "PENDING")
    report = submit_report(report, by=world.principal)
    report = accept_report(report, by=world.bureau)

    report.assessment.refresh_from_db()
    assert (report.state, report.assessment.state) == ("ACCEPTED", "SELF_SUBMITTED")
    assert Deadline.objects.get(subject_id=report.pk).met_at is not None


def test_others_cannot_submit_for_the_group(world: World) -> None:
    world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")

    for user in (world.other_principal, world.member_principal, world.bureau):
        with pytest.raises(MoveRefused, match="只有龙头学校校长"):
            save_sections(report, by=user, sections={"T-A": {"text": "x"}})


def test_the_group_head_may_submit_and_the_office_may_only_write(
    world: World,
) -> None:
    world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")
    head = user_with("GROUP_HEAD", world.groups[0])
    office = user_with("GROUP_OFFICE", world.groups[0])
    sections = {code: {"text": "自评"} for code in ("T-A", "T-B", "T-C")}

    report = save_sections(report, by=office, sections=sections)
    with pytest.raises(MoveRefused):
        submit_report(report, by=office)

    assert submit_report(report, by=head).state == "SUBMITTED"


def test_an_incomplete_report_names_what_is_missing(world: World) -> None:
    world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")
    report = save_sections(report, by=world.principal, sections={"T-A": {"text": "有"}})

    with pytest.raises(MoveRefused, match=r"领域T-B.*领域T-C"):
        submit_report(report, by=world.principal)


def test_a_report_waits_for_its_step(world: World) -> None:
    open_cycle(world.cycle(), by=world.bureau)
    report = PeriodicReport.objects.get(assessment__label="甲集团")
    sections = {code: {"text": "自评"} for code in ("T-A", "T-B", "T-C")}
    report = save_sections(report, by=world.principal, sections=sections)

    with pytest.raises(MoveRefused, match="不在自评填报阶段"):
        submit_report(report, by=world.principal)


def test_two_windows_do_not_overwrite_each_other(world: World) -> None:
    world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")
    save_sections(
        report, by=world.principal, sections={"T-A": {"text": "一"}}, revision=0
    )

    with pytest.raises(ValidationError, match="另一个窗口"):
        save_sections(
            report, by=world.principal, sections={"T-A": {"text": "二"}}, revision=0
        )


def test_a_submitted_report_can_no_longer_be_written(world: World) -> None:
    world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")
    report = hand_in(report.assessment, by=world.principal)

    with pytest.raises(MoveRefused, match="不能修改"):
        save_sections(report, by=world.principal, sections={"T-A": {"text": "改"}})
