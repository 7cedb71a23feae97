"""The programs that read rosters, and when each last did."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from bureau.filters import ApiClientFilter
from bureau.models import ApiClient
from core.views import Action, Crumb, Empty, ListPage
from roster.provider.callers import CORE, FULL, PEOPLE
from roster.provider.declaring import VERSIONS
from roster.tables import ReaderTable


class ReaderListPage(ListPage):
    """The programs of the regions in the user's reach that may read by OneRoster."""

    model = ApiClient
    permission = "bureau.view_apiclient"
    title, unit = gettext_lazy("读取名册的客户端"), gettext_lazy("个")
    lead = gettext_lazy("以 OneRoster 接口读取名册的系统，以及各自最近一次读取。")
    table_class = ReaderTable
    filterset_class = ApiClientFilter
    can_save_views = False
    empty = Empty(
        gettext_lazy("还没有读取名册的客户端"),
        gettext_lazy("登记接口客户端时选上 OneRoster 读取范围，即列在这里。"),
        icon="api",
    )

    def get_queryset(self) -> QuerySet[Any]:
        """Return the programs with a reading scope, the last to read first."""
        scopes = [v.scopes + name for v in VERSIONS for name in (CORE, FULL, PEOPLE)]
        rows = super().get_queryset().filter(scopes__overlap=scopes)
        return rows.select_related("region").order_by("-last_used_at", "name")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the deliveries."""
        return [Crumb(gettext_lazy("名册同步"), reverse("roster:home"))]

    def get_actions(self) -> Sequence[Action]:
        """Offer registering one."""
        url = reverse("bureau:client-create")
        name, needed = gettext_lazy("登记客户端"), "bureau.add_apiclient"
        return [Action(name, url, "plus", True, permission=needed)]
