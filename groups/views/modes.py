"""Pages of modes: which there are, and whether a region uses them."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.transitions import Effects
from core.views import Crumb, FormPage, ListPage
from groups.forms import ModeSwitchForm
from groups.forms.fields import home_regions
from groups.models import GroupMode, ModeAvailability
from groups.services import switch_mode
from groups.tables import ModeTable


class ModeListPage(ListPage):
    """All modes with the region's decisions about them."""

    model = GroupMode
    permission = "groups.change_groupmode"
    title, unit = gettext_lazy("组建模式"), gettext_lazy("种")
    table_class = ModeTable
    template_name = "groups/mode_list.html"
    can_save_views = False

    def get_queryset(self) -> Any:
        """Return every mode."""
        return GroupMode.objects.all()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the standing decisions of the user's regions."""
        regions = home_regions(self.request.user, self.permission)
        lineage = {pk for region in regions for pk in region.lineage}
        switched = ModeAvailability.objects.on(self.request.as_of).filter(
            region__in=lineage
        )
        return super().get_context_data(
            switched=list(switched.select_related("mode", "region")), **kwargs
        )


class ModeSwitchPage(FormPage):
    """Switches a mode off or on in a region (AK-1.3.2)."""

    model = GroupMode
    permission = "groups.change_groupmode"
    form_class = ModeSwitchForm
    submit_label = gettext_lazy("保存启停")
    is_new = False

    def fetch_object(self) -> GroupMode:
        """Return the mode; an unknown one is 404."""
        found = GroupMode.objects.filter(pk=self.kwargs["code"]).first()
        if found is None:
            raise Http404(_("没有这种模式"))
        return found

    def get_title(self) -> Any:
        """Name the mode."""
        return _("启停模式：%s") % self.object

    def get_crumbs(self) -> list[Crumb]:
        """Lead back to the list."""
        return [Crumb(_("组建模式"), self.back_url())]

    def back_url(self) -> str:
        """Return to the list."""
        return reverse("groups:mode-list")

    def get_effects(self, form: Any) -> Effects:
        """Tell what switching does."""
        return Effects(
            immediately=[_("停用后，本地区新的组建不能再选这一模式；已有集团不受影响")]
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        """Hand the user on."""
        return {"user": self.request.user}

    def save(self, form: Any) -> Any:
        """Write the decision."""
        return switch_mode(self.object, by=self.request.user, **form.cleaned_data)

    def success_url(self, saved: Any) -> str:
        """Return to the list."""
        return self.back_url()
