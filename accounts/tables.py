"""Tables of the administration pages."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import AccessLog, User
from audit.models import Event
from core.filters import FilterSet
from core.tables import Column, MomentColumn, NameColumn, Table, YesNoColumn
from core.timeline import words_for


class UserTable(Table):
    """Accounts."""

    full_name = NameColumn(verbose_name=_("姓名"))
    username = Column(verbose_name=_("用户名"), css="mono")
    post_title = Column(verbose_name=_("职务"))
    is_active = YesNoColumn(verbose_name=_("启用"))
    last_login = MomentColumn(verbose_name=_("上次登录"))


class UserFilter(FilterSet):
    """Find accounts by name."""

    class Meta:
        model = User
        fields = ["is_active"]
        search_fields = ("username", "full_name", "post_title")
        open_fields = ("is_active",)


class EventTable(Table):
    """Business events."""

    at = MomentColumn(verbose_name=_("时间"))
    actor = Column(verbose_name=_("经办"))
    verb = Column(verbose_name=_("动作"))
    subject_label = Column(verbose_name=_("对象"))
    reason = Column(verbose_name=_("事由"), orderable=False, default="—")

    def render_verb(self, value: str) -> str:
        """Say the verb as a person would."""
        return words_for(value)

    def render_subject_label(self, value: str) -> SafeString:
        """Keep the object's own name apart: it may be a code."""
        return format_html("<bdi>{}</bdi>", value)

    def value_subject_label(self, value: str) -> str:
        """Name the object in a file."""
        return value


class EventFilter(FilterSet):
    """Find events by person, verb and object."""

    class Meta:
        model = Event
        fields: list[str] = []
        search_fields = ("actor", "verb", "subject_label", "reason")


class AccessLogTable(Table):
    """Sensitive reads and exports of personal data."""

    at = MomentColumn(verbose_name=_("时间"))
    user = Column(verbose_name=_("用户"))
    action = Column(verbose_name=_("动作"))
    subject = Column(verbose_name=_("对象"))
    count = Column(verbose_name=_("条数"))
    reason = Column(verbose_name=_("事由"), default="—")


class AccessLogFilter(FilterSet):
    """Find records by object and action."""

    class Meta:
        model = AccessLog
        fields: list[str] = []
        search_fields = ("action", "subject", "reason", "user__full_name")
