"""Forms of schools, labels, classes and returns."""

import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.choices import Level
from bureau.models import AcademicYear, Region
from core.days import today
from core.forms import Form, ModelForm, PinnedField, Section
from schools.choices import UNCLEAR_TYPES, SchoolType, Stage
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
from schools.jumps import LONGEST, Jump, Limits, jumps_between
from schools.models import (
    ClassSection,
    School,
    SchoolHonour,
    SchoolLabel,
    SchoolReturn,
)
from schools.models.classes import GRADES
from schools.models.returns import JUDGED
from schools.models.unlock import MOST_DAYS, USUAL_DAYS


class DayInput(forms.DateInput):
    """A day, picked from the browser's calendar."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


PINNED = ("name", "school_code", "administered_by")
"""What a delivery of rosters says of a school."""


def regions_of(user: Any, permission: str) -> Any:
    """Return the regions over which the user holds the permission, towns left out."""
    rows = Region.objects.visible_to(user, permission).on().exclude(level=Level.TOWN)
    return rows.order_by("path")


class SchoolForm(ModelForm):
    """The facts of a school."""

    stages = forms.MultipleChoiceField(
        label=gettext_lazy("学段"),
        choices=Stage.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("不选时按办学类型确定"),
    )
    pinned = PinnedField()

    class Meta:
        model = School
        fields = [
            *("name", "short_name", "distinguisher", "school_code"),
            *("administered_by", "region", "type", "ownership", "urban_rural_code"),
            *("is_legal_person", "opened_on", "address", "longitude", "latitude"),
        ]
        widgets = {"opened_on": DayInput}
        sections = (
            Section(
                gettext_lazy("名称和代码"),
                ("name", "short_name", "distinguisher", "school_code"),
                gettext_lazy("官方标识码未下达前不填，系统另编临时编号。"),
            ),
            Section(
                gettext_lazy("归属"),
                ("administered_by", "region", "address", "longitude", "latitude"),
                gettext_lazy("审核、经费和考核跟随主管地区。"),
            ),
            Section(
                gettext_lazy("办学"),
                (
                    *("type", "stages", "ownership", "urban_rural_code"),
                    *("is_legal_person", "opened_on"),
                ),
            ),
            Section(gettext_lazy("同步"), ("pinned",)),
        )
        units = {"longitude": "°", "latitude": "°"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = regions_of(self.user, "schools.add_school")
        self.fields["administered_by"].queryset = regions
        self.fields["region"].queryset = regions_of(self.user, "bureau.view_region")
        self.fields["region"].required = False
        self.fields["region"].help_text = _(
            "与主管地区不同时选择，如市直属学校所在的区"
        )
        self.fields["type"].choices = [
            ("", _("暂不清楚（列入学段待确认）")),
            *SchoolType.choices,
        ]
        if self.instance.source:
            self.fields["pinned"].offer(self.instance, PINNED)
        else:
            del self.fields["pinned"]
        if self.instance.pk:
            self.initial["stages"] = self.instance.stage_codes
        elif regions.count() == 1:
            self.initial["administered_by"] = regions.first()

    def clean(self) -> dict[str, Any]:
        """Let the school lie where it is administered unless said otherwise."""
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("region"):
            cleaned["region"] = cleaned.get("administered_by")
        return cleaned

    def clean_school_code(self) -> str | None:
        """Keep an empty code as no code."""
        return self.cleaned_data["school_code"] or None

    def clean_stages(self) -> list[str] | None:
        """Leave the stages to the type when none is ticked."""
        return self.cleaned_data["stages"] or None


class LabelForm(ModelForm):
    """A label with its authority and days."""

    proof = forms.FileField(label=gettext_lazy("认定依据（文件）"), required=False)

    class Meta:
        model = SchoolLabel
        fields = ["label", "decided_by", "document_no", "valid_from", "valid_to"]
        widgets = {"valid_from": DayInput, "valid_to": DayInput}
        help_texts = {
            "label": gettext_lazy("薄弱学校、潜质学校仅供内部使用，不对外公开"),
            "valid_to": gettext_lazy("长期有效时不填；到这一天起不再有效"),
        }
        clauses = {"label": "BN-4.1.1a"}

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.school = school


class LabelEndForm(Form):
    """From which day a label no longer holds, and why."""

    valid_to = forms.DateField(
        label=gettext_lazy("终止日期"), initial=today, widget=DayInput
    )
    because = forms.CharField(label=gettext_lazy("终止原因"), max_length=200)


class HonourForm(ModelForm):
    """An honour of a school."""

    class Meta:
        model = SchoolHonour
        fields = ["kind", "title", "level", "year", "awarded_by"]

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.school = school


class StageChoiceForm(forms.Form):
    """One school of the work list: what it really is."""

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school = school
        self.fields["type"] = forms.ChoiceField(
            required=False,
            label=format_lazy(gettext_lazy("{name}的办学类型"), name=school.name),
            choices=[
                ("", _("待确认")),
                *[(t.value, t.label) for t in UNCLEAR_TYPES],
            ],
        )


class BulkStageForm(forms.Form):
    """One answer for all schools ticked."""

    type = forms.ChoiceField(
        label=gettext_lazy("所选学校统一确认为"),
        choices=[(t.value, t.label) for t in UNCLEAR_TYPES],
    )


def grade_choices(stages: list[str]) -> list[tuple[str, str]]:
    """Return ``STAGE:grade`` and its words for the stages of a school."""
    return [
        (f"{stage}:{grade}", _grade_words(stage, grade))
        for stage in stages
        for grade in GRADES[stage]
    ]


def _grade_words(stage: str, grade: int) -> str:
    name = ClassSection(stage=stage, grade=grade).grade_label
    if stage in {Stage.KINDERGARTEN, Stage.SENIOR}:
        return name
    return _("%(stage)s%(grade)s") % {"stage": Stage(stage).label, "grade": name}


class ClassRowForm(forms.Form):
    """One class."""

    grade = forms.ChoiceField(label=gettext_lazy("年级"), required=False)
    number = forms.IntegerField(
        label=gettext_lazy("班号"), min_value=1, max_value=200, required=False
    )
    headcount = forms.IntegerField(
        label=gettext_lazy("人数"), min_value=0, max_value=300, required=False
    )

    def __init__(
        self, *args: Any, grades: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grade"].choices = [("", "—"), *grades]
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = str(field.label)
            field.widget.attrs["class"] = (
                "form-select" if name == "grade" else "form-control"
            )

    def clean(self) -> dict[str, Any]:
        """Ask for a whole row or none."""
        cleaned = super().clean() or {}
        given = [cleaned.get(n) not in (None, "") for n in self.fields if n != "DELETE"]
        if any(given) and not all(given) and not self.errors:
            raise ValidationError(_("请把这一行的年级、班号和人数填齐"))
        return cleaned

    def as_row(self) -> dict[str, Any] | None:
        """Return the class, or None for an empty or deleted row."""
        cleaned = self.cleaned_data
        if cleaned.get("DELETE") or not cleaned.get("grade"):
            return None
        stage, _colon, grade = cleaned["grade"].partition(":")
        return {
            "stage": stage,
            "grade": int(grade),
            "number": cleaned["number"],
            "headcount": cleaned["headcount"],
        }


class ClassRows(forms.BaseFormSet):
    """The classes of a school year; no class twice."""

    def clean(self) -> None:
        """Refuse the same class twice."""
        seen: set[tuple[str, int, int]] = set()
        for form in self.forms:
            row = form.as_row() if form.is_valid() else None
            if row is None:
                continue
            key = (row["stage"], row["grade"], row["number"])
            if key in seen:
                form.add_error("number", _("该年级已有这个班号"))
                raise ValidationError(_("有重复的班级"))
            seen.add(key)

    def rows(self) -> list[dict[str, Any]]:
        """Return the classes kept."""
        return [row for form in self.forms if (row := form.as_row())]


ClassFormSet = forms.formset_factory(
    ClassRowForm, formset=ClassRows, extra=6, can_delete=True, max_num=400
)


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
