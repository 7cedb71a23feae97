"""The pages on which partners are tied to a group and released again."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.transitions import Effects, MoveRefused
from core.views import Crumb, FormPage
from groups.forms.partnerships import PartnershipEndForm, PartnershipForm
from groups.models import EducationGroup, Partnership
from groups.permissions import can_change_partnership
from groups.services import add_partnership, end_partnership


class PartnershipCreatePage(FormPage):
    """Tie a partner to the group of the address."""

    model, permission = EducationGroup, "groups.change_partnership"
    form_class, service = PartnershipForm, staticmethod(add_partnership)
    submit_label = gettext_lazy("登记")

    def fetch_object(self) -> EducationGroup:
        """Return the group, or say why its partners cannot be changed."""
        found: EducationGroup = super().fetch_object()
        verdict = can_change_partnership(self.request.user, found)
        if not verdict:
            raise MoveRefused(verdict)
        return found

    def get_title(self) -> str:
        """Name the group."""
        return _("登记合作单位：%s") % self.object

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the group."""
        return [Crumb(str(self.object), self.back_url())]

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell the form of which group."""
        return {**super().get_form_kwargs(), "group": self.object}

    def get_effects(self, form: Any) -> Effects:
        """Say what a partner counts as."""
        return Effects(
            immediately=[_("自起始日期起列为集团合作单位；不是成员学校，不计入学校数")]
        )


class PartnershipEndPage(FormPage):
    """Release a partner from a day on."""

    model, permission = Partnership, "groups.change_partnership"
    form_class, service = PartnershipEndForm, staticmethod(end_partnership)
    submit_label = gettext_lazy("终止合作")

    def get_title(self) -> str:
        """Name partner and group."""
        return _("终止合作：%(partner)s · %(group)s") % {
            "partner": self.object,
            "group": self.object.group,
        }

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the group."""
        return [Crumb(str(self.object.group), self.back_url())]

    def get_effects(self, form: Any) -> Effects:
        """Say what stays."""
        return Effects(immediately=[_("自终止日期起不再列为合作单位，此前的记录不变")])
