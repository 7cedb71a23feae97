"""Import of teacher lists; the identity number goes to the register alone, sealed."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.models import Event
from bureau.authority import run_by
from core.imports import Check, Column, ImportKind, Preset, Question, Row, register
from core.models import ImportEffect, ImportRun
from core.personal import IDENTITY_LIKE
from personnel import identity
from personnel.choices import Degree, Employment, Sex, TeachingSubject
from personnel.models import Teacher
from personnel.names import tidy_name
from personnel.services import elsewhere
from schools.choices import Stage
from schools.imports.finding import run_below_in
from schools.models import School
from schools.names import normalize_name, spell

EMPLOYMENTS: dict[str, str] = {
    **{str(label): value for value, label in Employment.choices},
    "在编": Employment.ESTABLISHMENT,
    "编内": Employment.ESTABLISHMENT,
    "编制": Employment.ESTABLISHMENT,
    "事业编": Employment.ESTABLISHMENT,
    "事业编制": Employment.ESTABLISHMENT,
    "合同": Employment.CONTRACT,
    "合同制": Employment.CONTRACT,
    "聘用": Employment.CONTRACT,
    "聘用制": Employment.CONTRACT,
    "编外": Employment.CONTRACT,
    "临聘": Employment.CONTRACT,
    "代课": Employment.CONTRACT,
    "特岗教师": Employment.SPECIAL_POST,
    "人事代理": Employment.CONTRACT,
    "派遣": Employment.DISPATCHED,
    "是": Employment.ESTABLISHMENT,
    "否": Employment.CONTRACT,
    "返聘": Employment.REHIRED,
}
SUBJECTS: dict[str, str] = {
    **{str(label): value for value, label in TeachingSubject.choices},
    "道德与法治": TeachingSubject.MORALITY,
    "思想政治": TeachingSubject.MORALITY,
    "政治": TeachingSubject.MORALITY,
    "思想品德": TeachingSubject.MORALITY,
    "品德": TeachingSubject.MORALITY,
    "外语": TeachingSubject.ENGLISH,
    "日语": TeachingSubject.OTHER_LANGUAGE,
    "俄语": TeachingSubject.OTHER_LANGUAGE,
    "生物学": TeachingSubject.BIOLOGY,
    "信息科技": TeachingSubject.IT,
    "信息技术": TeachingSubject.IT,
    "体育": TeachingSubject.SPORT,
    "劳动技术": TeachingSubject.LABOUR,
    "心理": TeachingSubject.MENTAL_HEALTH,
    "综合实践": TeachingSubject.PRACTICE,
    "幼儿": TeachingSubject.PRESCHOOL,
    "幼教": TeachingSubject.PRESCHOOL,
    "专业课": TeachingSubject.VOCATIONAL,
    "无": TeachingSubject.NONE,
}
STAGES: dict[str, str] = {
    **{str(label): value for value, label in Stage.choices},
    "幼儿园": Stage.KINDERGARTEN,
    "学前": Stage.KINDERGARTEN,
    "初级中学": Stage.JUNIOR,
    "高中": Stage.SENIOR,
    "中职": Stage.VOCATIONAL,
    "职业高中": Stage.VOCATIONAL,
}
DEGREES: dict[str, str] = {
    **{str(label): value for value, label in Degree.choices},
    "初中": Degree.BELOW,
    "高中": Degree.BELOW,
    "中专": Degree.BELOW,
    "中师": Degree.BELOW,
    "大专": Degree.COLLEGE,
    "大学专科": Degree.COLLEGE,
    "大学": Degree.BACHELOR,
    "大学本科": Degree.BACHELOR,
    "学士": Degree.BACHELOR,
    "硕士": Degree.MASTER,
    "研究生": Degree.MASTER,
    "博士": Degree.DOCTOR,
}
SEXES: dict[str, str] = {
    **{str(label): value for value, label in Sex.choices},
    "男性": Sex.MALE,
    "女性": Sex.FEMALE,
}


@dataclass
class Schools:
    """The schools of the scope by every name and code they have."""

    by_word: dict[str, dict[int, tuple[int, str]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    run_below: dict[int, Any] = field(default_factory=dict)

    def find(self, word: str) -> list[tuple[int, int, str]]:
        """Return (school, region, name of the region) of the schools of this word."""
        found = self.by_word.get(normalize_name(word), {})
        return [(pk, region, name) for pk, (region, name) in found.items()]


def load_schools(run: Any, permission: str) -> Schools:
    """Read the standing schools that the scope or a region below it runs."""
    rows = School.objects.run_by(run.scope).existing()
    known = Schools(run_below=run_below_in(rows, run.by, permission))
    rows = rows.select_related("administered_by")
    for school in rows:
        place = (school.administered_by_id, school.administered_by.name)
        words = {school.name, school.short_name, school.school_code or ""}
        for word in words | {school.provisional_no}:
            if word:
                known.by_word[normalize_name(word)][school.pk] = place
    return known


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
    columns = (
        Column(
            "name",
            gettext_lazy("姓名"),
            aliases=("教师姓名", "教职工姓名"),
            required=True,
            max_length=60,
        ),
        Column(
            "school",
            gettext_lazy("任职学校"),
            aliases=("学校", "学校名称", "所在学校", "单位", "单位名称", "学校标识码"),
            required=True,
            help=gettext_lazy("学校全称、简称、标识码或临时编号"),
        ),
        Column(
            "county",
            gettext_lazy("区县"),
            aliases=("县区", "所在区县", "区（县）", "主管区县"),
            help=gettext_lazy("不同区县有同名学校时填写"),
        ),
        Column(
            "staff_no",
            gettext_lazy("工号"),
            aliases=("教职工号", "教工号", "职工号", "教师编号"),
            kind="code",
            max_length=40,
        ),
        Column(
            "identity",
            gettext_lazy("身份证号"),
            aliases=("身份证", "身份证号码", "身份证件号", "证件号码", "公民身份号码"),
            kind="code",
            max_length=40,
            help=gettext_lazy("18 位，单元格须为“文本”格式"),
        ),
        Column(
            "employment",
            gettext_lazy("用工形式"),
            aliases=("用人形式", "人员类别", "聘用形式", "编制类别", "编制情况"),
            kind="choice",
            choices=EMPLOYMENTS,
            required=True,
        ),
        Column("sex", gettext_lazy("性别"), kind="choice", choices=SEXES),
        Column(
            "birth_year",
            gettext_lazy("出生年份"),
            aliases=("出生年",),
            kind="int",
            minimum=identity.OLDEST,
            maximum=2100,
        ),
        Column(
            "born_on",
            gettext_lazy("出生日期"),
            aliases=("出生年月", "出生时间"),
            kind="date",
            help=gettext_lazy("只取年份；填了身份证号可以不填"),
        ),
        Column(
            "subject",
            gettext_lazy("任教学科"),
            aliases=("学科", "任教科目", "科目"),
            kind="choice",
            choices=SUBJECTS,
        ),
        Column(
            "stage",
            gettext_lazy("任教学段"),
            aliases=("学段",),
            kind="choice",
            choices=STAGES,
        ),
        Column(
            "degree",
            gettext_lazy("学历"),
            aliases=("最高学历", "文化程度"),
            kind="choice",
            choices=DEGREES,
        ),
        Column(
            "entered_on",
            gettext_lazy("入职日期"),
            aliases=(
                "进本校年月",
                "入职时间",
                "到校日期",
                "到校时间",
                "进入本校时间",
                "来校年月",
            ),
            kind="date",
        ),
    )
    presets = (
        Preset(
            gettext_lazy("教师管理信息系统导出表"),
            {
                "name": "姓名",
                "identity": "身份证件号",
                "staff_no": "教职工号",
                "school": "所在学校",
                "employment": "用人形式",
            },
        ),
        Preset(
            gettext_lazy("全国教师管理信息系统：教职工基本信息"),
            {
                "school": "学校名称",
                "name": "姓名",
                "sex": "性别",
                "staff_no": "教职工号",
                "identity": "身份证件号",
                "born_on": "出生日期",
                "entered_on": "进本校年月",
                "employment": "是否在编",
            },
            gettext_lazy(
                "列名依公开的采集指标解释。“是否在编”只分在编和编外，"
                "特岗、派遣等请导入后修改；护照等其他证件的号码不能导入，请删去该格。"
            ),
        ),
    )

    def context(self, run: Any) -> Schools:
        """Load the schools under the run's scope."""
        return load_schools(run, self.permission)

    def prepare(self, row: Row, context: Schools) -> None:
        """Complete one row: school, region, spelling, sealed identity."""
        self._school(row, context)
        self._staff_no(row)
        row.shown.pop("born_on", None)
        if born_on := row.values.pop("born_on", None):
            row.values.setdefault("birth_year", int(str(born_on)[:4]))
        self._identity(row)
        name = tidy_name(str(row.get("name", "")))
        if normalize_name(name):
            pinyin, initials = spell(name)
            row.values.update(name=name, pinyin=pinyin, initials=initials)
        entered, born = row.get("entered_on"), row.get("birth_year")
        if entered and born and int(str(entered)[:4]) <= born:
            row.reject("entered_on", "entered_unborn", _("入职日期须晚于出生年份"))

    def _school(self, row: Row, context: Schools) -> None:
        word = str(row.get("school", "")).strip()
        if not word:
            return
        found = context.find(word)
        county = str(row.get("county", "")).strip()
        if len(found) > 1 and county:
            found = [each for each in found if county in each[2]] or found
        if len(found) == 1 and found[0][0] in context.run_below:
            refusal = run_by(context.run_below[found[0][0]])
            row.reject("school", "run_below", refusal.message)
        elif len(found) == 1:
            row.values["school_id"], row.values["region_id"], _name = found[0]
        elif found:
            row.reject(
                "school",
                "ambiguous_school",
                _("“%s”对应多所学校，请改填学校标识码或临时编号") % word,
            )
        else:
            row.reject(
                "school",
                "unknown_school",
                _("在办学校中找不到“%s”，请先登记学校，或改填全称、标识码") % word,
            )

    def _staff_no(self, row: Row) -> None:
        """Send an identity number back that stands for a staff number, keeping none."""
        if not re.fullmatch(IDENTITY_LIKE, str(row.get("staff_no", "")).strip()):
            return
        row.shown.pop("staff_no", None)
        row.values.pop("staff_no", None)
        row.reject(
            "staff_no",
            "looks_like_identity",
            _("工号疑似身份证号，未保存。身份证号请填在“身份证号”一栏，工号没有时留空"),
        )

    def _identity(self, row: Row) -> None:
        row.shown.pop("identity", None)
        given = row.values.pop("identity", "")
        if not given:
            return
        try:
            number = identity.clean(given)
        except ValidationError as error:
            row.reject("identity", str(error.code), error.messages[0])
            return
        told = {"birth_year": identity.birth_year(number), "sex": identity.sex(number)}
        for name, value in told.items():
            if row.values.setdefault(name, value) != value:
                row.reject(name, "not_as_identity", _("与身份证号不一致，请核对"))
        row.values.update(
            identity=identity.mask(number),
            identity_sealed=identity.seal(number),
            identity_hash=identity.digest(number),
        )

    def checks(self, run: Any) -> Iterator[Check]:
        """Refuse numbers that belong to somebody else, and those who have left."""
        yield Check(
            "identity",
            "identity_elsewhere",
            elsewhere(run.scope),
            IDENTITY_ELSEWHERE,
        )
        yield Check(
            "staff_no",
            "identity_differs",
            _("该工号在本地区属于“{detail}”，身份证号不同，请核对工号"),
            IDENTITY_DIFFERS,
        )
        yield Check(
            "staff_no",
            "two_teachers",
            _("工号与身份证号分别属于两位教师（{detail}），请核对"),
            TWO_TEACHERS,
        )
        yield Check(
            "name",
            "has_left",
            _("该教师已于 {detail} 离职，请先在教师页面办理“恢复任职”"),
            HAS_LEFT,
        )
        yield Check(
            "name",
            "name_differs",
            _("名册中该工号的姓名是“{detail}”，将改为文件中的姓名"),
            NAME_DIFFERS,
            level="note",
        )

    def matches(self, run: Any) -> Iterator[str]:
        """Know who changes the county within the scope by the identity number."""
        yield MOVED_HERE

    def questions(self, run: Any) -> Iterator[Question]:
        """Ask about namesakes: in the register, and twice in one file."""
        yield Question(
            "namesake",
            "name",
            _("本地区已有同名教师。是否就是这位教师？"),
            NAMESAKES,
        )
        yield Question(
            "twin_in_file",
            "name",
            _(
                "本文件同一学校有同名教师，且没有工号和身份证号。"
                "若是同一人，请跳过本行；若不是，请按新增处理"
            ),
            TWINS,
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


IDENTITY_ELSEWHERE = """
    SELECT t.row_number FROM typed t
    JOIN personnel_teacher m ON m.identity_hash = t.identity_hash
    JOIN bureau_region r ON r.id = m.region_id
    WHERE m.status = 'ACTIVE' AND NOT r.lineage @> ARRAY[%(scope)s]::bigint[]
"""
MOVED_HERE = """
    SELECT t.row_number, m.id FROM typed t JOIN personnel_teacher m
        ON m.identity_hash = t.identity_hash AND m.status = 'ACTIVE'
    JOIN bureau_region r ON r.id = m.region_id
    WHERE m.region_id <> t.region_id AND r.lineage @> ARRAY[%(scope)s]::bigint[]
        AND NOT EXISTS (SELECT 1 FROM personnel_teacher o
            WHERE o.region_id = t.region_id AND o.identity_hash = t.identity_hash)
"""
IDENTITY_DIFFERS = """
    SELECT t.row_number, m.name FROM typed t JOIN personnel_teacher m
        ON m.region_id = t.region_id AND m.staff_no = t.staff_no
    WHERE m.identity_hash <> '' AND m.identity_hash <> t.identity_hash
"""
TWO_TEACHERS = """
    SELECT t.row_number, a.name || '、' || b.name FROM typed t
    JOIN personnel_teacher a ON a.region_id = t.region_id AND a.staff_no = t.staff_no
    JOIN personnel_teacher b ON b.identity_hash = t.identity_hash
        AND (b.status = 'ACTIVE' OR b.region_id = t.region_id)
    JOIN bureau_region r ON r.id = b.region_id
        AND r.lineage @> ARRAY[%(scope)s]::bigint[]
    WHERE a.id <> b.id AND a.identity_hash = ''
"""
HAS_LEFT = """
    SELECT t.row_number, m.left_on FROM typed t JOIN personnel_teacher m
        ON (m.region_id = t.region_id AND m.staff_no = t.staff_no)
    WHERE m.status = 'LEFT'
    UNION
    SELECT t.row_number, m.left_on FROM typed t JOIN personnel_teacher m
        ON m.identity_hash = t.identity_hash AND m.region_id = t.region_id
    WHERE m.status = 'LEFT'
"""
NAME_DIFFERS = """
    SELECT t.row_number, m.name FROM typed t JOIN personnel_teacher m
        ON m.region_id = t.region_id AND m.staff_no = t.staff_no
    WHERE m.name <> t.name
"""
NAMESAKES = """
    SELECT t.row_number, m.id,
        m.name || ' ' || s.name || CASE WHEN m.staff_no <> '' THEN ' ' || m.staff_no
            ELSE '' END
    FROM typed t JOIN personnel_teacher m
        ON m.region_id = t.region_id AND m.name = t.name AND m.status = 'ACTIVE'
    JOIN schools_school s ON s.id = m.school_id
    WHERE t.row_target IS NULL
        AND NOT (m.identity_hash <> '' AND t.identity_hash IS NOT NULL)
        AND NOT (m.staff_no <> '' AND t.staff_no IS NOT NULL)
        AND (m.birth_year = t.birth_year OR (m.subject <> '' AND m.subject = t.subject)
            OR (t.staff_no IS NULL AND t.identity_hash IS NULL))
"""
TWINS = """
    SELECT row_number, NULL::bigint, NULL::text FROM (
        SELECT t.row_number, t.row_target, row_number() OVER (
            PARTITION BY t.school_id, t.name, t.birth_year, t.subject
            ORDER BY t.row_number) AS nth
        FROM typed t WHERE t.staff_no IS NULL AND t.identity_hash IS NULL) x
    WHERE nth > 1 AND row_target IS NULL
"""
