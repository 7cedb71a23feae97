"""The workbook of returns sent out with what is known already."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.models import AcademicYear
from core.forms import Prefill
from core.registries import known_figures
from schools.choices import EDITABLE, ReturnState, Stage
from schools.figures import BY_STAGE
from schools.jumps import as_lines
from schools.models import ClassSection, SchoolReturn, SchoolStage
from schools.models.returns import FIGURES, LABELS

ENTERED, CLASSES, ROSTER, LAST_YEAR = "entered", "classes", "roster", "last_year"
SOURCES = {
    CLASSES: gettext_lazy("已填班级"),
    ROSTER: gettext_lazy("教师名册"),
    LAST_YEAR: gettext_lazy("上年报表"),
}
Key = tuple[int, str]
TINTS = {
    ENTERED: "",
    CLASSES: "#E3F0FB",
    ROSTER: "#E4F4E8",
    LAST_YEAR: "#FDF0C4",
    "none": "#E6E8EB",
}
SIZE = "headcount"
CLASS_SUMS: dict[str, Any] = {
    "students": Sum(SIZE),
    "classes": Count("pk"),
    "class_le45": Count("pk", filter=Q(headcount__lte=45)),
    "class_46_50": Count("pk", filter=Q(headcount__range=(46, 50))),
    "class_51_55": Count("pk", filter=Q(headcount__range=(51, 55))),
    "class_56_65": Count("pk", filter=Q(headcount__range=(56, 65))),
    "class_ge66": Count("pk", filter=Q(headcount__gte=66)),
}
"""What the classes entered say about a return."""


@dataclass
class PrefilledRow:
    """One stage of one school: what is known of each figure, and from where."""

    stage: SchoolStage
    state: str
    known: dict[str, tuple[Any, str]] = field(default_factory=dict)
    before: SchoolReturn | None = None
    told: dict[str, str] = field(default_factory=dict)


def returns_before(year: AcademicYear, schools: Any) -> dict[Key, SchoolReturn]:
    """Return (school, stage) → the last confirmed return before the year."""
    rows = SchoolReturn.objects.confirmed().filter(
        school__in=schools, year__starts_on__lt=year.starts_on
    )
    ordered = rows.select_related("year").order_by("year__starts_on")
    return {(row.school_id, row.stage): row for row in ordered}


def prefilled(stages: Iterable[SchoolStage], year: AcademicYear) -> list[PrefilledRow]:
    """Return a row for each stage: entered figures, else those of classes, of the
    roster, of last year.

    A return that was handed in shows what it holds and nothing else.
    """
    rows = list(stages)
    schools = {row.school_id for row in rows}
    held = {
        (r.school_id, r.stage): r
        for r in SchoolReturn.objects.of_year(year).filter(school__in=schools)
    }
    before = returns_before(year, schools)
    counted = {CLASSES: _counted(year, schools), ROSTER: _rosters(year, schools)}
    return [_row(stage, held, before, counted) for stage in rows]


def prefills_of(row: SchoolReturn) -> dict[str, Prefill]:
    """Return what the form of a return starts with where nothing was entered."""
    stage = SchoolStage(school=row.school, stage=row.stage)
    [found] = prefilled([stage], row.year)
    days = {LAST_YEAR: found.before.counted_on if found.before else None}
    return {
        name: Prefill(SOURCES[source], days.get(source), value)
        for name, (value, source) in found.known.items()
        if source != ENTERED
    }


def _rosters(year: AcademicYear, schools: set[int]) -> dict[Key, dict[str, int]]:
    """Return what other rooms know of the schools on the reference day."""
    found: dict[Key, dict[str, int]] = {}
    for _room, told in known_figures.items():
        for key, figures in told(sorted(schools), year.reference_day).items():
            found[key] = found.get(key, {}) | figures
    return found


def _counted(year: AcademicYear, schools: set[int]) -> dict[Key, dict[str, int]]:
    rows = ClassSection.objects.of_year(year).filter(school__in=schools)
    rows = rows.order_by().values("school_id", "stage").annotate(**CLASS_SUMS)
    return {
        (row["school_id"], row["stage"]): {n: row[n] for n in CLASS_SUMS}
        for row in rows
    }


def _row(
    stage: SchoolStage,
    held: dict[Key, SchoolReturn],
    before: dict[Key, SchoolReturn],
    counted: dict[str, dict[Key, dict[str, int]]],
) -> PrefilledRow:
    key = (stage.school_id, stage.stage)
    row, last = held.get(key), before.get(key)
    state = row.state if row else ""
    told = row.explanations if row else {}
    found = PrefilledRow(stage, state, before=last, told=told)
    sources: list[tuple[str, Any]] = [(ENTERED, row)]
    if row is None or row.state in EDITABLE:
        sources += [(name, figures.get(key, {})) for name, figures in counted.items()]
        sources.append((LAST_YEAR, last))
    for name in BY_STAGE[stage.stage]:
        for source, figures in sources:
            value = _of(figures, name)
            if value is not None:
                found.known[name] = (value, source)
                break
    return found


def _of(figures: Any, name: str) -> Any:
    if isinstance(figures, dict):
        return figures.get(name)
    return getattr(figures, name, None)


def workbook(rows: Iterable[PrefilledRow], year: AcademicYear) -> bytes:
    """Return the workbook: the sheet to fill, last year's figures, how to fill."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    looks = {
        source: book.add_format({"bg_color": tint} if tint else {})
        for source, tint in TINTS.items()
    }
    looks["head"] = book.add_format({"bold": True, "bg_color": "#EEF1F5"})
    listed = list(rows)
    _fill(book.add_worksheet(_("填报")), listed, year, looks)
    _past(book.add_worksheet(_("上年")), listed, looks)
    page = book.add_worksheet(_("填表说明"))
    page.set_column(0, 0, 100)
    for at, line in enumerate(_notes()):
        page.write_string(at, 0, line)
    book.close()
    return stream.getvalue()


