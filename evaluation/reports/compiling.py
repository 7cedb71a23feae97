"""Compile a cycle's reports: a booklet for each group and one report of the region."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from core.jobs import JobFailed, RunningJob, enqueue, job_kind, run_now
from core.models import Job, ReportRun
from core.notify import notify
from core.registries import ReportBuilder, reports
from core.reports import Order, compile_report, files_of
from evaluation.models import Assessment, Cycle
from evaluation.people import heads_of
from groups.models import EducationGroup

KIND = "evaluation.compile_cycle"
BOOKLET = "evaluation.group_booklet"
DISTRICT = "evaluation.district_annual"
Piece = tuple[ReportBuilder, Any]


def booklet_subjects(params: dict[str, Any]) -> list[EducationGroup]:
    """Return the groups with a result in the cycle."""
    rows = Assessment.objects.filter(cycle=params["cycle"], result__isnull=False)
    return list(
        EducationGroup.objects.filter(pk__in=rows.values("group")).order_by(
            "region__path", "code"
        )
    )


def district_subjects(params: dict[str, Any]) -> list[Any]:
    """Return the region of the cycle."""
    return [Cycle.objects.select_related("region").get(pk=params["cycle"]).region]


def pieces(params: dict[str, Any]) -> Iterator[Piece]:
    """Yield every report of a cycle with its subject."""
    for code in (BOOKLET, DISTRICT):
        builder = reports.get(code)
        for subject in builder.subjects(params):
            yield builder, subject


def piece_key(piece: Piece) -> str:
    """Return the key of one part of the job."""
    return f"{piece[0].code}:{piece[1].pk}"


def piece_label(piece: Piece) -> str:
    """Say what is being compiled."""
    return _("正在编制%(subject)s：%(title)s") % {
        "subject": piece[1],
        "title": piece[0].title,
    }


@job_kind(KIND, queue="reports")
def compile_cycle_reports(running: RunningJob) -> str:
    """Compile part by part; a finished part is not done again."""
    params = {"cycle": running.params["cycle"]}
    cycle = Cycle.objects.filter(pk=params["cycle"]).first()
    if cycle is None or not cycle.is_calculated:
        raise JobFailed(_("考核结果尚未汇总，不能编制报告"))
    state = ReportRun.State.PUBLISHED if cycle.is_finished else ReportRun.State.DRAFT
    for key, (builder, subject) in running.parts(
        pieces(params), piece_key, piece_label
    ):
        order = Order(builder, subject, params, state, running.job, running.job.by)
        compile_report(order, on_stored=_counter(running, key))
    if cycle.is_finished:
        _tell(cycle)
    return reports_url(cycle)


def _counter(running: RunningJob, key: str) -> Any:
    def count(run: ReportRun) -> None:
        running.finish_part(key, {"run": run.pk, "digest": run.digest})

    return count


def reports_url(cycle: Cycle) -> str:
    """Return where a cycle's reports are listed."""
    return f"{cycle.get_absolute_url()}?tab=reports"


def runs_of(cycle: Cycle) -> list[ReportRun]:
    """Return the newest run of each report of a cycle, the region's first."""
    newer = ReportRun.objects.filter(
        run_key=OuterRef("run_key"), version__gt=OuterRef("version")
    )
    rows = ReportRun.objects.filter(
        code__in=[BOOKLET, DISTRICT], params__cycle=cycle.pk
    ).exclude(Exists(newer))
    return sorted(rows, key=lambda run: (run.code != DISTRICT, run.pk))


def _tell(cycle: Cycle) -> None:
    groups = Assessment.objects.filter(cycle=cycle, result__isnull=False).of_groups()
    notify(
        heads_of(groups),
        _("%(name)s：集团年度报告已可下载") % {"name": cycle.name},
        url=reports_url(cycle),
        key=f"evaluation.cycle.{cycle.pk}.booklets",
    )


def job_title(cycle: Cycle) -> str:
    """Return the title of the job."""
    return _("编制年度考核报告：%(name)s") % {"name": cycle.name}


def job_key(cycle: Cycle) -> str:
    """Return the key that keeps two compiles of a cycle apart."""
    return f"cycle:{cycle.pk}"


def compile_cycle(cycle: Cycle, *, by: Any) -> Job:
    """Send the compile of a cycle's reports to the workers."""
    params = {"cycle": cycle.pk}
    key = job_key(cycle)
    return enqueue(KIND, title=job_title(cycle), by=by, params=params, key=key)


def compile_now(cycle: Cycle, *, by: Any = None) -> Job:
    """Compile in this process and return the closed job; JobFailed when it cannot."""
    params = {"cycle": cycle.pk}
    key = job_key(cycle)
    return run_now(KIND, title=job_title(cycle), by=by, params=params, key=key)


def compile_due_reports() -> int:
    """Send published cycles without reports to the workers; return how many."""
    done = ReportRun.objects.filter(
        code=DISTRICT,
        state=ReportRun.State.PUBLISHED,
    ).values_list("params__cycle", flat=True)
    due = Cycle.objects.finished().exclude(pk__in=[pk for pk in done if pk])
    for cycle in due:
        compile_cycle(cycle, by=None)
    return len(due)


def summary(cycle: Cycle) -> list[dict[str, Any]]:
    """Return every report of a cycle with its digest and files."""
    return [
        {
            "code": run.code,
            "title": run.title,
            "version": run.version,
            "state": run.state,
            "digest": run.digest,
            "files": [
                {"name": f.name, "format": f.label, "sha256": f.sha256, "size": f.size}
                for f in files_of(run)
            ],
        }
        for run in runs_of(cycle)
    ]
