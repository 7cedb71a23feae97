"""Forms of appraisal: plan a cycle, put up a notice, enter a veto."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bureau.authority import regions_answered
from bureau.calendar import due_in_school_year, working_days_after
from bureau.models import AcademicYear, Region
from bureau.parameters import parameter
from core.access import scope_ids
from core.days import today
from core.forms import Form, Section
from evaluation.choices import CycleKind, Target, Veto
from evaluation.models import Cycle, Framework

ADD = "evaluation.add_cycle"


def day_input() -> forms.DateInput:
    """Return the house's input of a day."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class CycleForm(Form):
    """Plan a cycle: who, by which framework, of which year, until when."""

    region = forms.ModelChoiceField(label=_("组织地区"), queryset=Region.objects.none())
    year = forms.ModelChoiceField(
        label=_("学年"),
        queryset=AcademicYear.objects.all(),
        help_text=_("考核哪个学年"),
    )
    kind = forms.ChoiceField(label=_("类别"), choices=CycleKind.choices)
    framework = forms.ModelChoiceField(
        label=_("指标体系"),
        queryset=Framework.objects.none(),
        help_text=_("只能选用已发布的指标体系"),
    )
    targets = forms.MultipleChoiceField(
        label=_("考核对象"),
        choices=Target.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("同时考核成员学校时，每所学校按适用于学校的指标单独评分"),
    )
    name = forms.CharField(
        label=_("名称"),
        required=False,
        max_length=120,
        help_text=_("不填则按地区、学年、类别命名"),
    )
    reference_day = forms.DateField(
        label=_("数据基准日"),
        widget=day_input(),
        help_text=_("成员关系和学校登记以这一天为准，须在本学年内"),
    )
    self_due_on = forms.DateField(label=_("自评报告截止日"), widget=day_input())
    review_due_on = forms.DateField(label=_("评分截止日"), widget=day_input())

    class Meta:
        clauses = {"framework": "BN-4.3.3", "targets": "BN-4.3.1"}
        sections = (
            Section(
                _("考核什么"),
                ("region", "year", "kind", "framework", "targets", "name"),
                _("一个地区一个学年只有一个年度考核周期。"),
            ),
            Section(_("什么时候"), ("reference_day", "self_due_on", "review_due_on")),
        )

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        kwargs["initial"] = {**first_plan(user), **(kwargs.get("initial") or {})}
        super().__init__(*args, user=user, **kwargs)
        own = regions_answered(user, ADD)
        fields: Any = self.fields
        fields["region"].queryset = own.order_by("path")
        fields["framework"].queryset = (
            Framework.objects.visible_to(user).published().select_related("region")
        )


def first_plan(user: Any) -> dict[str, Any]:
    """Return first values: the user's region, this year, days that fit."""
    day = today()
    year = AcademicYear.objects.current(day)
    regions = scope_ids(user, "bureau.region", ADD)
    plan: dict[str, Any] = {
        "kind": CycleKind.ANNUAL,
        "targets": [Target.GROUP],
        "year": year,
        "reference_day": day,
        "self_due_on": working_days_after(day, 20),
        "review_due_on": working_days_after(day, 40),
    }
    if regions:
        plan["region"] = regions[0]
        frameworks = Framework.objects.visible_to(user).published()
        plan["framework"] = frameworks.order_by("-region__path").first()
    return plan


def annual_due(cycle: Cycle) -> date:
    """Return the day by which the region's annual report is due."""
    text = parameter("report.annual_due", cycle.region)
    return due_in_school_year(cycle.year.until, text)


class PublicityForm(Form):
    """From when until when results are shown."""

    publicity_from = forms.DateField(
        label=_("公示起"),
        widget=day_input(),
        help_text=_("已在单位公告栏先行公示的，可填写实际起始日"),
    )
    publicity_to = forms.DateField(
        label=_("公示止（不含当天）"),
        widget=day_input(),
        help_text=_("从这一天起可以公布结果"),
    )

    class Meta:
        clauses = {"publicity_to": "BN-4.3.8"}

    def __init__(self, *args: Any, region: Any = None, **kwargs: Any) -> None:
        start, least = today(), int(parameter("publicity.working_days_min", region))
        first = {
            "publicity_from": start,
            "publicity_to": working_days_after(start - timedelta(days=1), least)
            + timedelta(days=1),
        }
        kwargs["initial"] = {**first, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Refuse reversed days on the field."""
        data: dict[str, Any] = super().clean() or {}
        start, end = data.get("publicity_from"), data.get("publicity_to")
        if start and end and start >= end:
            self.add_error("publicity_to", ValidationError(_("公示止必须晚于公示起")))
        return data


class ManyFilesInput(forms.ClearableFileInput):
    """An input that takes several files."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several uploaded files."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", ManyFilesInput())
        super().__init__(*args, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the files, each checked."""
        if not data:
            return [] if not self.required else [super().clean(data, initial)]
        listed = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(one, initial) for one in listed]


class VetoForm(Form):
    """A veto: what happened, who decided, the evidence."""

    kind = forms.ChoiceField(label=_("否决情形"))
    cap = forms.ChoiceField(
        label=_("否决后最高等次"), choices=[("C", _("合格")), ("D", _("不合格"))]
    )
    decision = forms.CharField(
        label=_("决定文号及说明"),
        max_length=250,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写明认定机关、文号、日期和事实"),
    )
    files = ManyFilesField(label=_("认定依据文件"), required=False)

    class Meta:
        clauses = {"kind": "BN-4.3.3"}

    def __init__(self, *args: Any, region: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = parameter("grade.veto_kinds", region)
        fields: Any = self.fields
        fields["kind"].choices = [(k, v) for k, v in Veto.choices if k in allowed]
        fields["cap"].initial = parameter("grade.veto_cap", region)

    def clean_files(self) -> list[tuple[str, bytes]]:
        """Return names and contents."""
        return [(one.name, one.read()) for one in self.cleaned_data["files"] or []]
