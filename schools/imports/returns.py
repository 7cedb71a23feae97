"""Annual returns from the workbook that was sent out prefilled."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import DecimalField
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.models import AcademicYear, Region
from core.imports import Batch, Check, Column, ImportKind, Row, register
from core.imports.cells import typed
from core.imports.errors import CellProblem
from core.models import ImportEffect, StagingRow
from schools.choices import EDITABLE, ReturnState, Stage
from schools.figures import BY_STAGE, faults_of
from schools.imports.finding import WHOSE, InScope, find_school, find_year
from schools.jumps import Limits, from_lines, jumps_between, limits_of
from schools.models import School, SchoolReturn
from schools.models.returns import FIGURES, JUDGED, LABELS, TODAY
from schools.prefill import returns_before

CLEAR = {"清空", "clear"}
"""What a cell says that takes a figure away, in both languages of the interface."""
CENT = Decimal("0.01")
MOST = 999_999_999_999
DIFFERS = " OR ".join(
    f"(t.row_data ? '{name}' AND t.{name} IS DISTINCT FROM m.{name})"
    for name in (*FIGURES, "explanations")
)
HELD = f"""
    FROM typed t JOIN schools_schoolreturn m
        ON m.school_id = t.school_id AND m.year_id = t.year_id AND m.stage = t.stage
    WHERE ({DIFFERS})
"""
NOT_EDITABLE = f"""
    SELECT t.row_number, %(words)s::jsonb ->> m.state {HELD}
        AND m.state <> ALL (%(editable)s)
"""
UNLOCK_OVER = f"""
    SELECT t.row_number {HELD} AND m.state = ANY (%(editable)s)
        AND EXISTS (SELECT 1 FROM schools_returnunlock u
            WHERE u.school_return_id = m.id AND u.state IN ('OPEN', 'CLOSED'))
        AND NOT EXISTS (SELECT 1 FROM schools_returnunlock u
            WHERE u.school_return_id = m.id AND u.state = 'OPEN'
            AND u.expires_on >= {TODAY})
"""  # noqa: S608 - names of the model's own columns


def _figure_kind(name: str) -> str:
    field_ = SchoolReturn._meta.get_field(name)
    if isinstance(field_, DecimalField):
        return "decimal"
    return "bool" if name == "is_full_day" else "int"


READ_AS = {
    name: Column(
        name,
        label,
        kind=_figure_kind(name),  # type: ignore[arg-type]
        minimum=None if name == "is_full_day" else 0,
        maximum=MOST if _figure_kind(name) == "decimal" else None,
    )
    for name, label in LABELS.items()
}
"""How the cell of each figure is read once it does not say 清空."""


@dataclass
class Known(InScope):
    """The schools of the scope, the years, and what is returned already."""

    held: dict[int, dict[tuple[int, str], SchoolReturn]] = field(default_factory=dict)
    past: dict[int, dict[tuple[int, str], SchoolReturn]] = field(default_factory=dict)
    judged_by: dict[int, Limits | None] = field(default_factory=dict)

    @cached_property
    def schools(self) -> Any:
        """The schools the file may be about: those that run, as on the board."""
        found = super().schools
        return found if isinstance(self.scope, School) else found.running()

    def returned(self, year: AcademicYear) -> dict[tuple[int, str], SchoolReturn]:
        """Return the scope's returns of a year, read once."""
        if year.pk not in self.held:
            rows = SchoolReturn.objects.of_year(year).filter(school__in=self.schools)
            self.held[year.pk] = {(row.school_id, row.stage): row for row in rows}
        return self.held[year.pk]

    @cached_property
    def run_by(self) -> dict[int, Region]:
        """School → the region that runs it."""
        rows = self.schools.select_related("administered_by")
        return {school.pk: school.administered_by for school in rows}

    def limits(self, school: int) -> Limits | None:
        """Return what counts as a jump for a school, read once for each region."""
        region = self.run_by[school]
        if region.pk not in self.judged_by:
            self.judged_by[region.pk] = limits_of(region)
        return self.judged_by[region.pk]

    def before(self, year: AcademicYear) -> dict[tuple[int, str], SchoolReturn]:
        """Return the last confirmed returns before a year, read once."""
        if year.pk not in self.past:
            self.past[year.pk] = returns_before(year, self.schools)
        return self.past[year.pk]


