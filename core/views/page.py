"""What every page shares: its permission, its title, its path, its refusal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from django.views.generic.base import ContextMixin

from core.access import holds
from core.http import PageRequest

SIGNED_IN = "*"
"""The permission of pages open to every signed-in user."""

_VERBS = {
    "view": gettext_lazy("查看"),
    "add": gettext_lazy("新建"),
    "change": gettext_lazy("修改"),
    "delete": gettext_lazy("删除"),
    "export": gettext_lazy("导出"),
    "import": gettext_lazy("导入"),
    "approve": gettext_lazy("审批"),
    "submit": gettext_lazy("提交"),
    "publish": gettext_lazy("发布"),
    "compile": gettext_lazy("编制"),
    "review": gettext_lazy("评审"),
    "score": gettext_lazy("评分"),
    "manage": gettext_lazy("管理"),
    "confirm": gettext_lazy("确认"),
    "restructure": gettext_lazy("调整"),
    "unmask": gettext_lazy("查看完整身份证号："),
}


@dataclass(frozen=True)
class Crumb:
    """One step of the path above the title."""

    label: Any
    url: str = ""


@dataclass(frozen=True)
class Action:
    """A button of a page head: a link, or with ``method="post"`` a small form."""

    label: Any
    url: str
    icon: str = ""
    primary: bool = False
    method: str = "get"
    permission: str = ""


def permission_words(permission: str) -> str:
    """Say a permission name in Chinese: ``schools.view_school`` → 查看学校."""
    app, _dot, codename = permission.partition(".")
    verb, _line, model_name = codename.partition("_")
    try:
        noun = apps.get_model(app, model_name)._meta.verbose_name
    except LookupError:
        return codename
    return f"{_VERBS.get(verb, verb)}{noun}"


class Page(ContextMixin, View):
    """Base of all pages: closed unless the user holds ``permission``.

    ``request`` carries the day (``as_of``); ``title`` heads the page; ``get_crumbs``
    gives the path above it. A page without a permission is a programming error.
    """

    permission: str = ""
    title: Any = ""
    lead: Any = ""
    request: PageRequest

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Answer 403 with the reason unless the user holds the permission."""
        self.check_permission()
        response = super().dispatch(request, *args, **kwargs)
        patch_vary_headers(response, ["HX-Request"])
        return response

    def check_permission(self) -> None:
        """Raise PermissionDenied with the reason when the permission is missing."""
        if not self.permission:
            raise ImproperlyConfigured(f"{type(self).__name__} names no permission")
        if self.permission != SIGNED_IN and not holds(
            self.request.user, self.permission
        ):
            raise PermissionDenied(
                _("您的账号没有“%s”的权限。") % permission_words(self.permission)
            )

    def get_title(self) -> Any:
        """Return the heading of the page."""
        return self.title

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return the path above the title, the page itself left out."""
        return ()

    def get_crumb_title(self) -> Any:
        """Return how the page itself is called at the end of the path."""
        return self.get_title()

    def get_actions(self) -> Sequence[Action]:
        """Return the buttons at the right of the head."""
        return ()

    def allowed_actions(self) -> list[Action]:
        """Return the buttons whose permission the user holds, the primary one last."""
        user = self.request.user
        allowed = [
            a
            for a in self.get_actions()
            if not a.permission or holds(user, a.permission)
        ]
        return sorted(allowed, key=lambda action: action.primary)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Offer title, lead sentence, path and buttons to the template."""
        return super().get_context_data(
            title=self.get_title(),
            lead=self.lead,
            crumbs=self.get_crumbs(),
            crumb_title=self.get_crumb_title(),
            actions=self.allowed_actions(),
            **kwargs,
        )