def _notes() -> Iterator[str]:
    yield _("一行是一所学校的一个学段。不要改动学校标识码、学校名称、学年和学段。")
    yield _(
        "白底：已填报的数字。蓝底：按已填班级算出。绿底：按教师名册算出。黄底：上年的数字，请改成本年的。"
    )
    yield _(
        "与上年相比变动较大的数字，请在“差异说明”栏写明原因，一行一项，如“班级数：撤并一个教学点”。"
    )
    yield _("灰底的格子该学段不填。空格不改原数；要删去原数，请填“清空”。")
    yield _(
        "填好后在“年度报表”页面点“上传填好的表”，核对无误后才会写入，写入后可以撤销。"
    )


def _heads(page: Any, heads: list[str], looks: dict[str, Any]) -> None:
    page.freeze_panes(1, 4)
    for at, head in enumerate(heads):
        page.set_column(at, at, max(12, len(head) * 2 + 2))
        page.write_string(0, at, head, looks["head"])


def _fill(
    page: Any, rows: list[PrefilledRow], year: AcademicYear, looks: dict[str, Any]
) -> None:
    first = [_("学校标识码"), _("学校名称"), _("学年"), _("学段"), _("状态")]
    labels = (str(label) for label in LABELS.values())
    _heads(page, [*first, *labels, _("差异说明")], looks)
    for number, row in enumerate(rows, start=1):
        school = row.stage.school
        state = ReturnState(row.state).label if row.state else _("未开始")
        stage = Stage(row.stage.stage).label
        for at, text in enumerate(
            (school.shown_code, school.name, year.code, stage, state)
        ):
            page.write_string(number, at, str(text))
        for at, name in enumerate(FIGURES, start=len(first)):
            if name not in BY_STAGE[row.stage.stage]:
                page.write_blank(number, at, None, looks["none"])
            elif name in row.known:
                value, source = row.known[name]
                _write(page, number, at, value, looks[source])
                if source == LAST_YEAR:
                    page.write_comment(number, at, _("上年（%s）") % row.before.year)  # type: ignore[union-attr]
        if row.told:
            page.write_string(number, len(first) + len(FIGURES), as_lines(row.told))


def _past(page: Any, rows: list[PrefilledRow], looks: dict[str, Any]) -> None:
    labels = (_("上年%s") % label for label in LABELS.values())
    _heads(page, [_("校名（上年）"), _("上年学年"), _("上年学段"), *labels], looks)
    shown = [row for row in rows if row.before is not None]
    for number, row in enumerate(shown, start=1):
        before: Any = row.before
        words = (row.stage.school.name, before.year.code, before.get_stage_display())
        for at, text in enumerate(words):
            page.write_string(number, at, str(text))
        for at, name in enumerate(FIGURES, start=len(words)):
            _write(page, number, at, getattr(before, name), None)


def _write(page: Any, row: int, at: int, value: Any, look: Any) -> None:
    if isinstance(value, bool):
        page.write_string(row, at, _("是") if value else _("否"), look)
    elif value is not None:
        page.write_number(row, at, value, look)
