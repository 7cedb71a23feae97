"""Forms of policy documents and clauses."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.forms import RegionChoice, regions_for
from bureau.models import PolicyClause, PolicyDocument, Region
from core.forms import ModelForm, Section

REASON = forms.CharField(
    label=gettext_lazy("理由"),
    max_length=250,
    widget=forms.Textarea(attrs={"rows": 2}),
    help_text=gettext_lazy("写明登记或修改的依据，记入办理记录"),
)


class _Day(forms.DateInput):
    """A day as the browser's own date box takes it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DocumentForm(ModelForm):
    """A policy document of one's own region."""

    region = RegionChoice(
        queryset=Region.objects.none(), label=gettext_lazy("发文地区")
    )
    reason = REASON

    class Meta:
        model = PolicyDocument
        fields = [
            *("region", "doc_no", "title", "issuer", "clause_prefix"),
            *("issued_on", "effective_on", "repealed_on"),
        ]
        widgets = dict.fromkeys(("issued_on", "effective_on", "repealed_on"), _Day)
        help_texts = {
            "clause_prefix": gettext_lazy("两到六个大写字母，如 HB；条款编号以它开头"),
            "effective_on": gettext_lazy("自印发之日起施行的填发文日期"),
        }
        sections = (
            Section(
                gettext_lazy("文件"),
                ("region", "doc_no", "title", "issuer", "clause_prefix"),
                gettext_lazy("本地区及其下级以之为依据，其他地区可作参考模板。"),
            ),
            Section(gettext_lazy("日期"), ("issued_on", "effective_on", "repealed_on")),
            Section(gettext_lazy("理由"), ("reason",)),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["issued_on"].required = True
        self.fields["region"].queryset = regions_for(
            self.user, "bureau.change_policydocument"
        )
        if self.instance.pk:
            del self.fields["region"]
        self.fields["clause_prefix"].validators.append(
            RegexValidator(r"^[A-Z]{2,6}$", _("请用两到六个大写字母"))
        )


class ClauseForm(ModelForm):
    """A clause in plain words: what it asks for, and how binding it is."""

    number = forms.CharField(
        label=gettext_lazy("条款编号"),
        max_length=12,
        validators=[
            RegexValidator(
                r"^\d{1,2}(\.\d{1,2}){0,3}[a-z]?$",
                gettext_lazy("请写成 2、2.1 或 2.1.3a 的形式"),
            )
        ],
        help_text=gettext_lazy("如 2.1；登记后不能改，参数和目标以它为依据"),
    )
    reason = REASON

    class Meta:
        model = PolicyClause
        fields = ["area", "priority", "summary", "key_terms", "features"]
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 4}),
            "key_terms": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts = {
            "summary": gettext_lazy("用平实的话概括，以文件原文为准"),
            "features": gettext_lazy("在系统中由哪项功能落实；没有的不填"),
        }
        sections = (
            Section(
                gettext_lazy("条款"),
                (
                    *("number", "area", "priority"),
                    *("summary", "key_terms", "features"),
                ),
            ),
            Section(gettext_lazy("理由"), ("reason",)),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["number"]
