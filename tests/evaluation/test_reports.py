"""Reports compiled from frozen results: files, digests, versions, resuming."""

import hashlib
import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from core import jobs
from core.files import read
from core.jobs import JobFailed, claim, perform
from core.models import Attachment, Job, JobPart, Notification, ReportRun
from core.reports import compile_report, files_of, is_intact
from evaluation.models import Result, Score
from evaluation.reading import title_of
from evaluation.reports import (
    BOOKLET,
    DISTRICT,
    compile_due_reports,
    compile_now,
    runs_of,
    summary,
)
from evaluation.reports.compiling import KIND, compile_cycle, job_key
from evaluation.services import (
    back_to_review,
    consolidate,
    publicise,
    publish_cycle,
    set_veto,
)
from tests.evaluation.factories import World

MAGIC = {"docx": b"PK", "xlsx": b"PK", "pdf": b"%PDF"}


def test_compiling_makes_a_booklet_a_group_and_one_overall_report(
    world: World,
) -> None:
    cycle = world.published()

    job = compile_now(cycle, by=world.bureau)

    runs = runs_of(cycle)
    assert [run.code for run in runs] == [DISTRICT, BOOKLET, BOOKLET]
    assert (job.done, job.total) == (3, 3)
    assert all(run.state == "PUBLISHED" and is_intact(run) for run in runs)
    for run in runs:
        for file in files_of(run):
            content = read(file)
            assert content.startswith(MAGIC[file.label])
            assert hashlib.sha256(content).hexdigest() == file.sha256


