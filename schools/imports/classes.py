"""Classes and their headcounts from a school's or a bureau's workbook."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.models import AcademicYear
from core.days import today
from core.imports import Batch, Check, Column, ImportKind, Preset, Row, register
from core.imports.sql import fetch, parameters, prelude
from core.models import ImportEffect, StagingRow
from core.templatetags.formats import long_day
from schools.choices import ReturnState, SchoolStatus, Stage
from schools.imports.finding import InScope, find_school, find_year
from schools.imports.grades import (
    GradeWord,
    grade_entered,
    read_grade,
    read_number,
)
from schools.models import ClassSection, School, SchoolReturn

MOST_PUPILS, MOST_CLASSES = 300, 200
STAGES: dict[str, str] = {
    **{str(label): value for value, label in Stage.choices},
    "幼儿园": Stage.KINDERGARTEN,
    "学前": Stage.KINDERGARTEN,
    "普通小学": Stage.PRIMARY,
    "初级中学": Stage.JUNIOR,
    "普通初中": Stage.JUNIOR,
    "高中": Stage.SENIOR,
    "高级中学": Stage.SENIOR,
    "中职": Stage.VOCATIONAL,
    "职高": Stage.VOCATIONAL,
    "职业高中": Stage.VOCATIONAL,
}
AGAINST_LOCKED = """
    SELECT row_number, said FROM (
        SELECT t.row_number, r.students, r.classes, a.pupils, a.sections,
            concat_ws('，', coalesce(r.classes, 0) || ' 个班',
                coalesce(r.students, 0) || ' 人') AS said
        FROM typed t
        JOIN schools_schoolreturn r ON r.school_id = t.school_id
            AND r.year_id = t.year_id AND r.stage = t.stage AND r.state = 'LOCKED'
            AND t.counted_on <= r.counted_on
        JOIN (
            SELECT school_id, year_id, stage, sum(headcount) AS pupils,
                count(*) AS sections
            FROM (
                SELECT school_id, year_id, stage, headcount FROM typed
                UNION ALL
                SELECT m.school_id, m.year_id, m.stage, m.headcount
                FROM schools_classsection m
                WHERE m.removed_at IS NULL
                    AND m.school_id IN (SELECT school_id FROM typed)
                    AND NOT EXISTS (SELECT 1 FROM typed x
                        WHERE x.school_id = m.school_id AND x.year_id = m.year_id
                        AND x.stage = m.stage AND x.grade = m.grade
                        AND x.number = m.number)
            ) every GROUP BY school_id, year_id, stage
        ) a ON a.school_id = t.school_id AND a.year_id = t.year_id
            AND a.stage = t.stage
        WHERE NOT EXISTS (SELECT 1 FROM schools_classsection m
            WHERE m.school_id = t.school_id AND m.year_id = t.year_id
            AND m.stage = t.stage AND m.grade = t.grade AND m.number = t.number
            AND m.headcount = t.headcount AND m.removed_at IS NULL)
    ) x WHERE students <> pupils OR classes <> sections
"""
"""New and changed classes, counted by the day of a locked return, after which all
classes of its stage together are not what the return says."""
COUNTED_LATER = """
    SELECT t.row_number FROM typed t
    JOIN schools_schoolreturn r ON r.school_id = t.school_id
        AND r.year_id = t.year_id AND r.stage = t.stage AND r.state = 'LOCKED'
        AND t.counted_on > r.counted_on
