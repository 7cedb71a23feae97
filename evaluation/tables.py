"""Lists of frameworks, cycles, assessments, results and self-evaluation reports."""

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.tables import (
    Column,
    DateColumn,
    DueColumn,
    MomentColumn,
    NameColumn,
    NumberColumn,
    StateColumn,
    Table,
)
from core.templatetags.components import badge_html
from evaluation.choices import Grade
from evaluation.words import GRADE_TONES


class GradeColumn(Column):
    """A grade as a badge: word and tone together."""

    css = "nowrap"

    def render(self, value: Any, record: Any) -> str:
        """Return the badge of the grade."""
        code = getattr(record, "grade", value)
        return badge_html(GRADE_TONES.get(code, "grey"), str(Grade(code).label))


class FrameworkTable(Table):
    """Frameworks by region and version."""

    name_zh = NameColumn(verbose_name=gettext_lazy("指标体系"), sub="name_en")
    version = NumberColumn()
    region = Column(
        accessor="region__name",
        order_by="region__path",
        verbose_name=gettext_lazy("制定地区"),
    )
    total_weight = NumberColumn(places=0)
    leaf_count = NumberColumn(verbose_name=gettext_lazy("三级指标"))
    published_on = DateColumn()
    state = StateColumn()


class CycleTable(Table):
    """Cycles by year."""

    name = NameColumn(sub="framework__name_zh")
    year = Column(
        accessor="year__code",
        order_by="year__starts_on",
        verbose_name=gettext_lazy("学年"),
    )
    region = Column(
        accessor="region__name",
        order_by="region__path",
        verbose_name=gettext_lazy("组织地区"),
    )
    subjects = NumberColumn(verbose_name=gettext_lazy("考核对象"))
    confirmed = NumberColumn(verbose_name=gettext_lazy("已确认"))
    next_due = DueColumn(
        verbose_name=gettext_lazy("下一截止日"), orderable=False, default="—"
    )
    published_on = DateColumn(default="—")
    state = StateColumn()


class AssessmentTable(Table):
    """Assessments of a cycle with how far they are."""

    label = NameColumn(sub="county__name")
    cycle = Column(
        accessor="cycle__name",
        order_by="cycle__year__starts_on",
        verbose_name=gettext_lazy("考核周期"),
    )
    lead = Column(
        accessor="lead_school__name", verbose_name=gettext_lazy("龙头学校"), default="—"
    )
    progress = Column(
        accessor="weight_done", verbose_name=gettext_lazy("评分进度"), orderable=False
    )
    waiting = NumberColumn(verbose_name=gettext_lazy("待评指标"))
    score = NumberColumn(
        accessor="result__score",
        places=2,
        verbose_name=gettext_lazy("得分"),
        default="—",
    )
    state = StateColumn()

    def render_progress(self, record: Any) -> str:
        """Draw a bar of the weight scored."""
        whole = record.weight_all or 0
        done = int(100 * record.weight_done / whole) if whole else 0
        return format_html(
            '<progress class="bar" max="100" value="{}" aria-label="{}"></progress>'
            '<span class="sub">{}</span>',
            done,
            _("评分进度"),
            f"{done}%",
        )

    def value_progress(self, record: Any) -> str:
        """Return the weight scored of the whole, for a file."""
        return f"{record.weight_done or 0} / {record.weight_all or 0}"


class ResultTable(Table):
    """Results by place."""

    label = NameColumn(
        accessor="assessment__label",
        verbose_name=gettext_lazy("考核对象"),
        sub="assessment__county__name",
    )
    rank = NumberColumn()
    score = NumberColumn(places=2)
    change = Column(
        orderable=False, css="num", verbose_name=gettext_lazy("较上期"), default="—"
    )
    grade = GradeColumn()
    limited_by = Column(default="")
    cycle = Column(
        accessor="assessment__cycle__name",
        order_by="assessment__cycle__year__starts_on",
        verbose_name=gettext_lazy("考核周期"),
    )
    published_on = DateColumn(default="—")
    state = StateColumn()

    class Meta(Table.Meta):
        sequence = ("label", "rank", "score", "change", "grade", "...")

    def render_change(self, value: Any) -> str:
        """Return the change with its sign."""
        return f"{value:+.2f}"


class ReportTable(Table):
    """Self-evaluation reports by deadline."""

    assessment = NameColumn(
        accessor="assessment__label", verbose_name=gettext_lazy("集团")
    )
    cycle = Column(
        accessor="assessment__cycle__name",
        order_by="assessment__cycle__year__starts_on",
        verbose_name=gettext_lazy("考核周期"),
    )
    lead = Column(
        accessor="assessment__lead_school__name",
        verbose_name=gettext_lazy("龙头学校"),
        default="—",
    )
    due_on = Column(verbose_name=gettext_lazy("截止日期"))
    submitted_at = MomentColumn(default="—")
    submitted_by = Column(
        accessor="submitted_by__full_name",
        verbose_name=gettext_lazy("提交人"),
        default="—",
    )
    state = StateColumn()

    def render_due_on(self, value: Any, record: Any) -> str:
        """Return the deadline: in words while it still counts."""
        if record.is_editable:
            return DueColumn().render(value)
        return f"{value:%Y-%m-%d}"
