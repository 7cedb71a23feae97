"""Labels and honours of one school."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.files import attach
from core.models import Attachment
from core.transitions import Effects
from core.views import Crumb, FormPage
from schools.choices import INTERNAL_LABELS
from schools.forms import HonourForm, LabelEndForm, LabelForm
from schools.models import School, SchoolHonour, SchoolLabel
from schools.services import add_honour, end_label, label_school
from schools.views.places import school_or_refused


class _OfASchool(FormPage):
    """Adds a row to the school named in the address."""

    permission = "schools.change_school"

    @property
    def is_new(self) -> bool:
        """Whether the page creates: it always does."""
        return True

    @cached_property
    def school(self) -> School:
        """The school of the address, within the user's reach."""
        return school_or_refused(self)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell the form of which school."""
        return {**super().get_form_kwargs(), "school": self.school}

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the school."""
        return [Crumb(str(self.school), self.back_url())]

    def back_url(self) -> str:
        """Return the school's page."""
        return self.school.get_absolute_url()

    def success_url(self, saved: Any) -> str:
        """Return to the school."""
        return self.back_url()


class LabelCreatePage(_OfASchool):
    """Record a label."""

    model, form_class = SchoolLabel, LabelForm
    title = gettext_lazy("登记标签")
    submit_label = gettext_lazy("登记")

    def get_effects(self, form: Any) -> Effects:
        """Say what a label does."""
        return Effects(
            immediately=[_("从起始日期起，该标签计入学校类别、集团模式校验和统计指标")]
        )

    @transaction.atomic
    def save(self, form: Any) -> SchoolLabel:
        """Keep the proof with the school, then the label."""
        given = dict(form.cleaned_data)
        proof = given.pop("proof", None)
        if proof:
            given["evidence"] = attach(
                self.school,
                proof.name,
                proof.read(),
                kind=Attachment.Kind.EVIDENCE,
                by=self.request.user,
                label=_("标签认定依据"),
            )
        return label_school(self.school, by=self.request.user, **given)


class LabelEndPage(FormPage):
    """End a label from a day on."""

    model, permission = SchoolLabel, "schools.change_school"
    form_class = LabelEndForm
    service = staticmethod(end_label)
    submit_label = gettext_lazy("终止标签")

    def get_title(self) -> str:
        """Name label and school."""
        return _("终止标签：%(school)s · %(label)s") % {
            "school": self.object.school,
            "label": self.object,
        }

    def back_url(self) -> str:
        """Return the school's page."""
        return self.object.school.get_absolute_url()

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the school."""
        return [Crumb(str(self.object.school), self.back_url())]

    def get_effects(self, form: Any) -> Effects:
        """Say what stays and what ends."""
        warnings = []
        if self.object.label in INTERNAL_LABELS:
            warnings = [
                ("amber", _("该标签仅供内部使用，终止后历史记录保留在内部页面"))
            ]
        return Effects(
            immediately=[_("从终止日期起不再按该标签统计，此前的记录不变")],
            warnings=warnings,
        )

    def success_url(self, saved: Any) -> str:
        """Return to the school."""
        return self.back_url()


class HonourCreatePage(_OfASchool):
    """Record an honour."""

    model, form_class = SchoolHonour, HonourForm
    title = gettext_lazy("登记荣誉")
    submit_label = gettext_lazy("登记")

    def save(self, form: Any) -> SchoolHonour:
        """Record it with the school."""
        return add_honour(self.school, by=self.request.user, **form.cleaned_data)
