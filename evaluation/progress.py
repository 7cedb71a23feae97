"""How far a cycle is: who submitted, what is scored, what cannot be scored."""

from functools import cached_property

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from bureau.parameters import parameter
from evaluation.choices import AssessmentState, ReportState
from evaluation.models import Assessment, Cycle, PeriodicReport, Score
from evaluation.scoring.totals import Total, total

DONE = [AssessmentState.CONFIRMED, AssessmentState.FINAL, AssessmentState.EXEMPT]


def total_of(assessment: Assessment) -> Total:
    """Add up the leaves of one assessment; a leaf without points counts as nothing."""
    rows = assessment.scores.values_list("max_score", "score", "is_na")
    return total((weight, None if na else points or 0) for weight, points, na in rows)


def unscorable(assessment: Assessment) -> str:
    """Say why an assessment cannot be scored, or return an empty text.

    80 per cent (``score.applicable_min``) of the weight of the subject's own leaves
    must apply.
    """
    minimum = parameter("score.applicable_min", assessment.cycle.region)
    sums = total_of(assessment)
    if sums.full and sums.is_scorable(minimum):
        return ""
    return _(
        "未能评定：适用权重 %(applicable)s，不足全部权重 %(full)s 的 %(minimum)s%%"
    ) % {"applicable": sums.applicable, "full": sums.full, "minimum": minimum}


class CycleProgress:
    """Counts of one cycle, each asked for once."""

    def __init__(self, cycle: Cycle) -> None:
        self.cycle = cycle

    @cached_property
    def by_state(self) -> dict[str, int]:
        """Count the assessments of each state."""
        rows = Assessment.objects.filter(cycle=self.cycle).order_by()
        return dict(rows.values_list("state").annotate(n=Count("pk")))

    @property
    def assessments(self) -> int:
        """Return the number of assessments."""
        return sum(self.by_state.values())

    @cached_property
    def reports(self) -> dict[str, int]:
        """Count the self-evaluation reports of each state."""
        rows = PeriodicReport.objects.filter(assessment__cycle=self.cycle).order_by()
        return dict(rows.values_list("state").annotate(n=Count("pk")))

    @property
    def submitted(self) -> int:
        """Return the number of reports that were submitted."""
        done = (ReportState.SUBMITTED, ReportState.ACCEPTED)
        return sum(self.reports.get(state, 0) for state in done)

    def not_submitted(self) -> list[str]:
        """Name the groups whose report is missing."""
        rows = PeriodicReport.objects.waiting().filter(assessment__cycle=self.cycle)
        return list(rows.order_by("pk").values_list("assessment__label", flat=True))

    def unconfirmed(self) -> list[str]:
        """Name the subjects whose scores are not confirmed."""
        rows = Assessment.objects.filter(cycle=self.cycle).exclude(state__in=DONE)
        return list(rows.order_by("pk").values_list("label", flat=True))

    @cached_property
    def weight(self) -> dict[str, int]:
        """Return the share of weight scored, in per cent, and the leaves that wait."""
        waiting = Q(score__isnull=True, is_na=False)
        sums = Score.objects.filter(assessment__cycle=self.cycle).aggregate(
            whole=Sum("max_score"),
            open=Sum("max_score", filter=waiting),
            leaves=Count("assessment", filter=waiting),
        )
        whole = sums["whole"] or 0
        done = whole - (sums["open"] or 0)
        return {
            "percent": int(100 * done / whole) if whole else 0,
            "waiting": sums["leaves"],
        }
