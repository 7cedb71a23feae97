"""Which regions keep pupils, since when and why; switch it on and off."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.transitions import Effects
from core.views import Action, Crumb, FormPage, Page
from roster.models import Pupil, PupilRoster
from roster.pupils.forms import SwitchOffForm, SwitchOnForm
from roster.pupils.permissions import PERMISSION, to_switch_off
from roster.pupils.services import switch_off, switch_on


class PupilRosterPage(Page):
    """The decisions about minimal rosters within the user's reach."""

    permission = PERMISSION
    title = gettext_lazy("学生最小名册")
    lead = gettext_lazy(
        "默认不保存学生个人信息，班级只有人数。确有必要时，由地区教育行政部门"
        "完成个人信息保护影响评估后开启，只保存姓名、学校、年级和班级。"
    )

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to roster exchange."""
        return [Crumb(_("名册同步"), reverse("roster:home"))]

    def get_actions(self) -> Sequence[Action]:
        """Offer switching on."""
        return [
            Action(_("开启名册"), reverse("roster:pupils-on"), "plus", primary=True),
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Draw the decisions, the standing ones first, with what is kept now."""
        rows = PupilRoster.objects.visible_to(request.user, self.permission)
        rows = list(
            rows.select_related(
                "region", "assessment", "switched_on_by", "switched_off_by"
            ).order_by("-valid_from", "-pk")
        )
        kept, off = _pupils_kept(rows), to_switch_off(request.user, rows)
        return TemplateResponse(
            request,
            "roster/pupils.html",
            self.get_context_data(
                rows=[
                    {
                        "row": row,
                        "holds": row.holds_on(),
                        "pupils": kept.get(row.region_id, 0) if row.holds_on() else 0,
                        "off": row.pk in off,
                    }
                    for row in rows
                ]
            ),
        )


def _pupils_kept(rows: Sequence[PupilRoster]) -> dict[int, int]:
    """Return how many pupils each region of the rows keeps, those below included."""
    found: dict[int, int] = {row.region_id: 0 for row in rows}
    counted = Pupil.objects.order_by().values("region", "region__lineage")
    for line in counted.annotate(n=Count("pk")):
        for region in set(line["region__lineage"]) & found.keys():
            found[region] += line["n"]
    return found


class PupilRosterOnPage(FormPage):
    """Record the assessment and switch on."""

    model, permission = PupilRoster, PERMISSION
    title = gettext_lazy("开启学生最小名册")
    form_class = SwitchOnForm
    submit_label = gettext_lazy("开启")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the decisions."""
        return [Crumb(_("学生最小名册"), reverse("roster:pupils"))]

    def get_effects(self, form: Any) -> Effects:
        """Say what is stored from now on."""
        return Effects(
            immediately=[
                _("名册接口和数据包中的学生从现在起可以入库：姓名、学校、年级、班级"),
                _("影响评估结论、开启人和日期记入个人信息保护记录"),
            ]
        )

    def save(self, form: Any) -> Any:
        """Switch on."""
        return switch_on(by=self.request.user, **form.cleaned_data)

    def success_message(self, saved: PupilRoster) -> str:
        """Say what is kept now."""
        return _("已开启%(region)s的学生最小名册") % {"region": saved.region}

    def success_url(self, saved: Any) -> str:
        """Return to the decisions."""
        return reverse("roster:pupils")

    def back_url(self) -> str:
        """Return to the decisions."""
        return reverse("roster:pupils")


class PupilRosterOffPage(FormPage):
    """Switch off and erase."""

    model, permission = PupilRoster, PERMISSION
    title = gettext_lazy("关闭学生最小名册")
    form_class = SwitchOffForm
    submit_label = gettext_lazy("关闭并删除学生信息")

    def get_queryset(self) -> QuerySet[Any]:
        """Bring the region along."""
        return super().get_queryset().select_related("region")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the decisions."""
        return [Crumb(_("学生最小名册"), reverse("roster:pupils"))]

    def get_effects(self, form: Any) -> Effects:
        """Say how many pupils will be erased."""
        pupils = _pupils_kept([self.object])[self.object.region_id]
        return Effects(
            immediately=[
                _("删除%(region)s的 %(pupils)s 名学生及其班级关系，不能恢复")
                % {"region": self.object.region, "pupils": pupils},
                _("班级人数保留；之后收到的学生一律退回"),
            ]
        )

    def save(self, form: Any) -> Any:
        """Switch off."""
        gone = switch_off(self.object, by=self.request.user, **form.cleaned_data)
        told = _("已关闭，删除学生 %(pupils)s 名") % gone
        messages.success(self.request, told)
        return self.object

    def success_message(self, saved: PupilRoster) -> str:
        """Say since when nothing is kept."""
        return _("%(region)s不再保存学生个人信息") % {"region": saved.region}

    def success_url(self, saved: Any) -> str:
        """Return to the decisions."""
        return reverse("roster:pupils")

    def back_url(self) -> str:
        """Return to the decisions."""
        return reverse("roster:pupils")
