"""Tables of the lists."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.models import (
    ApiClient,
    PolicyDocument,
    PolicyParameter,
    PriorityArea,
    Region,
    Target,
)
from bureau.scopes import brief
from bureau.services.clients import known_scopes
from bureau.words import owner_word, standing_word, value_with_unit
from core.days import today
from core.registries import metrics
from core.tables import (
    Column,
    DateColumn,
    DueColumn,
    MomentColumn,
    NameColumn,
    Table,
)
from core.templatetags.components import badge_html


def clause_links(clauses: Any) -> SafeString:
    """Return the clauses of a row as links."""
    links = (
        (reverse("bureau:clause-detail", args=[c.clause_id]), c.clause_id)
        for c in clauses
    )
    joined = format_html_join(" ", '<a class="clause" href="{}">{}</a>', links)
    return format_html("<span>{}</span>", joined)


class RegionTable(Table):
    """Regions."""

    name = NameColumn(verbose_name=gettext_lazy("名称"), order_by="path")
    code = Column(verbose_name=gettext_lazy("区划代码"), css="nowrap")
    level = Column(verbose_name=gettext_lazy("层级"))
    parent = Column(
        accessor="parent__name", verbose_name=gettext_lazy("上级"), default="—"
    )
    successor = Column(
        accessor="successor__name", verbose_name=gettext_lazy("并入"), default="—"
    )


class PolicyDocumentTable(Table):
    """Policy documents, with what they mean in the region one stands in."""

    doc_no = NameColumn(verbose_name=gettext_lazy("文号"))
    title = Column(verbose_name=gettext_lazy("标题"))
    issuer = Column(verbose_name=gettext_lazy("发文机关"))
    issued_year = Column(verbose_name=gettext_lazy("年份"), css="nowrap")
    clause_count = Column(verbose_name=gettext_lazy("条款数"), css="num")
    standing = Column(
        verbose_name=gettext_lazy("在本地"), empty_values=(), orderable=False
    )

    def __init__(
        self,
        *args: Any,
        here: Region | None = None,
        day: date | None = None,
        **kwargs: Any,
    ) -> None:
        self.here, self.day = here, day or today()
        super().__init__(*args, **kwargs)

    def value_standing(self, record: PolicyDocument) -> str:
        """Say whether the document is a basis here or a template."""
        return standing_word(record, self.here, self.day)

    def render_standing(self, record: PolicyDocument) -> SafeString:
        """Say it as a badge."""
        word = self.value_standing(record)
        tone = "green" if word == _("依据") else "grey"
        return badge_html(tone, word)


class PolicyClauseTable(Table):
    """Clauses with their summary."""

    clause_id = NameColumn(
        verbose_name=gettext_lazy("条款"), order_by=("document", "position")
    )
    summary = Column(verbose_name=gettext_lazy("条款大意"), orderable=False)
    area = Column(verbose_name=gettext_lazy("主题"), css="nowrap")
    priority = Column(verbose_name=gettext_lazy("落实要求"), css="nowrap")
    features = Column(verbose_name=gettext_lazy("系统中的落实"), orderable=False)


class PolicyParameterTable(Table):
    """The values that count in a region on a day."""

    meaning = NameColumn(sub="key", verbose_name=gettext_lazy("参数"), order_by="key")
    value = Column(verbose_name=gettext_lazy("取值"), orderable=False, css="nowrap")
    region = Column(
        verbose_name=gettext_lazy("由谁设定"), empty_values=(), order_by="region__path"
    )
    clauses = Column(
        accessor="pk", verbose_name=gettext_lazy("依据条款"), orderable=False
    )
    verified = Column(verbose_name=gettext_lazy("核实"), empty_values=())
    source_note = Column(verbose_name=gettext_lazy("来源"), orderable=False)

    def render_value(self, record: PolicyParameter) -> str:
        """Say value and unit."""
        return value_with_unit(record)

    value_value = render_value

    def render_region(self, record: PolicyParameter) -> str:
        """Say whose value it is."""
        return owner_word(record)

    value_region = render_region

    def render_clauses(self, record: PolicyParameter) -> SafeString:
        """Link the clauses."""
        return clause_links(record.clauses.all())

    def value_clauses(self, record: PolicyParameter) -> str:
        """Name the clauses in a file."""
        return "、".join(c.clause_id for c in record.clauses.all())

    def value_verified(self, record: PolicyParameter) -> str:
        """Say whether somebody confirmed the value."""
        return _("已核实") if record.verified else _("未核实")

    def render_verified(self, record: PolicyParameter) -> SafeString:
        """Say it as a badge."""
        tone = "green" if record.verified else "amber"
        return badge_html(tone, self.value_verified(record))


class ApiClientTable(Table):
    """Programs that use the API."""

    name = NameColumn(sub="client_id", verbose_name=gettext_lazy("名称"))
    region = Column(accessor="region__name", verbose_name=gettext_lazy("地区"))
    scopes = Column(verbose_name=gettext_lazy("权限范围"), orderable=False)
    contact = Column(verbose_name=gettext_lazy("联系人"))
    created = MomentColumn(verbose_name=gettext_lazy("登记时间"))
    paused_at = Column(verbose_name=gettext_lazy("状态"), empty_values=())

    def render_scopes(self, value: list[str]) -> str:
        """Say what the program may do."""
        words = known_scopes()
        return "、".join(words.get(code, brief(code)) for code in value)

    def value_scopes(self, value: list[str]) -> str:
        """Name the scopes in a file."""
        return "、".join(map(brief, value))

    def value_paused_at(self, record: ApiClient) -> str:
        """Say whether the program may work."""
        return _("已停用") if record.paused_at else _("使用中")

    def render_paused_at(self, record: ApiClient) -> SafeString:
        """Say it as a badge."""
        tone = "grey" if record.paused_at else "green"
        return badge_html(tone, self.value_paused_at(record))


class TargetTable(Table):
    """Targets with the figure of the day."""

    title = NameColumn(sub="region__name", verbose_name=gettext_lazy("目标"))
    metric = Column(verbose_name=gettext_lazy("指标"))
    base = Column(
        verbose_name=gettext_lazy("基数"), empty_values=(), orderable=False, css="num"
    )
    now = Column(
        verbose_name=gettext_lazy("现值"), empty_values=(), orderable=False, css="num"
    )
    goal = Column(
        accessor="value", verbose_name=gettext_lazy("目标值"), css="num nowrap"
    )
    due_on = DueColumn(verbose_name=gettext_lazy("完成期限"))
    state = Column(verbose_name=gettext_lazy("进展"), empty_values=(), orderable=False)

    def __init__(
        self, *args: Any, attained: dict[int, Any] | None = None, **kwargs: Any
    ) -> None:
        self.attained = attained or {}
        super().__init__(*args, **kwargs)

    def render_metric(self, value: str) -> str:
        """Name the metric."""
        return str(metrics.get(value).title) if value in metrics else value

    value_metric = render_metric

    def render_base(self, record: Target) -> str:
        """Show what it began from."""
        return self.attained[record.pk].base_text

    def render_now(self, record: Target) -> str:
        """Show the figure of the day."""
        return self.attained[record.pk].now_text

    def render_goal(self, record: Target) -> str:
        """Show what is asked for."""
        return self.attained[record.pk].goal_text

    def render_state(self, record: Target) -> SafeString:
        """Say where it stands, as a badge."""
        one = self.attained[record.pk]
        return badge_html(one.tone, str(one.word))

    value_base, value_now, value_goal = render_base, render_now, render_goal

    def value_state(self, record: Target) -> str:
        """Say where it stands."""
        return str(self.attained[record.pk].word)


class PriorityAreaTable(Table):
    """Priority areas."""

    name = NameColumn(sub="purpose", verbose_name=gettext_lazy("名称"))
    lead_region = Column(
        accessor="lead_region__name", verbose_name=gettext_lazy("牵头地区")
    )
    regions = Column(
        verbose_name=gettext_lazy("所含地区"), empty_values=(), orderable=False
    )
    valid_from = DateColumn(verbose_name=gettext_lazy("设立日期"))
    valid_to = DateColumn(verbose_name=gettext_lazy("终止日期"), default="—")

    def render_regions(self, record: PriorityArea) -> str:
        """Name the regions of the day."""
        return "、".join(m.region.short_name for m in record.members_now) or "—"

    value_regions = render_regions
