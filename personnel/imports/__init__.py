"""Import of teacher lists; the identity number goes to the register alone, sealed."""

from collections.abc import Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.models import Event
from core.imports import Check, ImportKind, Question, Row, register
from core.models import ImportEffect, ImportRun
from personnel.imports import statements
from personnel.imports.judging import Schools, judge, load_schools
from personnel.imports.words import COLUMNS, PRESETS
from personnel.models import Teacher
from personnel.services import elsewhere


@register
class TeacherImport(ImportKind):
    """One row is one teacher: by staff number, else by identity number, else asked."""

    key = "personnel.teacher"
    title = gettext_lazy("教师名册")
    permission = "personnel.import_teacher"
    scope = "bureau.region"
    model = "personnel.Teacher"
    natural_keys = (("region_id", "staff_no"), ("region_id", "identity_hash"))
    duplicates = "reject"
    secrets = ("identity_sealed", "identity_hash")
    help = gettext_lazy(
        "先按工号、再按身份证号识别教师；两者都没有的，同名时逐行询问。"
        "身份证号加密保存，导入完成后不保留原文件。"
    )
    columns = COLUMNS
    presets = PRESETS

    def context(self, run: Any) -> Schools:
        """Load the schools under the run's scope."""
        return load_schools(run, self.permission)

    def prepare(self, row: Row, context: Schools) -> None:
        """Complete one row: school, region, spelling, sealed identity."""
        judge(row, context)

    def checks(self, run: Any) -> Iterator[Check]:
        """Refuse numbers that belong to somebody else, and those who have left."""
        yield Check(
            "identity",
            "identity_elsewhere",
            elsewhere(run.scope),
            statements.IDENTITY_ELSEWHERE,
        )
        yield Check(
            "staff_no",
            "identity_differs",
            _("该工号在本地区属于“{detail}”，身份证号不同，请核对工号"),
            statements.IDENTITY_DIFFERS,
        )
        yield Check(
            "staff_no",
            "two_teachers",
            _("工号与身份证号分别属于两位教师（{detail}），请核对"),
            statements.TWO_TEACHERS,
        )
        yield Check(
            "name",
            "has_left",
            _("该教师已于 {detail} 离职，请先在教师页面办理“恢复任职”"),
            statements.HAS_LEFT,
        )
        yield Check(
            "name",
            "name_differs",
            _("名册中该工号的姓名是“{detail}”，将改为文件中的姓名"),
            statements.NAME_DIFFERS,
            level="note",
        )

    def matches(self, run: Any) -> Iterator[str]:
        """Know who changes the county within the scope by the identity number."""
        yield statements.MOVED_HERE

    def questions(self, run: Any) -> Iterator[Question]:
        """Ask about namesakes: in the register, and twice in one file."""
        yield Question(
            "namesake",
            "name",
            _("本地区已有同名教师。是否就是这位教师？"),
            statements.NAMESAKES,
        )
        yield Question(
            "twin_in_file",
            "name",
            _(
                "本文件同一学校有同名教师，且没有工号和身份证号。"
                "若是同一人，请跳过本行；若不是，请按新增处理"
            ),
            statements.TWINS,
        )

    def undo_blocks(self, run: ImportRun) -> Iterator[str]:
        """Name the teachers whose identity number was entered after the run."""
        ids = ImportEffect.objects.filter(run=run, model="personnel.teacher")
        later = Event.objects.filter(
            subject_type=ContentType.objects.get_for_model(Teacher),
            subject_id__in=ids.values("object_id"),
            verb="personnel.teacher.change",
            at__gt=run.applied_at,
            data__changed__has_key="identity",
        )
        for label in later.values_list("subject_label", flat=True).distinct()[:10]:
            yield _("教师“%s”导入后又登记了身份证号") % label
