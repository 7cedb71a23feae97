"""Pages of frameworks: list, tree, publish check, next version."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.models import PolicyParameter
from core.transitions import MoveRefused
from core.views import (
    Action,
    Crumb,
    DetailPage,
    DetailTab,
    Empty,
    Fact,
    ListPage,
    MovePage,
    ObjectMixin,
    Page,
)
from evaluation.checks import coverage, is_publishable, publish_checks
from evaluation.choices import FrameworkState, Method
from evaluation.filters import FrameworkFilter
from evaluation.marks import marks_of_tree
from evaluation.models import Framework, Indicator
from evaluation.permissions import can_keep_framework
from evaluation.reading import rule_words, title_of
from evaluation.services import next_version
from evaluation.tables import FrameworkTable

VIEW = "evaluation.view_framework"
LIST = gettext_lazy("指标体系")


class FrameworkListPage(ListPage):
    """The frameworks of the user's regions and of those above."""

    model = Framework
    permission = VIEW
    title, unit = LIST, gettext_lazy("套")
    table_class = FrameworkTable
    filterset_class = FrameworkFilter
    empty = Empty(
        gettext_lazy("还没有指标体系"),
        gettext_lazy("初始化本地区时会载入随附的指标体系。"),
        icon="hierarchy",
    )

    def get_queryset(self) -> Any:
        """Return frameworks with their region and the number of leaves."""
        leaves = Count("indicators", filter=Q(indicators__level=3))
        rows = super().get_queryset().select_related("region")
        return rows.annotate(leaf_count=leaves)


class FrameworkPage(DetailPage):
    """One framework: its tree, what it is checked for, what the system computes."""

    model = Framework
    permission = VIEW
    move_url_name = "evaluation:framework-move"
    shows_files = False
    tabs = (
        DetailTab("tree", gettext_lazy("指标"), "evaluation/framework_tree.html"),
        DetailTab("check", gettext_lazy("发布检查"), "evaluation/framework_check.html"),
    )

    def get_queryset(self) -> Any:
        """Return frameworks with their region."""
        return super().get_queryset().select_related("region")

    def get_crumbs(self) -> list[Crumb]:
        """Return the way back to the list."""
        return [Crumb(LIST, reverse("evaluation:framework-list"))]

    def get_facts(self) -> list[Fact]:
        """Return owner, policy, targets, weights."""
        o = self.object
        return [
            Fact(_("制定地区"), o.region),
            Fact(_("考核对象"), "、".join(o.target_labels)),
            Fact(_("总权重"), f"{o.total_weight:g}"),
            Fact(
                _("行业认定 / 社会评价"), f"{o.expert_weight:g} / {o.survey_weight:g}"
            ),
        ]

    def get_actions(self) -> list[Action]:
        """Offer a new version of a published framework."""
        if self.object.state == FrameworkState.DRAFT:
            return []
        if not can_keep_framework(self.request.user, self.object):
            return []
        url = reverse("evaluation:framework-version", args=[self.object.pk])
        return [Action(_("建立新版本"), url, "versions", method="post")]

    def get_tab_context(self, slug: str) -> dict[str, Any]:
        """Return the tree, or the checks."""
        tree = list(self.object.indicators.all())
        if slug == "check":
            return {
                "checks": publish_checks(self.object),
                "is_publishable": is_publishable(self.object),
                "coverage": coverage(tree),
                "missing": [title_of(name) for name in coverage(tree).missing],
            }
        marks = marks_of_tree(tree, self.object.region, self.request.as_of)
        return {"dimensions": nested(tree, marks), "method_colours": Method.choices}


def nested(
    tree: list[Indicator], marks: dict[int, list[PolicyParameter]]
) -> list[dict[str, Any]]:
    """Return the tree as nested nodes, each leaf with its rule in words."""
    below: dict[int | None, list[Indicator]] = {}
    for node in tree:
        below.setdefault(node.parent_id, []).append(node)

    def grow(parent: int | None) -> list[dict[str, Any]]:
        return [
            {
                "node": node,
                "children": grow(node.pk),
                "rules": rules_of(node),
                "marks": marks[node.pk],
            }
            for node in below.get(parent, [])
        ]

    return grow(None)


def rules_of(node: Indicator) -> list[dict[str, str]]:
    """Return the rules of a leaf in words, with their metric."""
    return [
        {
            "title": part.get("label_zh") or title_of(part.get("metric") or ""),
            "rule": rule_words(part["function"], part["args"]),
            "share": part["share"],
        }
        for part in node.parts
    ]


class FrameworkMovePage(MovePage):
    """Check, publish, retire."""

    model = Framework
    permission = VIEW


class FrameworkVersion(ObjectMixin, Page):
    """Makes the next version as a draft."""

    model = Framework
    permission = "evaluation.publish_framework"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Copy the framework and open the draft."""
        verdict = can_keep_framework(request.user, self.object)
        if not verdict:
            raise MoveRefused(verdict)
        made = next_version(self.object, by=request.user)
        messages.success(request, _("已建立 %(name)s 草稿") % {"name": made})
        return HttpResponseRedirect(made.get_absolute_url())
