"""Tables of groups, cases and documents."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from core.tables import Column, DateColumn, NameColumn, NumberColumn, StateColumn, Table
from core.templatetags.components import badge_html
from core.tones import tone_of
from groups.choices import GroupState


class StateOnColumn(StateColumn):
    """The state that a group had on the day the page shows."""

    def render(self, value: Any, record: Any, bound_column: Any) -> str:
        """Return the badge of that day's state."""
        label = str(GroupState(value).label)
        return badge_html(tone_of(value, "groups.educationgroup"), label)


class GroupTable(Table):
    """Groups as they were on the day."""

    name = NameColumn(verbose_name=_("集团"), sub="code", order_by="name")
    lead_name = Column(verbose_name=_("龙头学校"))
    group_type = Column(verbose_name=_("类型"))
    primary_mode = Column(verbose_name=_("主要模式"), order_by="primary_mode__position")
    region = Column(
        verbose_name=_("地区"), accessor="region__name", order_by="region__path"
    )
    member_count = NumberColumn(verbose_name=_("成员学校"))
    closeness = Column(verbose_name=_("紧密程度"))
    founded_on = DateColumn(verbose_name=_("成立日期"))
    state_on = StateOnColumn(verbose_name=_("状态"), order_by="state_on")

    def value_state_on(self, record: Any) -> str:
        """Return the state in words for an export."""
        return str(GroupState(record.state_on).label) if record.state_on else ""


class CaseTable(Table):
    """Cases with who holds the ball."""

    name = NameColumn(verbose_name=_("事项"), sub="number", order_by="name")
    kind = Column(verbose_name=_("类别"))
    region = Column(
        verbose_name=_("地区"), accessor="region__name", order_by="region__path"
    )
    formation_basis = Column(verbose_name=_("组建方式"))
    line_count = NumberColumn(verbose_name=_("学校"))
    waiting_on = Column(verbose_name=_("待办单位"), orderable=False)
    since = DateColumn(verbose_name=_("进入本状态"), orderable=False)
    state = StateColumn()


class DocumentTable(Table):
    """Documents of groups."""

    title = NameColumn(verbose_name=_("文件"), order_by="title")
    group = Column(
        verbose_name=_("集团"), accessor="group__name", order_by="group__name"
    )
    kind = Column(verbose_name=_("类别"))
    version = NumberColumn(verbose_name=_("版本"))
    valid_from = DateColumn(verbose_name=_("生效日期"))
    valid_to = DateColumn(verbose_name=_("失效日期"))
    state = StateColumn()


class ModeTable(Table):
    """Modes with whether the region uses them."""

    name = NameColumn(
        verbose_name=_("模式"),
        sub="summary",
        linkify=("groups:mode-switch", {"code": tables.A("code")}),
    )
    group_type = Column(verbose_name=_("集团类型"))
    clause = Column(verbose_name=_("依据条款"))
