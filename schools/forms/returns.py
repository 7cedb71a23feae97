"""Forms of annual returns: calling them, their figures, opening a locked one."""

import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.models import AcademicYear, Region
from core.days import today
from core.forms import Form, ModelForm, Section
from schools.figures import (
    BY_STAGE,
    CLASS_BANDS,
    COHORT,
    CONDITIONS,
    FITNESS,
    KINDER,
    TEACHERS,
    ZONES,
    faults_of,
)
from schools.forms.fields import DayInput, regions_of
from schools.jumps import LONGEST, Jump, Limits, jumps_between
from schools.models import SchoolReturn
from schools.models.returns import JUDGED
from schools.models.unlock import MOST_DAYS, USUAL_DAYS


class OpenReturnsForm(Form):
    """For which region and year returns are called."""

    year = forms.ModelChoiceField(
        label=gettext_lazy("学年"), queryset=AcademicYear.objects.all()
    )
    region = forms.ModelChoiceField(
        label=gettext_lazy("地区"), queryset=Region.objects.none()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = regions_of(self.user, "schools.accept_schoolreturn")
        self.fields["region"].queryset = regions
        self.initial.setdefault("region", regions.first())
        self.initial.setdefault("year", AcademicYear.objects.current())


class UnlockAskForm(Form):
    """Why a locked return must be corrected."""

    reason = forms.CharField(
        label=gettext_lazy("申请理由"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("写明哪几项数字有误、应为多少、依据是什么"),
    )


class UnlockForm(Form):
    """Until which day a locked return is open."""

    expires_on = forms.DateField(
        label=gettext_lazy("开放至（含当日）"),
        widget=DayInput,
        help_text=format_lazy(
            gettext_lazy("默认 {usual} 天，最长 {most} 天，到期自动关闭"),
            usual=USUAL_DAYS,
            most=MOST_DAYS,
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = today() + timedelta(days=USUAL_DAYS)
        self.initial.setdefault("expires_on", usual)

    def clean_expires_on(self) -> date:
        """Keep the day within the days that may be given."""
        day: date = self.cleaned_data["expires_on"]
        if not 0 <= (day - today()).days <= MOST_DAYS:
            raise ValidationError(_("截止日期应在今天起 %s 天以内") % MOST_DAYS)
        return day


UNITS = {
    "teaching_area": "平方米",
    "sports_area": "平方米",
    "indoor_area": "平方米",
    "play_area": "平方米",
    "equipment_value": "元",
    "multimedia_rooms": "间",
    **dict.fromkeys(("students", "new_intake", "staff", "full_time"), "人"),
    **dict.fromkeys(("classes", *CLASS_BANDS), "个"),
    **dict.fromkeys((*COHORT, *FITNESS, *ZONES, *TEACHERS), "人"),
    "seats": "个",
}


UNIT_IN_LABEL = re.compile("（[^）]*）$")


WHY = "why_"


class ReturnForm(ModelForm):
    """The figures of one stage; last year's stand beside each box.

    A figure that may jump brings a box of its own for the explanation.
    """

    class Meta:
        model = SchoolReturn
        fields = sorted({name for names in BY_STAGE.values() for name in names})
        units = UNITS
        clauses = {
            "class_56_65": "AK-1.2.1",
            "class_ge66": "AK-1.2.1",
            "out_of_zone": "BN-3.5",
            "retained": "BN-2.2",
        }
        sections = (
            Section(
                gettext_lazy("学生和班级"),
                ("students", "classes", *CLASS_BANDS, "seats"),
                gettext_lazy("以统计基准日在籍人数为准，没有的填 0。"),
            ),
            Section(gettext_lazy("招生和巩固"), ("new_intake", *ZONES, *COHORT)),
            Section(gettext_lazy("教职工"), ("staff", "full_time", *TEACHERS)),
            Section(gettext_lazy("办学条件"), CONDITIONS),
            Section(gettext_lazy("体质健康"), FITNESS),
            Section(gettext_lazy("幼儿园"), KINDER),
        )

    def __init__(
        self,
        *args: Any,
        last_year: SchoolReturn | None = None,
        limits: Limits | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        names = BY_STAGE[self.instance.stage]
        for name in set(self.fields) - set(names):
            del self.fields[name]
        for name in names:
            field, before = self.fields[name], getattr(last_year, name, None)
            field.label = UNIT_IN_LABEL.sub("", str(field.label))
            field.due_later = True
            if before is not None:
                field.help_text = _("上年：%s") % _shown(before)
        self.last_year, self.limits = last_year, limits
        if last_year is not None and limits is not None:
            self._add_explanations(last_year, limits)

    def _add_explanations(self, before: SchoolReturn, limits: Limits) -> None:
        """Let the browser judge each figure while it is typed, as the service does."""
        for name in [n for n in self.fields if n in JUDGED]:
            last = getattr(before, name)
            if last is None:
                continue
            self.fields[name].widget.attrs |= {
                "data-before": f"{last}",
                "data-jump": f"{limits.ratio.typed}",
                "data-floor": f"{limits.floor.typed}",
            }
            self.fields[name].beside = "schools/_jump.html"
            self.fields[f"{WHY}{name}"] = forms.CharField(
                label=format_lazy(
                    gettext_lazy("{name}的差异说明"), name=self.fields[name].label
                ),
                required=False,
                max_length=LONGEST,
                initial=self.instance.explanations.get(name, ""),
                widget=forms.Textarea(attrs={"rows": 2}),
            )
            self.fields[name].why = self[f"{WHY}{name}"]

    def jumps(self) -> dict[str, Jump]:
        """Return the figures, as typed or as held, that jump against last year."""
        given = getattr(self, "cleaned_data", None) if self.is_bound else None
        if given is None:
            given = {n: getattr(self.instance, n) for n in JUDGED}
        return jumps_between(given, self.last_year, self.limits)

    @property
    def explanations(self) -> dict[str, str]:
        """Return what was written about each figure."""
        return {
            name.removeprefix(WHY): text
            for name, text in self.cleaned_data.items()
            if name.startswith(WHY) and text
        }

    @property
    def figures(self) -> dict[str, Any]:
        """Return the figures without the explanations."""
        return {n: v for n, v in self.cleaned_data.items() if not n.startswith(WHY)}

    def drawn_sections(self) -> Any:
        """Leave out the sections of other stages; mark the figures that jump."""
        found = self.jumps()
        for name, field in self.fields.items():
            field.jump = found.get(name)
        return (
            section
            for section in super().drawn_sections()
            if section.title and section.fields
        )

    def clean(self) -> dict[str, Any]:
        """Check sums and parts on the field where they can be mended."""
        cleaned = super().clean() or self.cleaned_data
        for name, message in faults_of(cleaned).items():
            if name in self.fields:
                self.add_error(name, message)
        return cleaned

    def validate_constraints(self) -> None:
        """Skip the database's rules: ``clean`` has told them by field."""


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return f"{value:,}"