class _Returns(ImportKind):
    """One row is the return of one stage of one school for one year."""

    title = gettext_lazy("年度报表")
    permission = "schools.change_schoolreturn"
    model = "schools.SchoolReturn"
    natural_keys = (("school_id", "year_id", "stage"),)
    label_column = "stage"
    duplicates = "reject"
    help = gettext_lazy(
        "请用“下载预填表”得到的表填写。空格不改原数，要删去原数请填“清空”；"
        "只更新填报中和退回修改的报表，还没有报表的新建草稿。"
    )
    columns = (
        *WHOSE,
        *(Column(name, label) for name, label in LABELS.items()),
        Column(
            "explanations",
            gettext_lazy("差异说明"),
            help=gettext_lazy("与上年相比变动较大的数字，一行一项写明原因"),
            example=gettext_lazy("班级数：撤并一个教学点"),
        ),
    )

    def context(self, run: Any) -> Known:
        """Load the schools under the run's scope when they are first asked for."""
        return Known(run.scope, run.by, self.permission)

    def prepare(self, row: Row, context: Known) -> None:
        """Find school, year and stage, then read and check the figures."""
        self._read_figures(row)
        self._read_explanations(row)
        school, year = find_school(row, context), find_year(row, context)
        stage = row.get("stage")
        if not school or not year or not stage:
            return
        if (school, stage) not in context.stages:
            row.reject("stage", "no_such_stage", _("该校没有这个学段，请核对"))
            return
        row.values.update(school_id=school, year_id=year.pk)
        held = context.returned(year).get((school, stage))
        if held is None:
            row.values["counted_on"] = year.reference_day
        before = context.before(year).get((school, stage))
        self._judge_figures(row, held, before)
        self._judge_jumps(row, held, before, context.limits(school))

    def _read_figures(self, row: Row) -> None:
        for name in FIGURES:
            text = row.get(name)
            if text is None:
                continue
            row.shown[name] = text
            try:
                taken = str(text).strip().lower() in CLEAR
                row.values[name] = None if taken else _value(name, text)
            except CellProblem as problem:
                del row.values[name]
                row.reject(name, problem.code, f"“{LABELS[name]}”{problem.message}")

    def _read_explanations(self, row: Row) -> None:
        text = row.get("explanations")
        if text is None:
            return
        row.shown["explanations"] = str(text)
        found, strange = from_lines(str(text))
        if strange:
            told = _("差异说明里看不懂“%s”，请写成“项目：原因”，一行一项，300 字以内")
            row.reject("explanations", "unknown_figure", told % strange[0][:30])
            del row.values["explanations"]
        else:
            row.values["explanations"] = found

    def _judge_figures(
        self, row: Row, held: SchoolReturn | None, before: SchoolReturn | None
    ) -> None:
        stage = row.values["stage"]
        given = {n: row.values[n] for n in FIGURES if n in row.values}
        for name in set(given) - set(BY_STAGE[stage]):
            told = _("%(stage)s不填“%(name)s”，请删去")
            words = {"stage": Stage(stage).label, "name": LABELS[name]}
            row.reject(name, "not_of_stage", told % words)
        if held is None and not any(value is not None for value in given.values()):
            row.reject("name", "nothing_given", _("本行没有填写数字，未新建报表"))
        if held is not None and not held.is_editable:
            return
        present = {n: getattr(held, n, None) for n in BY_STAGE[stage]}
        for name, told in faults_of({**present, **given}).items():
            row.reject(name, "contradicts", told)
        for name, value in given.items():
            same = value is not None and value == getattr(before, name, None)
            if same and present.get(name) is None:
                told = _("“%s”与上年相同，请确认是本年的数字")
                row.note(name, "as_last_year", told % LABELS[name])

    def _judge_jumps(
        self,
        row: Row,
        held: SchoolReturn | None,
        before: SchoolReturn | None,
        limits: Limits | None,
    ) -> None:
        """Remark what jumps unexplained; keep no explanation of what does not."""
        if held is not None and not held.is_editable:
            return
        given = {n: row.values[n] for n in JUDGED if n in row.values}
        figures = {n: getattr(held, n, None) for n in JUDGED} | given
        told = row.get("explanations", held.explanations if held else {})
        jumps = jumps_between(figures, before, limits, told)
        if "explanations" in row.values:
            row.values["explanations"] = {n: j.why for n, j in jumps.items() if j.why}
        for name in [n for n, jump in jumps.items() if not jump.why and n in given]:
            said = _("“%(name)s”上年为 %(last)s，变动较大，请在“差异说明”栏写明原因")
            words = {"name": LABELS[name], "last": f"{jumps[name].before:,}"}
            row.note(name, "jumps", said % words)

    def checks(self, run: Any) -> Iterator[Check]:
        """Keep returns that are no longer the school's to change as they are."""
        states = {str(value): str(label) for value, label in ReturnState.choices}
        editable = [str(state) for state in EDITABLE]
        yield Check(
            "stage",
            "not_editable",
            _("报表当前为“{detail}”，数字未改；如需更正，请先退回，已锁定的先申请解锁"),
            NOT_EDITABLE,
            {"words": json.dumps(states), "editable": editable},
        )
        yield Check(
            "stage",
            "unlock_over",
            _("报表的解锁期限已过，数字未改；仍需更正的，请重新申请解锁"),
            UNLOCK_OVER,
            {"editable": editable},
        )

    def apply(self, batch: Batch) -> None:
        """Write the figures; nothing when a return was handed in meanwhile."""
        rows = StagingRow.objects.filter(run_id=batch.run.pk, verdict="UPDATED")
        targets = SchoolReturn.objects.select_for_update(of=("self",), no_key=True)
        targets = targets.filter(pk__in=rows.values_list("target_id", flat=True))
        handed_in = [row for row in targets if not row.is_editable]
        if handed_in:
            raise ValidationError(
                _("%s 刚刚报送，不能再改，请重新核对后导入") % handed_in[0]
            )
        batch.upsert()

    def undo_blocks(self, run: Any) -> Iterable[str]:
        """Name the returns that were handed in since."""
        effects = ImportEffect.objects.filter(run=run, model="schools.schoolreturn")
        ids = effects.values_list("object_id", flat=True)
        rows = SchoolReturn.objects.filter(pk__in=ids).exclude(state__in=EDITABLE)
        rows = rows.select_related("school", "year")
        return [
            _("%(row)s当前为“%(state)s”，请先退回")
            % {"row": row, "state": row.get_state_display()}
            for row in rows[:10]
        ]


def _value(name: str, text: str) -> Any:
    value = typed(READ_AS[name], text)
    return value.quantize(CENT) if isinstance(value, Decimal) else value


@register
class ReturnImport(_Returns):
    """A bureau's workbook: the schools of its region."""

    key = "schools.return"
    scope = "bureau.region"


@register
class OwnReturnImport(_Returns):
    """A school's workbook: its own stages."""

    key = "schools.return_own"
    title = gettext_lazy("本校年度报表")
    scope = "schools.school"
