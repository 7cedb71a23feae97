"""Write, submit and answer the self-evaluation reports."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bureau.parameters import parameter
from core.files import attach
from core.models import Attachment
from core.notify import meet_deadline, notify
from core.transitions import MoveRefused, move
from evaluation.models import PeriodicReport
from evaluation.people import bureau_of, heads_of
from evaluation.permissions import can_write_report
from evaluation.services.cycles import deadline_key

LONGEST = 20_000


@transaction.atomic
def save_sections(
    report: PeriodicReport,
    *,
    by: Any,
    sections: Mapping[str, Any],
    revision: int | None = None,
) -> PeriodicReport:
    """Keep what was written for some dimensions; the others stay as they are.

    ``revision`` is the one the writer had read: ValidationError when another window
    has saved since. MoveRefused for the wrong person or state.
    """
    report = _lock(report, by)
    if revision is not None and revision != report.revision:
        raise ValidationError(
            _("报告已在另一个窗口保存过，请刷新后再改，以免覆盖"), code="stale"
        )
    kept = dict(report.sections)
    for code, section in sections.items():
        kept[code] = _section(section)
    report.sections = kept
    report.revision += 1
    report.saved_at = timezone.now()
    report.save(update_fields=["sections", "revision", "saved_at"])
    return report


def _lock(report: PeriodicReport, by: Any) -> PeriodicReport:
    report = (
        PeriodicReport.objects.select_for_update(of=("self",), no_key=True)
        .select_related("assessment__cycle__region")
        .get(pk=report.pk)
    )
    verdict = can_write_report(by, report)
    if not verdict:
        raise MoveRefused(verdict)
    return report


def _section(section: Mapping[str, Any]) -> dict[str, Any]:
    leaves = {
        code: {"note": str(leaf.get("note", "")).strip()[:LONGEST]}
        | ({"self": str(leaf["self"])} if leaf.get("self") else {})
        for code, leaf in section.get("leaves", {}).items()
        if str(leaf.get("note", "")).strip() or leaf.get("self")
    }
    return {"text": str(section.get("text", "")).strip()[:LONGEST], "leaves": leaves}


@transaction.atomic
def add_evidence(
    report: PeriodicReport, *, by: Any, indicator: Any, name: str, content: bytes
) -> Attachment:
    """Attach a file as evidence for one indicator; ValidationError for a bad file."""
    report = _lock(report, by)
    if indicator.framework_id != report.assessment.framework_id:
        raise ValidationError(_("该指标不属于本次考核"), code="indicator")
    limit = int(parameter("evidence.max_mb", report.assessment.cycle.region))
    return attach(
        report,
        name,
        content,
        kind=Attachment.Kind.EVIDENCE,
        by=by,
        label=indicator.code,
        max_mb=limit,
    )


@transaction.atomic
def remove_evidence(report: PeriodicReport, *, by: Any, attachment: Attachment) -> None:
    """Take a file off a report that is still being written."""
    report = _lock(report, by)
    Attachment.objects.about(report).filter(pk=attachment.pk).delete()


@transaction.atomic
def submit_report(
    report: PeriodicReport, *, by: Any, reason: str = ""
) -> PeriodicReport:
    """Submit the self-evaluation to the bureau (BN-4.3.1)."""
    report = move(
        report,
        "submit",
        by=by,
        reason=reason,
        submitted_by=by,
        submitted_at=timezone.now(),
        return_reason="",
    )
    move(report.assessment, "self_submit", by=by)
    meet_deadline(deadline_key(report), at=report.submitted_at)
    cycle = report.assessment.cycle
    notify(
        bureau_of(cycle.region, "evaluation.score_assessment"),
        _("%(label)s提交了自评报告") % {"label": report.assessment.label},
        url=report.get_absolute_url(),
        key=f"evaluation.report.{report.pk}.{report.revision}",
    )
    return report


def accept_report(
    report: PeriodicReport, *, by: Any, reason: str = ""
) -> PeriodicReport:
    """Take a submitted report as complete."""
    return move(report, "accept", by=by, reason=reason, accepted_by=by)


@transaction.atomic
def return_report(report: PeriodicReport, *, by: Any, reason: str) -> PeriodicReport:
    """Send a report back with the reason; its deadline counts again."""
    report = move(report, "return", by=by, reason=reason, return_reason=reason)
    move(report.assessment, "self_return", by=by)
    notify(
        heads_of([report.assessment]),
        _("自评报告被退回修改：%(label)s") % {"label": report.assessment.label},
        body=reason,
        url=report.get_absolute_url(),
    )
    return report
