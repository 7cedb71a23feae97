"""Tables of schools, of stages to confirm and of returns."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.days import today
from core.tables import (
    Column,
    DateColumn,
    MomentColumn,
    MoneyColumn,
    NameColumn,
    NumberColumn,
    Table,
)
from core.templatetags.components import badge_html
from core.templatetags.formats import num
from core.tones import tone_of
from schools.choices import (
    CONFIRMED_STATES,
    INTERNAL_LABELS,
    ReturnState,
    SchoolStatus,
)
from schools.completeness import TOTAL
from schools.models import ConstructionProject, School, SchoolStage
from schools.models.profile import ProfileOn, told_by

STATUS_TONES = {
    SchoolStatus.PLANNED: "blue",
    SchoolStatus.OPEN: "green",
    SchoolStatus.MERGED: "grey",
    SchoolStatus.CLOSED: "grey",
}


def label_badge(label: Any) -> SafeString:
    """Return a label as a badge; internal ones say so."""
    text = str(label.get_label_display())
    if label.label in INTERNAL_LABELS:
        return badge_html("amber", _("%s（内部）") % text, "eye-off")
    return badge_html("blue", text, "tag")


def status_badge(status: str) -> SafeString:
    """Return the state of a school as a badge."""
    state = SchoolStatus(status)
    return badge_html(STATUS_TONES[state], str(state.label))


def state_word(state: str | None) -> str:
    """Say where a return stands; without a state it has not been begun."""
    return str(ReturnState(state).label) if state else _("未开始")


class SchoolTable(Table):
    """Schools."""

    name = NameColumn(
        sub="shown_code", order_by="pinyin", verbose_name=gettext_lazy("学校名称")
    )
    county = Column(
        accessor="administered_by__short_name",
        order_by="administered_by__path",
        verbose_name=gettext_lazy("主管区县"),
    )
    type = Column(verbose_name=gettext_lazy("办学类型"), empty_values=())
    stages = Column(verbose_name=gettext_lazy("学段"), orderable=False, empty_values=())
    ownership = Column(verbose_name=gettext_lazy("举办者性质"))
    labels = Column(verbose_name=gettext_lazy("标签"), orderable=False, empty_values=())
    opened_on = DateColumn(verbose_name=gettext_lazy("开办日期"))
    parts_filled = Column(
        verbose_name=gettext_lazy("完整度"), css="num nowrap", empty_values=(None,)
    )
    status = Column(verbose_name=gettext_lazy("状态"))

    def __init__(self, *args: Any, day: date | None = None, **kwargs: Any) -> None:
        self.day = day or today()
        super().__init__(*args, **kwargs)

    def _then(self, record: School) -> ProfileOn:
        """Return what the school was on the day of the list."""
        later = getattr(record, "profiles_after", None) or [record]
        return told_by(record, later[0], self.day)

    def render_name(self, record: School) -> SafeString:
        """Name the school as it was called on the day, and its number."""
        then = self._then(record)
        code = then.school_code or record.provisional_no
        return format_html('{}<span class="sub">{}</span>', then.name, code)

    def value_name(self, record: School) -> str:
        """Name the school of the day in a file."""
        return self._then(record).name

    def render_county(self, record: School) -> str:
        """Name the county that ran the school on the day."""
        return str(self._then(record).administered_by.short_name)

    value_county = render_county

    def render_parts_filled(self, value: int) -> str:
        """Say how many parts of the record are filled."""
        return f"{value} / {TOTAL}"

    value_parts_filled = render_parts_filled

    def render_type(self, record: School) -> Any:
        """Say the type, or that it waits for somebody."""
        return self._then(record).type_label or badge_html("amber", _("学段待确认"))

    def value_type(self, record: School) -> str:
        """Say the type in a file."""
        return self._then(record).type_label or _("学段待确认")

    def render_stages(self, record: School) -> str:
        """Name the stages of the day."""
        return "、".join(self._then(record).stage_labels) or "—"

    value_stages = render_stages

    def render_labels(self, record: School) -> SafeString:
        """Draw the labels of the day."""
        return format_html_join(
            " ", "{}", ((label_badge(label),) for label in record.labels_held)
        ) or SafeString("—")

    def value_labels(self, record: School) -> str:
        """Name the labels in a file; internal ones stay inside."""
        return "、".join(
            str(label.get_label_display())
            for label in record.labels_held
            if label.label not in INTERNAL_LABELS
        )

    def render_status(self, record: School) -> SafeString:
        """Draw the state of the day."""
        return status_badge(record.status_on(self.day))

    def value_status(self, record: School) -> str:
        """Say the state of the day in a file."""
        return str(SchoolStatus(record.status_on(self.day)).label)


class BoardTable(Table):
    """One row for each stage of each school, with its return of the year."""

    school = NameColumn(
        accessor="school__name",
        linkify=False,
        order_by="school__pinyin",
        verbose_name=gettext_lazy("学校"),
    )
    county = Column(
        accessor="school__administered_by__short_name",
        order_by="school__administered_by__path",
        verbose_name=gettext_lazy("主管区县"),
    )
    stage = Column(verbose_name=gettext_lazy("学段"))
    students = NumberColumn(
        accessor="return_students", verbose_name=gettext_lazy("在校生数"), default="—"
    )
    state = Column(
        accessor="return_state", verbose_name=gettext_lazy("状态"), empty_values=()
    )
    submitted_at = MomentColumn(
        accessor="return_submitted_at",
        verbose_name=gettext_lazy("报送时间"),
        default="—",
    )
    accepted_at = MomentColumn(
        accessor="return_accepted_at",
        verbose_name=gettext_lazy("验收时间"),
        default="—",
    )

    def __init__(
        self, *args: Any, reminded_in: Collection[int] = (), **kwargs: Any
    ) -> None:
        self.reminded_in = reminded_in
        super().__init__(*args, **kwargs)

    def render_school(self, record: SchoolStage) -> SafeString:
        """Link the return, or its school; let unconfirmed ones be picked."""
        if record.return_id:
            url = reverse("schools:return-detail", args=[record.return_id])
        else:
            url = reverse("schools:school-detail", args=[record.school_id])
            url = f"{url}?tab=returns"
        link = format_html('<a href="{}">{}</a>', url, record.school.name)
        if record.school.administered_by_id not in self.reminded_in:
            return link
        if record.return_state in CONFIRMED_STATES:
            return format_html('<span class="pick-gap"></span>{}', link)
        return format_html(
            '<input type="checkbox" class="pick" form="remind" name="picked"'
            ' value="{}" aria-label="{}">{}',
            record.pk,
            _("选择%s") % record.school.name,
            link,
        )

    def value_school(self, record: SchoolStage) -> str:
        """Name the school in a file."""
        return str(record.school.name)

    def value_state(self, record: SchoolStage) -> str:
        """Say the state in words."""
        return state_word(record.return_state)

    def render_state(self, record: SchoolStage) -> SafeString:
        """Draw the state."""
        state = record.return_state or ""
        return badge_html(tone_of(state), self.value_state(record))


class ProjectTable(Table):
    """Construction projects."""

    name = NameColumn(sub="school__name", verbose_name=gettext_lazy("项目"))
    county = Column(
        accessor="school__administered_by__short_name",
        order_by="school__administered_by__path",
        verbose_name=gettext_lazy("主管区县"),
    )
    programme = Column(verbose_name=gettext_lazy("所属工程"))
    investment = MoneyColumn(verbose_name=gettext_lazy("计划投资（元）"), default="—")
    paid = MoneyColumn(verbose_name=gettext_lazy("已完成投资（元）"), default="—")
    seats_added = NumberColumn(verbose_name=gettext_lazy("新增学位"), default="—")
    planned_on = DateColumn(verbose_name=gettext_lazy("计划完工"), default="—")
    completed_on = DateColumn(verbose_name=gettext_lazy("实际完工"), default="—")
    progress = Column(verbose_name=gettext_lazy("进度"), orderable=False)

    def render_progress(self, record: ConstructionProject) -> SafeString:
        """Draw where the project stands; late ones say so."""
        late = (
            not record.completed_on
            and record.planned_on is not None
            and record.planned_on < today()
        )
        if late:
            return badge_html("amber", _("%s（超期）") % record.progress)
        return badge_html("green" if record.completed_on else "blue", record.progress)

    def value_progress(self, record: ConstructionProject) -> str:
        """Say where the project stands in a file."""
        return record.progress


class PartnerTable(Table):
    """Partners."""

    name = NameColumn(sub="credit_code", verbose_name=gettext_lazy("名称"))
    kind = Column(verbose_name=gettext_lazy("类别"))
    industry = Column(verbose_name=gettext_lazy("所属行业"), default="—")
    region = Column(
        accessor="region__name",
        order_by="region__path",
        verbose_name=gettext_lazy("登记地区"),
    )
    address = Column(verbose_name=gettext_lazy("地址"), default="—")


class PressureTable(Table):
    """Schools with seats, intake and large classes, and what stands out."""

    name = NameColumn(
        sub="shown_code", order_by="pinyin", verbose_name=gettext_lazy("学校名称")
    )
    county = Column(
        accessor="administered_by__short_name",
        order_by="administered_by__path",
        verbose_name=gettext_lazy("主管区县"),
    )
    remarks = Column(
        verbose_name=gettext_lazy("发现"), empty_values=(), orderable=False
    )
    plan = Column(
        verbose_name=gettext_lazy("消除计划"), empty_values=(), orderable=False
    )
    students = NumberColumn(verbose_name=gettext_lazy("在校生"), default="未填")
    seats = NumberColumn(verbose_name=gettext_lazy("核定学位"), default="未填")
    new_intake = NumberColumn(verbose_name=gettext_lazy("招生"), default="未填")
    in_zone = NumberColumn(
        verbose_name=gettext_lazy("片区内"), default="—", empty_values=()
    )
    out_of_zone = NumberColumn(
        verbose_name=gettext_lazy("片区外"), default="—", empty_values=()
    )
    classes_told = NumberColumn(verbose_name=gettext_lazy("班级"))
    large = NumberColumn(verbose_name=gettext_lazy("大班额"))
    oversize = NumberColumn(verbose_name=gettext_lazy("超大班额"))

    def render_in_zone(self, record: School, value: int | None) -> str:
        """Show the figure; a school that has not returned owes it, others have none."""
        if value is None:
            return _("未填") if record.students is None else "—"
        return num(value)

    render_out_of_zone = render_in_zone

    def judge(self, function: Any) -> None:
        """Take the function that judges the schools of a page or a file."""
        self.judging = function
        self.judged: dict[int, list[Any]] = {}

    def _remarks(self, record: School) -> list[Any]:
        if record.pk not in self.judged:
            page = getattr(self, "page", None)
            rows = [row.record for row in page] if page else []
            if record not in rows:
                rows = list(self.data.data)
            self.judged.update(self.judging(rows))
        return self.judged.get(record.pk, [])

    def render_remarks(self, record: School) -> SafeString:
        """Draw what stands out, and since which year."""
        found = [
            (badge_html(one.tone, one.text), _since(one.since))
            for one in self._remarks(record)
        ]
        return format_html_join(" ", "{}{}", found) or SafeString("—")

    def value_remarks(self, record: School) -> str:
        """Say what stands out in a file."""
        return "；".join(f"{r.text}{_since(r.since)}" for r in self._remarks(record))

    def render_plan(self, record: School) -> SafeString:
        """Link the plan, and say where it stands."""
        return format_html_join(
            " ",
            '<a href="{}">{}</a>',
            (
                (p.get_absolute_url(), p.get_state_display())
                for p in record.plans_standing
            ),
        ) or SafeString("—")

    def value_plan(self, record: School) -> str:
        """Say where the plan stands in a file."""
        return "、".join(str(p.get_state_display()) for p in record.plans_standing)


def _since(year: str) -> str:
    return _("（自 %s 学年）") % year if year else ""
