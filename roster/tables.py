"""Tables of sources and their deliveries."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.tables import Column, MomentColumn, NameColumn, StateColumn, Table
from core.templatetags.components import badge_html
from roster.choices import RowResult, RunState
from roster.models import Source, SyncRun


def total_of(run: SyncRun, *results: str) -> int:
    """Return how many rows of all collections came out so."""
    return sum(c.get(r, 0) for c in run.counts.values() for r in results)


class SyncRunTable(Table):
    """Deliveries, the newest first."""

    id = NameColumn(verbose_name=gettext_lazy("同步"), accessor="label")
    source = Column(accessor="source__name", verbose_name=gettext_lazy("来源"))
    kind = Column(verbose_name=gettext_lazy("方式"))
    received_at = MomentColumn(verbose_name=gettext_lazy("收到时间"))
    counts = Column(verbose_name=gettext_lazy("结果"), orderable=False)
    state = StateColumn(verbose_name=gettext_lazy("状态"))

    def value_counts(self, record: SyncRun) -> str:
        """Say how many rows were written and sent back, or would be."""
        if record.state == RunState.DISCARDED:
            return _("没有写入")
        written = total_of(
            record, RowResult.CREATED, RowResult.UPDATED, RowResult.DELETED
        )
        told = (
            _("将写入 %(written)s，未变 %(same)s，退回 %(bad)s")
            if record.is_dry or record.state == RunState.HELD
            else _("写入 %(written)s，未变 %(same)s，退回 %(bad)s")
        )
        return told % {
            "written": written,
            "same": total_of(record, RowResult.UNCHANGED),
            "bad": total_of(record, RowResult.REJECTED),
        }

    def render_counts(self, record: SyncRun) -> SafeString:
        """Say it beside a bar of what came in."""
        total = total_of(record, "received")
        good = total - total_of(record, RowResult.REJECTED)
        return format_html(
            '<progress class="bar tone-green" max="{}" value="{}">{}</progress>'
            '<span class="small muted">{}</span>',
            total or 1,
            good,
            self.value_counts(record),
            self.value_counts(record),
        )


class ReaderTable(Table):
    """Systems that read rosters."""

    name = NameColumn(sub="client_id", verbose_name=gettext_lazy("客户端"))
    region = Column(accessor="region__name", verbose_name=gettext_lazy("地区"))
    contact = Column(verbose_name=gettext_lazy("联系人"))
    last_used_at = MomentColumn(verbose_name=gettext_lazy("最近读取"))
    paused_at = Column(verbose_name=gettext_lazy("状态"), empty_values=())

    def value_paused_at(self, record: Any) -> str:
        """Say whether the program may read."""
        return _("已停用") if record.paused_at else _("使用中")

    def render_paused_at(self, record: Any) -> SafeString:
        """Say it as a badge."""
        tone = "grey" if record.paused_at else "green"
        return badge_html(tone, self.value_paused_at(record))


class SourceTable(Table):
    """Systems that send rosters."""

    name = NameColumn(sub="code", verbose_name=gettext_lazy("来源"))
    region = Column(accessor="region__name", verbose_name=gettext_lazy("地区"))
    client = Column(
        accessor="client__name",
        verbose_name=gettext_lazy("接口客户端"),
        default="—",
    )
    last_at = MomentColumn(verbose_name=gettext_lazy("最近同步"))
    runs_held = Column(verbose_name=gettext_lazy("待审批"), orderable=False)
    paused_at = Column(verbose_name=gettext_lazy("状态"), empty_values=())

    def value_paused_at(self, record: Source) -> str:
        """Say whether the source may send."""
        return _("已停用") if record.paused_at else _("使用中")

    def render_paused_at(self, record: Any) -> SafeString:
        """Say it as a badge."""
        tone = "grey" if record.paused_at else "green"
        return badge_html(tone, self.value_paused_at(record))
