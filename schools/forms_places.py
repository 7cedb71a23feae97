"""Forms of campuses, contacts, construction projects and partners."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from bureau.models import AcademicYear
from core.forms import ModelForm, Section
from schools.choices import Stage
from schools.forms import DayInput, regions_of
from schools.models import (
    Campus,
    ConstructionProject,
    Partner,
    QualityResult,
    School,
    SchoolContact,
)


class CampusForm(ModelForm):
    """A place the school teaches at."""

    stages = forms.MultipleChoiceField(
        label=gettext_lazy("学段"),
        choices=Stage.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Campus
        fields = [
            *("name", "stages", "address", "longitude", "latitude"),
            *("valid_from", "valid_to"),
        ]
        widgets = {"valid_from": DayInput, "valid_to": DayInput}
        labels = {
            "valid_from": gettext_lazy("启用日期"),
            "valid_to": gettext_lazy("停用日期"),
        }
        help_texts = {
            "name": gettext_lazy("有独立标识码或独立法人的分校，请登记为学校"),
            "valid_to": gettext_lazy("仍在使用时不填；到这一天起不再使用"),
        }
        units = {"longitude": "°", "latitude": "°"}

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.instance.school = school
        taught = set(school.stage_codes) | set(self.instance.stages or [])
        self.fields["stages"].choices = [c for c in Stage.choices if c[0] in taught]


class ContactForm(ModelForm):
    """Whom to speak to at a school."""

    is_gone = forms.BooleanField(
        label=gettext_lazy("已不担任，删除这位联系人"), required=False
    )

    class Meta:
        model = SchoolContact
        fields = ["post", "name", "phone", "email", "is_main"]
        help_texts = {
            "post": gettext_lazy("如校长、办公室主任、学籍管理员"),
            "phone": gettext_lazy("工作电话；电话和电子邮箱至少填写一项"),
            "is_main": gettext_lazy("每所学校一位"),
        }

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.instance.school = school
            del self.fields["is_gone"]

    def _get_validation_exclusions(self) -> set[str]:
        """Leave it to the service to let a new main contact follow the former one."""
        return {*super()._get_validation_exclusions(), "is_main"}


class ProjectForm(ModelForm):
    """Something that is built at a school."""

    class Meta:
        model = ConstructionProject
        fields = [
            *("name", "kind", "programme", "seats_added"),
            *("investment", "paid"),
            *("started_on", "planned_on", "completed_on", "note"),
        ]
        widgets = dict.fromkeys(("started_on", "planned_on", "completed_on"), DayInput)
        units = {
            "investment": gettext_lazy("元"),
            "paid": gettext_lazy("元"),
            "seats_added": gettext_lazy("个"),
        }
        clauses = {"programme": "AK-4.2b"}
        sections = (
            Section(
                gettext_lazy("项目"),
                ("name", "kind", "programme", "seats_added"),
                gettext_lazy(
                    "只作背景资料，不计入年度报表；新增学位由学校在报表中填报。"
                ),
            ),
            Section(gettext_lazy("投资"), ("investment", "paid")),
            Section(
                gettext_lazy("进度"),
                ("started_on", "planned_on", "completed_on", "note"),
            ),
        )

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.instance.school = school


class QualityForm(ModelForm):
    """The result of one subject, as aggregates."""

    is_gone = forms.BooleanField(
        label=gettext_lazy("删除这条结果"),
        required=False,
        help_text=gettext_lazy("勾选后保存即从系统中删除；其他内容不再保存"),
    )

    class Meta:
        model = QualityResult
        fields = [
            *("year", "stage", "subject", "tested", "full_marks"),
            *("mean", "deviation", "district_mean", "district_deviation"),
        ]
        help_texts = {"subject": gettext_lazy("如数学；幼儿园填“保教质量”")}
        units = {"tested": gettext_lazy("人")}
        sections = (
            Section(
                gettext_lazy("监测"),
                ("year", "stage", "subject", "tested", "full_marks"),
                gettext_lazy("只填学校汇总数，不填学生个人成绩。"),
            ),
            Section(
                gettext_lazy("成绩"),
                ("mean", "deviation", "district_mean", "district_deviation"),
            ),
        )

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].choices = [(c, Stage(c).label) for c in school.stage_codes]
        if not self.instance.pk:
            self.instance.school = school
            self.initial.setdefault("year", AcademicYear.objects.current())
            del self.fields["is_gone"]


class PartnerForm(ModelForm):
    """Who works with schools without being one."""

    class Meta:
        model = Partner
        fields = [
            *("kind", "name", "credit_code", "industry", "region", "address"),
            *("contact_name", "contact_phone", "note"),
        ]
        help_texts = {
            "credit_code": gettext_lazy("18 位，照营业执照或登记证书填写；没有的不填"),
            "industry": gettext_lazy("如装备制造、现代物流、康养服务"),
        }
        clauses = {"kind": "BN-3.4"}
        sections = (
            Section(
                gettext_lazy("单位"),
                ("kind", "name", "credit_code", "industry", "region", "address"),
                gettext_lazy("合作单位不是学校，不计入学校数、覆盖率和经费。"),
            ),
            Section(
                gettext_lazy("联系"),
                ("contact_name", "contact_phone", "note"),
                gettext_lazy("联系人和电话只供登记单位查看，不进入修改历史。"),
            ),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = regions_of(self.user, "schools.change_partner")
        self.fields["region"].queryset = regions
        if not self.instance.pk and regions.count() == 1:
            self.initial["region"] = regions.first()

    def clean_credit_code(self) -> str | None:
        """Read the code without blanks, in capitals; empty is no code."""
        return self.cleaned_data["credit_code"] or None
