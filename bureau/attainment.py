"""How far regions have come towards their targets, from the registered metrics."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.models import Target
from bureau.periods import period_for
from core.charts import Chart, Series, Threshold
from core.metrics import REGION, Metric, compute
from core.registries import metrics

MET, ON_COURSE, BEHIND, MISSED, OPEN, UNKNOWN = (
    *("MET", "ON_COURSE", "BEHIND", "MISSED", "OPEN", "UNKNOWN"),
)
WORDS: dict[str, tuple[str, Any]] = {
    MET: ("green", gettext_lazy("已达到")),
    ON_COURSE: ("blue", gettext_lazy("进度正常")),
    BEHIND: ("amber", gettext_lazy("进度滞后")),
    MISSED: ("red", gettext_lazy("到期未达到")),
    OPEN: ("grey", gettext_lazy("未达到，没有基数")),
    UNKNOWN: ("grey", gettext_lazy("暂无数据")),
}
"""State → its tone and what it is called."""


@dataclass(frozen=True)
class Attainment:
    """A target with the region's figure on a day and where it therefore stands."""

    target: Target
    metric: Metric | None
    now: Decimal | None
    day: date
    period: str

    @property
    def is_met(self) -> bool:
        """Tell whether the figure keeps to the target."""
        if self.now is None:
            return False
        if self.target.direction == Target.Direction.AT_MOST:
            return self.now <= self.target.value
        return self.now >= self.target.value

    @property
    def share(self) -> Decimal | None:
        """Return the way covered from the baseline, 0 to 1; None without a baseline."""
        base, goal = self.target.baseline, self.target.value
        if self.now is None or base is None:
            return None
        if base == goal:
            return Decimal(1) if self.is_met else Decimal(0)
        return min(max((self.now - base) / (goal - base), Decimal(0)), Decimal(1))

    @property
    def due_share(self) -> Decimal | None:
        """Return the share of the time that has passed since the baseline."""
        since = self.target.baseline_on
        if since is None:
            return None
        whole = (self.target.due_on - since).days
        return min(
            max(Decimal((self.day - since).days) / whole, Decimal(0)), Decimal(1)
        )

    @property
    def state(self) -> str:
        """Return where the target stands; progress is taken to be even over time."""
        if self.now is None:
            return UNKNOWN
        if self.is_met:
            return MET
        if self.day > self.target.due_on:
            return MISSED
        if self.share is None or self.due_share is None:
            return OPEN
        return ON_COURSE if self.share >= self.due_share else BEHIND

    @property
    def tone(self) -> str:
        """Return the tone of the state."""
        return WORDS[self.state][0]

    @property
    def word(self) -> Any:
        """Return the state in words."""
        return WORDS[self.state][1]

    def shown(self, value: Decimal | None) -> str:
        """Return a figure of the metric as a person reads it."""
        if value is None:
            return _("未填")
        if self.metric is not None and self.metric.unit == "ratio":
            return f"{value * 100:.1f} %"
        return (
            f"{value.normalize():,f}"
            if value == value.to_integral()
            else f"{value:,.2f}"
        )

    @property
    def now_text(self) -> str:
        """Return the figure of the day."""
        return self.shown(self.now)

    @property
    def goal_text(self) -> str:
        """Return what is asked for."""
        asked = self.target.get_direction_display()
        return f"{asked} {self.shown(self.target.value)}"

    @property
    def base_text(self) -> str:
        """Return what it began from."""
        return self.shown(self.target.baseline)

    @property
    def finding(self) -> str:
        """Say in a sentence where the target stands."""
        words = {"title": self.target.title, "now": self.now_text}
        words |= {"goal": self.goal_text, "state": self.word}
        return _("%(title)s现为 %(now)s，目标%(goal)s：%(state)s") % words

    def chart(self) -> Chart | None:
        """Return the way from the baseline to the target; None without a figure."""
        if self.now is None:
            return None
        scale = 100 if self.metric is not None and self.metric.unit == "ratio" else 1
        steps = [(_("现在 %s") % self.day, self.now)]
        if self.target.baseline is not None:
            base = _("基数 %s") % self.target.baseline_on
            steps.insert(0, (base, self.target.baseline))
        goal = float(self.target.value * scale)
        return Chart(
            "bar",
            self.finding,
            categories=[name for name, _value in steps],
            series=[Series(self.target.title, [float(v * scale) for _n, v in steps])],
            unit="%" if scale == 100 else "",
            thresholds=[
                Threshold(goal, _("目标 %s") % self.target.due_on, self._clause())
            ],
            source=self.period,
            day=self.day,
        )

    def _clause(self) -> str:
        return self.target.clause.clause_id if self.target.clause else ""


def attainments(
    targets: Iterable[Target], day: date, region: Any = None
) -> dict[int, Attainment]:
    """Return target id → where it stands; each metric is computed once for all.

    ``region`` is the one whose parameters count; a single region's targets use its own.
    """
    rows = list(targets)
    by_metric: dict[str, list[Target]] = {}
    for row in rows:
        by_metric.setdefault(row.metric, []).append(row)
    found: dict[int, Attainment] = {}
    for key, group in by_metric.items():
        found |= _of_metric(key, group, day, region)
    return found


def _of_metric(
    key: str, rows: list[Target], day: date, region: Any
) -> dict[int, Attainment]:
    known = metrics.get(key) if key in metrics else None
    period = period_for(key, day)
    values: dict[int, Decimal | None] = {}
    if known is not None and period is not None and REGION in known.subjects:
        ids = sorted({row.region_id for row in rows})
        place = rows[0].region if len(ids) == 1 else region
        computed = compute(key, REGION, ids, period, place)
        values = {pk: one.value for pk, one in computed.items()}
    code = period.code if period else ""
    return {
        row.pk: Attainment(row, known, values.get(row.region_id), day, code)
        for row in rows
    }


def offered() -> list[Metric]:
    """Return the metrics of which a region can have a target."""
    found = [one for one in metrics.values() if REGION in one.subjects]
    return sorted(found, key=lambda one: one.key)