"""


AS_WRITTEN = ("name", "year", "grade", "number", "class_name")
"""Columns that stand under another name, or as another value, once they are read."""


@dataclass
class Standing(InScope):
    """The schools of the scope, and the classes they have entered already."""

    held: dict[int, dict[tuple[Any, ...], tuple[int, date]]] = field(
        default_factory=dict
    )
    told_year: bool = False

    @cached_property
    def stood(self) -> dict[int, School]:
        """School → its name and the days between which it stood."""
        names = ("pk", "name", "opened_on", "closed_on", "status")
        return {school.pk: school for school in self.schools.only(*names)}

    @cached_property
    def taught(self) -> dict[int, set[str]]:
        """School → the stages it teaches."""
        found: dict[int, set[str]] = {}
        for school, stage in self.stages:
            found.setdefault(school, set()).add(stage)
        return found

    @cached_property
    def this_year(self) -> AcademicYear | None:
        """The school year of today."""
        return AcademicYear.objects.current()

    def stands(self, school: int, year: AcademicYear) -> bool:
        """Tell whether a school ran on some day of a year."""
        found = self.stood[school]
        begun = found.opened_on is None or found.opened_on <= year.ends_on
        lasts = found.closed_on is None or found.closed_on > year.starts_on
        return found.status != SchoolStatus.PLANNED and begun and lasts

    def entered(self, year: AcademicYear) -> dict[tuple[Any, ...], tuple[int, date]]:
        """Return (school, stage, grade, number) → pupils and day, read once a year."""
        if year.pk not in self.held:
            rows = ClassSection.objects.of_year(year).filter(school__in=self.schools)
            names = ("school_id", "stage", "grade", "number", "headcount", "counted_on")
            self.held[year.pk] = {
                tuple(key): (pupils, day)
                for *key, pupils, day in rows.values_list(*names)
            }
        return self.held[year.pk]


class _Classes(ImportKind):
    """One row is one class of one school in one school year."""

    title = gettext_lazy("班级")
    permission = "schools.change_classsection"
    model = "schools.ClassSection"
    natural_keys = (("school_id", "year_id", "stage", "grade", "number"),)
    duplicates = "reject"
    help = gettext_lazy(
        "按“学校 + 学年 + 学段 + 年级 + 班号”识别班级；文件中没有的班级不动，"
        "要撤销班级请在学校页面的“填报班级”中办理。不写学年按本学年，"
        "不写学段按年级和学校的学段判断。各地学籍系统导出的列名不尽相同，"
        "认不出的列请在下一步对应，系统会记住。"
    )
    columns = (
        Column(
            "school_code",
            gettext_lazy("学校标识码"),
            aliases=("学校代码", "标识码", "临时编号", "学校编号", "机构代码"),
            help=gettext_lazy("没有标识码的填临时编号或留空，按学校名称识别"),
        ),
        Column(
            "name",
            gettext_lazy("学校名称"),
            aliases=("校名", "学校", "单位名称", "所属学校", "学校全称"),
            max_length=100,
        ),
        Column(
            "year", gettext_lazy("学年"), aliases=("所属学年",), example="2026-2027"
        ),
        Column(
            "stage",
            gettext_lazy("学段"),
            aliases=("办学层次", "就读学段"),
            kind="choice",
            choices=STAGES,
        ),
        Column(
            "grade",
            gettext_lazy("年级"),
            aliases=("年级名称", "所属年级", "届别", "入学年级"),
            required=True,
            max_length=20,
            help=gettext_lazy("如一年级、七年级、初一、高一、小班、2024级"),
            example=gettext_lazy("一年级"),
        ),
        Column(
            "number",
            gettext_lazy("班号"),
            aliases=("班级号", "班级序号", "班次", "班级代码"),
            max_length=40,
            help=gettext_lazy("如 3、3班；不填时从班级名称中取"),
            example="1",
        ),
        Column(
            "class_name",
            gettext_lazy("班级名称"),
            aliases=("班级", "班名"),
            max_length=40,
        ),
        Column(
            "headcount",
            gettext_lazy("人数"),
            aliases=("班级人数", "学生数", "学生人数", "在校生数", "实有人数", "班额"),
            kind="int",
            required=True,
            minimum=0,
            maximum=MOST_PUPILS,
            example="45",
        ),
        Column(
            "counted_on",
            gettext_lazy("统计日期"),
            aliases=("统计时间", "统计时点", "截止日期"),
            kind="date",
            help=gettext_lazy("不填时人数有变化的按今天，须在该学年内"),
        ),
    )

    presets = (
        Preset(
            gettext_lazy("学籍信息管理系统：班级信息"),
            {
                "school_code": "学校标识码",
                "name": "学校名称",
                "grade": "年级",
                "number": "班号",
                "class_name": "班级名称",
                "headcount": "班级人数",
            },
            gettext_lazy(
                "年级、班号、班级名称依公开的数据采集指标；人数一列各省名称不一，"
                "学生数、在校生数等也能识别。表中没有学年，按本学年导入。"
            ),
        ),
    )

    def context(self, run: Any) -> Standing:
        """Load the schools under the run's scope when they are first asked for."""
        return Standing(run.scope, run.by, self.permission)

    def prepare(self, row: Row, context: Standing) -> None:
        """Find school, year, grade and number, and the day of the count."""
        row.shown.update(
            {n: str(row.get(n)) for n in AS_WRITTEN if row.get(n) is not None}
        )
        year = self._year(row, context)
        school = self._school(row, context, year)
        number = self._number(row)
        place = self._place(row, context, school, year)
        row.values.pop("grade", None)
        row.values.pop("name", None)
        if school is None or year is None:
            return
        row.values.update(school_id=school, year_id=year.pk, removed_at=None)
        if name := row.values.pop("class_name", None):
            row.values["name"] = name
        if place and number:
            stage, grade = place
            row.values.update(stage=stage, grade=grade, number=number)
            self._day(row, context, year)

    def _year(self, row: Row, context: Standing) -> AcademicYear | None:
        if row.get("year"):
            return find_year(row, context)
        if context.this_year is None:
            row.reject("year", "unknown_year", _("请填写学年，如 2026-2027"))
        elif not context.told_year:
            told = _("文件没有写学年，按本学年 %s 导入")
            row.note("year", "assumed_year", told % context.this_year.code)
            context.told_year = True
        return context.this_year

    def _school(
        self, row: Row, context: Standing, year: AcademicYear | None
    ) -> int | None:
        if not row.get("name") and not row.get("school_code"):
            if isinstance(context.scope, School):
                return int(context.scope.pk)
            row.reject("name", "required", _("请填写学校标识码或学校名称"))
            return None
        school = find_school(
            row, context, year and (lambda pk: context.stands(pk, year))
        )
        if school and year and not context.stands(school, year):
            row.reject("name", "not_standing", _told_of(context.stood[school], year))
            return None
        return school

    def _number(self, row: Row) -> int | None:
        said = row.values.pop("number", None) or row.get("class_name")
        if not said:
            row.reject(
                "number", "required", _("请填写班号，或在班级名称中写明，如“3班”")
            )
            return None
        number = read_number(str(said))
        if number is None or number > MOST_CLASSES:
            told = _("看不出“%s”是几班，请填 1 到 200 之间的班号")
            row.reject("number", "unknown_number", told % str(said)[:20])
            return None
        return number

    def _place(
        self,
        row: Row,
        context: Standing,
        school: int | None,
        year: AcademicYear | None,
    ) -> tuple[str, int] | None:
        said = str(row.get("grade", ""))
        word = read_grade(said) if said else None
        if said and word is None:
            told = _("看不懂年级“%s”，请写成一年级、七年级、高一、小班等")
            row.reject("grade", "unknown_grade", told % said[:20])
        if word is None or school is None or year is None:
            return None
        taught = context.taught.get(school, set())
        if not taught:
            told = _("该校学段待确认，暂不能登记班级，请主管部门先确认")
            row.reject("stage", "stage_to_confirm", told)
            return None
        return _settled(row, word, taught, year)

    def _day(self, row: Row, context: Standing, year: AcademicYear) -> None:
        """Keep the day of a count that has not changed; else it is today's."""
        given = row.get("counted_on")
        if given and not year.holds_on(date.fromisoformat(given)):
            told = _("统计日期应在 %(year)s 学年内（%(start)s 至 %(end)s）")
            words = {
                "year": year.code,
                "start": long_day(year.starts_on),
                "end": long_day(year.ends_on),
            }
            row.reject("counted_on", "outside_year", told % words)
        if given and date.fromisoformat(given) > today():
            row.reject("counted_on", "not_yet", _("统计日期不能晚于今天"))
        if given or "headcount" not in row.values:
            return
        names = ("school_id", "stage", "grade", "number")
        key = tuple(row.values[name] for name in names)
        pupils, day = context.entered(year).get(key, (None, None))
        same = day is not None and pupils == row.values["headcount"]
        now = max(year.starts_on, min(today(), year.ends_on))
        row.values["counted_on"] = (day if same and day else now).isoformat()

    def checks(self, run: Any) -> Iterator[Check]:
        """Refuse what contradicts a locked return of the school, stage and year."""
        yield Check(
            "headcount",
            "against_locked",
            _(
                "该学段本学年报表已锁定（{detail}），导入后的班级合计与报表不符，"
                "未改；请核对，报表有误的先申请解锁"
            ),
            AGAINST_LOCKED,
        )
        yield Check(
            "headcount",
            "counted_after_locked",
            _("该学段本学年报表已锁定，报表数字不随这次统计改变"),
            COUNTED_LATER,
            level="note",
        )

    def apply(self, batch: Batch) -> None:
        """Write the classes; nothing when a return was locked meanwhile."""
        rows = StagingRow.objects.filter(run_id=batch.run.pk, is_rejected=False)
        schools = set(rows.values_list("data__school_id", flat=True).distinct())
        held = School.objects.select_for_update(of=("self",), no_key=True)
        list(held.filter(pk__in=schools).order_by("pk").values_list("pk"))
        returns = SchoolReturn.objects.select_for_update(of=("self",), no_key=True)
        list(returns.filter(school__in=schools).order_by("pk").values_list("pk"))
        text = f"{prelude(ClassSection, applied=True)} {AGAINST_LOCKED}"
        if fetch(text, parameters(batch.run)):
            raise ValidationError(_("有报表刚刚锁定，与文件不符，请重新核对后导入"))
        batch.upsert()

    def undo_blocks(self, run: Any) -> Iterable[str]:
        """Name the locked returns that the classes of the run bear out."""
        effects = ImportEffect.objects.filter(run=run, model="schools.classsection")
        found = ClassSection.objects.filter(pk__in=effects.values("object_id"))
        keys = set(found.values_list("school_id", "year_id", "stage"))
        returns = SchoolReturn.objects.filter(
            state=ReturnState.LOCKED, school__in={key[0] for key in keys}
        ).select_related("school", "year")
        locked = [r for r in returns if (r.school_id, r.year_id, r.stage) in keys]
        told = _("%s已锁定，请先申请解锁")
        return [told % each for each in locked[:10]]


