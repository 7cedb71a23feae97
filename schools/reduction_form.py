"""The form of a plan to do away with large classes: measures and targets by term."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.models import Term
from core.days import today
from core.forms import Form, Section
from schools.choices import Stage
from schools.models import ClassReductionPlan, School
from schools.pressure import Counted, large_now

TERMS_AHEAD = 4


def _told(label: Any, now: Counted | None) -> str:
    """Name a stage with the classes that are large now, which the plan begins from."""
    if now is None:
        return _("%s（本学年未填班级）") % label
    words = {"stage": label, "large": now.large, "oversize": now.oversize}
    return (
        _("%(stage)s（现有大班额 %(large)s 个，其中超大班额 %(oversize)s 个）") % words
    )


class ReductionForm(Form):
    """Stage, measures, and for each of the next terms how many classes stay large."""

    stage = forms.ChoiceField(label=gettext_lazy("学段"))
    measures = forms.CharField(
        label=gettext_lazy("措施"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("如增加班级、扩建校舍、调整片区、控制起始年级班额"),
    )

    def __init__(
        self,
        *args: Any,
        school: School,
        plan: ClassReductionPlan | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        counted = large_now(school)
        self.fields["stage"].choices = [
            (s, _told(Stage(s).label, counted.get(s))) for s in school.stage_codes
        ]
        if plan is not None:
            del self.fields["stage"]
            self.initial["measures"] = plan.measures
        ahead = Term.objects.filter(ends_on__gte=today()).select_related("year")
        self.terms = list(ahead[:TERMS_AHEAD])
        held = {s.term_id: s for s in plan.steps.all()} if plan else {}
        for term in self.terms:
            self._add_term(term, held.get(term.pk))

    def _add_term(self, term: Term, step: Any) -> None:
        for name, label in (
            ("large", _("大班额至多")),
            ("oversize", _("其中超大班额至多")),
        ):
            field = forms.IntegerField(
                label=f"{term}：{label}", min_value=0, max_value=200, required=False
            )
            field.unit, field.clause, field.prefill = _("个班"), "", None
            field.initial = getattr(step, f"{name}_most", None)
            self.fields[f"{name}_{term.pk}"] = field

    class Meta:
        units: dict[str, str] = {}
        clauses = {"measures": "AK-1.2.1"}
        sections = (Section(gettext_lazy("计划"), ("stage", "measures")),)

    def drawn_sections(self) -> Any:
        """Put the targets after the plan."""
        loose, *rest = super().drawn_sections()
        yield from rest
        yield type(loose)(
            _("各学期目标"),
            _("不填的学期不设目标；后一学期不能多于前一学期。"),
            "terms",
            loose.fields,
            False,
        )

    def clean(self) -> dict[str, Any]:
        """Read an empty box beside a filled one as none."""
        cleaned = super().clean() or self.cleaned_data
        if not self.steps and not self.errors:
            raise forms.ValidationError(_("请至少填写一个学期的目标"))
        return cleaned

    @property
    def steps(self) -> list[tuple[Term, int, int]]:
        """Return the terms with a target."""
        found = []
        for term in self.terms:
            most = self.cleaned_data.get(f"large_{term.pk}")
            if most is not None:
                worst = self.cleaned_data.get(f"oversize_{term.pk}") or 0
                found.append((term, most, worst))
        return found

    @property
    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        named = {
            n: self.cleaned_data[n] for n in ("stage", "measures") if n in self.fields
        }
        return {**named, "steps": self.steps}
