"""Forms of a formation case: its profile, and each school's terms."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import Form, ModelForm, Section
from groups.choices import JoinForm, Role
from groups.forms.fields import (
    NO_CHOICE,
    DayField,
    SchoolField,
    SchoolsField,
    leads_for,
    partners_for,
)
from groups.models import GroupCase, GroupMode
from schools.models import School

PERMISSION = "groups.add_groupcase"


class CaseForm(ModelForm):
    """What the group is to be, its lead and its members."""

    lead = SchoolField(queryset=School.objects.none(), label=gettext_lazy("龙头学校"))
    members = SchoolsField(
        queryset=School.objects.none(),
        label=gettext_lazy("成员学校"),
        help_text=gettext_lazy("保存后可逐校填写模式和加入方式。"),
    )
    planned_on = DayField(label=gettext_lazy("拟生效日期"), required=False)

    class Meta:
        model = GroupCase
        fields = (
            "formation_basis",
            "name",
            "group_type",
            "primary_mode",
            "closeness",
            "operation_form",
            "bond_type",
            "ownership",
            "vision",
            "grounds",
            "planned_on",
        )
        widgets = {
            "vision": forms.Textarea(attrs={"rows": 3}),
            "grounds": forms.Textarea(attrs={"rows": 6}),
        }
        clauses = {
            "formation_basis": "AK-1.2.2",
            "primary_mode": "AK-3.3.2",
            "closeness": "BN-5.2.1b",
            "operation_form": "AK-3.3.3",
            "vision": "BN-4.2.3",
        }
        sections = (
            Section(
                gettext_lazy("组建方式"),
                ("formation_basis", "name", "planned_on"),
                gettext_lazy(
                    "自主组合由龙头学校校长提交，行政主导由教育行政部门提交。"
                ),
            ),
            Section(
                gettext_lazy("学校"),
                ("lead", "members"),
                gettext_lazy("每所学校的校长都会收到征求意愿的待办。"),
            ),
            Section(
                gettext_lazy("模式与形式"),
                (
                    "group_type",
                    "primary_mode",
                    "closeness",
                    "operation_form",
                    "bond_type",
                    "ownership",
                ),
                gettext_lazy("主要模式是成员学校的默认模式，可在名单中逐校调整。"),
            ),
            Section(
                gettext_lazy("理由与愿景"),
                ("grounds", "vision"),
                gettext_lazy("写给审核单位和各成员学校看。"),
            ),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        case = kwargs.get("instance")
        if case:
            kwargs["initial"] = {**_schools_of(case), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = leads_for(self.user, PERMISSION)
        self.fields["members"].queryset = partners_for(self.user, PERMISSION)
        self.fields["primary_mode"].required = True
        self.fields["primary_mode"].queryset = GroupMode.objects.all()

    def clean(self) -> dict[str, Any]:
        """Check mode against type and keep the lead out of the members."""
        data = super().clean() or self.cleaned_data
        mode, kind = data.get("primary_mode"), data.get("group_type")
        if mode and kind and mode.group_type != kind:
            self.add_error(
                "primary_mode", _("该模式不适用于所选的集团类型（%s）") % mode.clause
            )
        if data.get("lead") and data.get("lead") in (data.get("members") or []):
            self.add_error("members", _("龙头学校不必再选为成员学校"))
        return data

    def _get_validation_exclusions(self) -> set[str]:
        """Leave the case's own rules to the service, which knows the region."""
        return {*super()._get_validation_exclusions(), "region", "opened_on"}


def _schools_of(case: GroupCase) -> dict[str, Any]:
    lines = list(case.lines.all())
    return {
        "lead": next((x.school_id for x in lines if x.role == Role.LEAD), None),
        "members": [x.school_id for x in lines if x.role != Role.LEAD],
    }


def lines_of(case: GroupCase | None, lead: Any, members: Any) -> list[dict[str, Any]]:
    """Return the lines that a profile form asks for; known terms stay."""
    known = {x.school_id: x for x in case.lines.all()} if case else {}
    lines = [{"school": lead, "role": Role.LEAD}]
    for school in members:
        line = known.get(school.pk)
        stays = line is not None and line.role != Role.LEAD
        lines.append(
            {
                "school": school,
                "role": line.role if stays else Role.MEMBER,
                "mode": line.mode if stays else None,
                "join_form": line.join_form if stays else "",
                "note": line.note if stays else "",
            }
        )
    return lines


class LinesForm(Form):
    """Each member's role, mode, join form and note; one section a school."""

    def __init__(self, *args: Any, case: GroupCase, **kwargs: Any) -> None:
        self.case = case
        self.lines = [
            x for x in case.lines.select_related("school") if x.role != Role.LEAD
        ]
        self.modes = list(GroupMode.objects.filter(group_type=case.group_type))
        self.Meta = _meta_of(self.lines)
        super().__init__(*args, **kwargs)
        for line in self.lines:
            self.fields.update(_fields_of(line, self.modes))
        self._dress_fields()

    def clean(self) -> dict[str, Any]:
        """Return the lines as the service takes them."""
        data = super().clean() or {}
        modes = {mode.pk: mode for mode in self.modes}
        lead = self.case.lead_line
        if lead is None:
            raise ValidationError(_("名单中没有龙头学校"))
        lines: list[dict[str, Any]] = [{"school": lead.school, "role": Role.LEAD}]
        for line in self.lines:
            lines.append(
                {
                    "school": line.school,
                    "role": data.get(f"role_{line.pk}"),
                    "mode": modes.get(data.get(f"mode_{line.pk}", "")),
                    "join_form": data.get(f"form_{line.pk}", ""),
                    "note": data.get(f"note_{line.pk}", ""),
                }
            )
        return {"lines": lines}


def _meta_of(lines: list[Any]) -> type:
    sections = tuple(
        Section(
            line.school.name,
            tuple(f"{part}_{line.pk}" for part in ("mode", "form", "role", "note")),
        )
        for line in lines
    )
    clauses = {f"form_{line.pk}": "AK-3.1.1" for line in lines}
    return type("Meta", (), {"sections": sections, "clauses": clauses, "units": {}})


def _fields_of(line: Any, modes: list[GroupMode]) -> dict[str, forms.Field]:
    roles = [(r.value, r.label) for r in (Role.MEMBER, Role.COOPERATING)]
    return {
        f"mode_{line.pk}": forms.ChoiceField(
            label=_("模式"),
            choices=[NO_CHOICE, *((m.pk, f"{m.name}（{m.clause}）") for m in modes)],
            initial=line.mode_id or "",
        ),
        f"form_{line.pk}": forms.ChoiceField(
            label=_("加入方式"),
            choices=[NO_CHOICE, *JoinForm.choices],
            initial=line.join_form,
            required=False,
        ),
        f"role_{line.pk}": forms.ChoiceField(
            label=_("角色"), choices=roles, initial=line.role
        ),
        f"note_{line.pk}": forms.CharField(
            label=_("说明"), max_length=300, initial=line.note, required=False
        ),
    }
