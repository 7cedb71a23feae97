"""Forms of the part that partners take in a group."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.days import today
from core.forms import Form
from groups.models import EducationGroup
from schools.models import Partner


class _Day(forms.DateInput):
    input_type = "date"


class PartnershipForm(Form):
    """Which partner, since when, by which agreement."""

    partner = forms.ModelChoiceField(
        label=_("合作单位"),
        queryset=Partner.objects.none(),
        help_text=_("没有的，请先在“合作单位”里登记"),
    )
    valid_from = forms.DateField(label=_("起始日期"), initial=today, widget=_Day)
    document_no = forms.CharField(label=_("协议文号"), max_length=80, required=False)

    class Meta:
        clauses = {"partner": "BN-4.1.3a"}

    def __init__(self, *args: Any, group: EducationGroup, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lineage = group.region.lineage
        rows = Partner.objects.visible_to(self.user) | Partner.objects.filter(
            region__in=lineage
        )
        self.fields["partner"].queryset = rows.distinct().order_by("kind", "name")


class PartnershipEndForm(Form):
    """From which day a partner no longer takes part, and why."""

    valid_to = forms.DateField(label=_("终止日期"), initial=today, widget=_Day)
    because = forms.CharField(label=_("终止原因"), max_length=200)
