"""Import of what quality monitoring says of schools, for internal use only."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.imports import Check, Column, ImportKind, Row, register
from schools.imports.finding import WHOSE, InScope, find_school, find_year
from schools.models.quality import faults_of

SCORES = ("mean", "deviation", "district_mean", "district_deviation")
TWO_DISTRICTS = """
    SELECT t.row_number, m.district_mean FROM typed t
    JOIN schools_school s ON s.id = t.school_id
    JOIN schools_school o ON o.administered_by_id = s.administered_by_id
    JOIN schools_qualityresult m ON m.school_id = o.id AND m.year_id = t.year_id
        AND m.stage = t.stage AND m.subject = t.subject
    WHERE m.school_id <> t.school_id AND m.district_mean <> t.district_mean
    GROUP BY t.row_number, m.district_mean
"""


def _score(name: str, label: Any, *aliases: str, **more: Any) -> Column:
    return Column(
        name,
        label,
        aliases=aliases,
        kind="decimal",
        minimum=0,
        maximum=1000,
        **{"required": True, **more},
    )


@register
class QualityImport(ImportKind):
    """One row is one subject of one stage of one school in one school year."""

    key = "schools.qualityresult"
    title = gettext_lazy("质量监测结果（内部）")
    permission = "schools.change_qualityresult"
    scope = "bureau.region"
    model = "schools.QualityResult"
    natural_keys = (("school_id", "year_id", "stage", "subject"),)
    label_column = "subject"
    duplicates = "reject"
    help = gettext_lazy(
        "只填学校汇总数，不填学生个人成绩。仅供主管部门内部使用，"
        "不公布、不导出、不向其他系统提供，不用于排名。"
    )
    columns = (
        *WHOSE,
        Column(
            "subject",
            gettext_lazy("学科"),
            aliases=("科目",),
            required=True,
            max_length=40,
            example=gettext_lazy("数学"),
        ),
        Column(
            "tested",
            gettext_lazy("参测人数"),
            aliases=("参考人数", "人数", "样本数"),
            kind="int",
            required=True,
            minimum=1,
            maximum=100_000,
        ),
        _score("full_marks", gettext_lazy("满分"), "试卷满分", "总分", required=False),
        _score("mean", gettext_lazy("平均分"), "学校平均分", "校平均分", "均分"),
        _score("deviation", gettext_lazy("标准差"), "学校标准差", "校标准差"),
        _score(
            "district_mean",
            gettext_lazy("全区平均分"),
            *("区平均分", "县平均分", "全县平均分"),
        ),
        _score(
            "district_deviation",
            gettext_lazy("全区标准差"),
            *("区标准差", "县标准差", "全县标准差"),
        ),
    )

    def context(self, run: Any) -> InScope:
        """Load the schools under the run's scope when they are first asked for."""
        return InScope(run.scope, run.by, self.permission)

    def prepare(self, row: Row, context: InScope) -> None:
        """Find school, year and stage; judge the figures against each other."""
        school, year = find_school(row, context), find_year(row, context)
        stage = row.get("stage")
        if school and stage and (school, stage) not in context.stages:
            row.reject("stage", "no_such_stage", _("该校没有这个学段，请核对"))
        if school and year:
            row.values.update(school_id=school, year_id=year.pk)
        figures: dict[str, Decimal | None] = {
            name: row.values.get(name) for name in (*SCORES, "full_marks")
        }
        for name, told in faults_of(figures).items():
            row.reject(name, "implausible", told)

    def checks(self, run: Any) -> Iterator[Check]:
        """Remark a district mean that is not the one other schools were given."""
        yield Check(
            "district_mean",
            "two_district_means",
            _("同一学科已登记的全区平均分是 {detail}，请核对"),
            TWO_DISTRICTS,
            level="note",
        )