def _told_of(school: School, year: AcademicYear) -> str:
    if school.closed_on and school.closed_on <= year.starts_on:
        told = _("%(school)s已于 %(day)s 停办或合并，%(year)s 学年不登记班级")
        day = long_day(school.closed_on)
    else:
        told = _("%(school)s在 %(year)s 学年还没有开办，不登记班级")
        day = ""
    return told % {"school": school.name, "day": day, "year": year.code}


def _settled(
    row: Row, word: GradeWord, taught: set[str], year: AcademicYear
) -> tuple[str, int] | None:
    """Return the one stage and grade that word, stage and school leave open."""
    asked = row.get("stage") or word.stage
    places = list(word.places) or [
        (stage, grade)
        for stage in Stage
        if (grade := grade_entered(stage, word.entered, year.starts_on.year))
        is not None
    ]
    if asked:
        fitting = [p for p in places if p[0] == asked]
        if not fitting:
            words = {"grade": row.shown["grade"], "stage": Stage(asked).label}
            told = _("年级“%(grade)s”不属于%(stage)s，请核对年级和学段")
            row.reject("grade", "grade_not_of_stage", told % words)
            return None
        places = fitting
    here = [p for p in places if p[0] in taught]
    if not here:
        told = _("该校没有“%s”所在的学段，请核对")
        row.reject("stage", "no_such_stage", told % row.shown["grade"])
        return None
    if len(here) > 1 and (word.entered or here[0][0] != Stage.PRIMARY):
        told = _("“%s”在该校可能属于几个学段，请填写学段")
        row.reject("stage", "ambiguous_stage", told % row.shown["grade"])
        return None
    return here[0]


@register
class ClassImport(_Classes):
    """A bureau's workbook: the classes of the schools of its region."""

    key = "schools.classsection"
    scope = "bureau.region"


@register
class OwnClassImport(_Classes):
    """A school's workbook: its own classes."""

    key = "schools.classsection_own"
    title = gettext_lazy("本校班级")
    scope = "schools.school"