@pytest.mark.clause("BN-4.1.2")
def test_no_document_tells_what_examinations_say(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The metric of the small framework is taken for one of examinations."""
    cycle = world.published()
    name = "schools.fitness_good_rate"
    score = Score.objects.filter(indicator__code="T-A1.1").first()
    value = score.snapshot["figures"][name]["numerator"]
    compile_now(cycle)
    told = runs_of(cycle)[1].data
    formulas = str(told).count("x = ")
    assert value in str(told["appendix"]) and formulas

    monkeypatch.setattr("evaluation.reading.INTERNAL_METRICS", {name})
    ReportRun.objects.all().delete()
    compile_now(cycle)

    for run in runs_of(cycle):
        assert title_of(name) not in str(run.data["appendix"])
    told = runs_of(cycle)[1].data
    assert str(told).count("x = ") == formulas - 1
    assert "质量监测数据只在内部使用" in str(told)


def test_compiling_twice_changes_nothing(world: World) -> None:
    cycle = world.published()
    compile_now(cycle)
    first = summary(cycle)
    counts = (ReportRun.objects.count(), Attachment.objects.count())

    compile_now(cycle)

    assert summary(cycle) == first
    assert (ReportRun.objects.count(), Attachment.objects.count()) == counts


def test_draft_reports_become_the_published_ones_with_the_same_digest(
    world: World,
) -> None:
    cycle = world.consolidated()
    compile_now(cycle)
    drafts = {run.run_key: run.digest for run in runs_of(cycle)}
    cycle = publicise(
        cycle,
        by=world.bureau,
        publicity_from=date(2025, 10, 9),
        publicity_to=date(2025, 10, 20),
    )
    cycle = publish_cycle(cycle, by=world.leading)

    compile_now(cycle)

    runs = runs_of(cycle)
    assert {run.run_key: run.digest for run in runs} == drafts
    assert {run.state for run in runs} == {"PUBLISHED"}
    assert ReportRun.objects.count() == 3


def test_changed_results_make_a_new_version_and_keep_the_old_one(
    world: World,
) -> None:
    cycle = world.consolidated()
    compile_now(cycle)
    cycle = back_to_review(cycle, by=world.bureau, reason="更正")
    target = cycle.assessments.get(label="乙集团")
    set_veto(
        target,
        by=world.bureau,
        kind="FORGED_DATA",
        decision="示督〔2025〕1号",
        files=[("决定.txt", "认定".encode())],
    )
    cycle = consolidate(cycle, by=world.bureau)

    compile_now(cycle)

    versions = list(
        ReportRun.objects.filter(code=BOOKLET, title__contains="乙集团")
        .order_by("version")
        .values_list("version", flat=True)
    )
    assert versions == [1, 2]
    newest = [run for run in runs_of(cycle) if "乙集团" in run.title]
    assert [run.version for run in newest] == [2]


def test_a_stopped_job_resumes_where_it_was_and_doubles_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle = world.published()
    job = Job.objects.create(
        kind=KIND, title="编制", params={"cycle": cycle.pk}, key=job_key(cycle)
    )
    running = claim(job.pk)
    assert running is not None
    made: list[str] = []

    def compile_one_then_die(order: Any, **kwargs: Any) -> Any:
        if made:
            raise KeyboardInterrupt
        made.append(order.key)
        return compile_report(order, **kwargs)

    monkeypatch.setattr(
        "evaluation.reports.compiling.compile_report", compile_one_then_die
    )
    with pytest.raises(KeyboardInterrupt):
        perform(running)
    monkeypatch.setattr("evaluation.reports.compiling.compile_report", compile_report)
    Job.objects.filter(pk=job.pk).update(heartbeat_at="2020-01-01T00:00:00Z")

    again = claim(job.pk)
    assert again is not None
    perform(again)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.done) == ("DONE", 2, 3)
    assert JobPart.objects.filter(job=job).count() == 3
    assert ReportRun.objects.count() == 3
    assert Attachment.objects.filter(kind="REPORT").count() == 9


def test_a_worker_that_lost_its_claim_stores_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle = world.published()
    job = Job.objects.create(
        kind=KIND, title="编制", params={"cycle": cycle.pk}, key=job_key(cycle)
    )
    running = claim(job.pk)
    assert running is not None

    def rob(order: Any, **kwargs: Any) -> Any:
        Job.objects.filter(pk=job.pk).update(owner="another")
        return compile_report(order, **kwargs)

    monkeypatch.setattr("evaluation.reports.compiling.compile_report", rob)
    perform(running)

    assert ReportRun.objects.count() == 0
    assert Attachment.objects.filter(kind="REPORT").count() == 0


def test_a_cycle_without_results_cannot_be_compiled(world: World) -> None:
    cycle = world.reviewing()

    with pytest.raises(JobFailed, match="尚未汇总"):
        compile_now(cycle)


def test_due_reports_are_compiled_once(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    cycle = world.published()

    with django_capture_on_commit_callbacks(execute=True):
        sent = compile_due_reports()

    assert (sent, len(runs_of(cycle))) == (1, 3)
    assert compile_due_reports() == 0


def test_an_open_compile_is_joined_and_not_doubled(world: World) -> None:
    cycle = world.published()

    first = compile_cycle(cycle, by=world.bureau)

    assert compile_cycle(cycle, by=world.checker).pk == first.pk


def test_lead_principals_are_told_once(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    cycle = world.published()

    with django_capture_on_commit_callbacks(execute=True):
        compile_now(cycle)
        compile_now(cycle)

    told = Notification.objects.filter(title__contains="年度报告已可下载")
    names = sorted(told.values_list("user__full_name", flat=True))
    assert names == ["乙校长", "甲校长"]


def test_the_command_prints_files_and_hashes_on_one_line(world: World) -> None:
    cycle = world.published()
    out = StringIO()

    call_command("compile_reports", cycle="latest", json=True, stdout=out)

    lines = out.getvalue().strip().splitlines()
    told = json.loads(lines[0])
    assert len(lines) == 1
    assert told["cycle"] == cycle.pk
    assert [len(report["files"]) for report in told["reports"]] == [3, 3, 3]
    assert all(len(f["sha256"]) == 64 for r in told["reports"] for f in r["files"])


@pytest.mark.parametrize("wanted", ["latest", "999999", "无"])
def test_the_command_refuses_a_cycle_that_is_not_there(wanted: str, db: None) -> None:
    with pytest.raises(CommandError, match="找不到考核周期"):
        call_command("compile_reports", cycle=wanted)


def test_the_command_fails_while_results_are_missing(world: World) -> None:
    cycle = world.reviewing()

    with pytest.raises(CommandError, match="尚未汇总"):
        call_command("compile_reports", cycle=str(cycle.pk))


def test_a_booklet_explains_each_leaf_and_names_its_snapshot(world: World) -> None:
    cycle = world.published()
    compile_now(cycle)
    run = next(run for run in runs_of(cycle) if "甲集团" in run.title)
    text = json.dumps(run.data, ensure_ascii=False)
    result = Result.objects.get(assessment__label="甲集团")

    assert "440 ÷ 880 = 0.5" in text
    assert "手工评分" in text
    assert "81.33" in text
    assert result.digest in text


def test_the_kind_of_job_runs_on_the_queue_of_reports() -> None:
    assert jobs.kinds.get(KIND)[1] == "reports"
