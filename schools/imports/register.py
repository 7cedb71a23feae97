"""Import of school lists as bureaus hold them, with or without official codes."""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.models import Region
from core.imports import (
    Batch,
    Check,
    Column,
    ImportKind,
    Preset,
    Question,
    Row,
    register,
)
from schools.choices import CODE_PREFIXES, CODE_SHAPE, Ownership, SchoolType
from schools.imports.places import Places, load_places
from schools.imports.stages import (
    STAGES_OF_A_NEW_TYPE,
    STAGES_OF_NEW_SCHOOLS,
    STAGES_THAT_GO,
)
from schools.imports.words import (
    HIGHER,
    MIDDLE,
    OWNERSHIPS,
    PLACES,
    TYPES,
    UNCLEAR,
)
from schools.names import normalize_name, spell

CODE = re.compile(CODE_SHAPE)
BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff）】〕]) +(?=[\u3400-\u9fff（【〔])")


def tidy(name: str) -> str:
    """Return a school's name without the blanks that spreadsheets put between signs."""
    return BETWEEN_HAN.sub("", name.replace("\u3000", " ").strip())


@register
class SchoolImport(ImportKind):
    """One row is one school; what only says 中学 waits for its stage."""

    key = "schools.school"
    title = gettext_lazy("学校名录")
    permission = "schools.import_school"
    scope = "bureau.region"
    model = "schools.School"
    natural_keys = (("school_code",),)
    duplicates = "reject"
    help = gettext_lazy(
        "没有学校标识码的学校按“主管区县 + 学校名称”识别；"
        "只写“中学”的学校导入后列入学段待确认。"
    )
    columns = (
        Column(
            "name",
            gettext_lazy("学校名称"),
            aliases=("校名", "单位名称", "学校（机构）名称", "学校全称", "机构名称"),
            required=True,
            max_length=100,
            example="汉滨区红旗小学",
        ),
        Column(
            "type",
            gettext_lazy("办学类型"),
            aliases=("学校类型", "学校类别", "类别", "学校（机构）类别", "办学层次"),
            kind="choice",
            choices=TYPES,
            required=True,
            example="小学",
        ),
        Column("province", gettext_lazy("省"), aliases=("省份", "所在省")),
        Column("city", gettext_lazy("市"), aliases=("地市", "所在市", "市（州）")),
        Column(
            "county",
            gettext_lazy("区县"),
            aliases=(
                "县区",
                "所在县区",
                "所在区县",
                "区（县）",
                "县（市、区）",
                "行政区划",
            ),
            example="汉滨区",
        ),
        Column(
            "run_by",
            gettext_lazy("主管地区"),
            aliases=("主管区县", "举办地区"),
            help=gettext_lazy("与所在区县不同时填写，如市直属学校填市名"),
        ),
        Column(
            "school_code",
            gettext_lazy("学校标识码"),
            aliases=("学校（机构）标识码", "学校代码", "标识码", "机构代码"),
        ),
        Column(
            "short_name", gettext_lazy("简称"), aliases=("学校简称",), max_length=40
        ),
        Column(
            "distinguisher",
            gettext_lazy("同名区分"),
            max_length=40,
            help=gettext_lazy("同一区县确有同名学校时填写所在乡镇等"),
        ),
        Column(
            "ownership",
            gettext_lazy("举办者性质"),
            aliases=("办别", "举办者", "办学性质", "公办民办"),
            kind="choice",
            choices=OWNERSHIPS,
        ),
        Column(
            "urban_rural_code",
            gettext_lazy("城乡分类"),
            aliases=("城乡类别", "城乡类型", "驻地城乡类型", "城乡分类代码"),
            kind="choice",
            choices=PLACES,
        ),
        Column(
            "opened_on",
            gettext_lazy("开办日期"),
            aliases=("建校日期", "建校年月", "建校时间", "开办时间"),
            kind="date",
        ),
        Column("is_legal_person", gettext_lazy("独立法人"), kind="bool"),
        Column(
            "address",
            gettext_lazy("地址"),
            aliases=("学校地址", "详细地址", "通讯地址"),
            max_length=200,
        ),
        Column(
            "longitude", gettext_lazy("经度"), kind="decimal", minimum=-180, maximum=180
        ),
        Column(
            "latitude", gettext_lazy("纬度"), kind="decimal", minimum=-90, maximum=90
        ),
    )
    presets = (
        Preset(
            gettext_lazy("全国学校（机构）代码表"),
            {
                "school_code": "学校（机构）标识码",
                "name": "学校（机构）名称",
                "type": "学校（机构）类别",
                "county": "行政区划",
            },
        ),
        Preset(
            gettext_lazy("教育统计基层表：学校（机构）基本情况"),
            {
                "school_code": "学校（机构）标识码",
                "name": "学校（机构）名称",
                "type": "学校（机构）办学类型",
                "ownership": "学校（机构）举办者",
                "urban_rural_code": "学校（机构）驻地城乡类型",
                "address": "学校（机构）地址",
            },
            gettext_lazy(
                "列名依公开的填报说明。举办者只分教育部门、其他部门和民办，"
                "普惠性民办须另行登记；驻地城乡类型只写城区、镇区、乡村的不导入该列。"
            ),
        ),
        Preset(
            gettext_lazy("学籍信息管理系统：学校基本信息表"),
            {
                "school_code": "学校标识码",
                "name": "学校名称",
                "address": "学校地址",
                "type": "学校办学类型",
                "urban_rural_code": "所在地城乡类型",
                "ownership": "学校举办者",
                "county": "行政区划码",
                "opened_on": "建校年月",
            },
            gettext_lazy(
                "列名依公开的数据采集指标；各省导出的列有增减，"
                "认不全时请在下一步对应，系统会记住。"
            ),
        ),
    )

    def context(self, run: Any) -> Places:
        """Load the names of the regions under the run's scope."""
        return load_places(run.scope)

    def prepare(self, row: Row, context: Places) -> None:
        """Complete one row: type, county, code, comparable name, spelling."""
        self._type(row)
        self._place(row, context)
        self._code(row, context)
        self._facts(row)
        self._name(row, context)

    def _type(self, row: Row) -> None:
        said = row.get("type")
        if said == HIGHER:
            del row.values["type"]
            row.reject(
                "type",
                "out_of_scope",
                _("高等教育机构不在中小学（幼儿园）登记范围内，不导入本行"),
            )
        elif said == MIDDLE:
            del row.values["type"]
            row.note(
                "type",
                "stage_to_confirm",
                _("只写“中学”，导入后请在“学段待确认”中确认是初中、高中还是完全中学"),
            )

    def _place(self, row: Row, context: Places) -> None:
        here = self._region(row, context, "county")
        run_by = self._region(row, context, "run_by") if row.get("run_by") else here
        if here and run_by:
            row.values["region_id"] = here.pk
            row.values["administered_by_id"] = run_by.pk

    def _region(self, row: Row, context: Places, column: str) -> Region | None:
        name = str(row.get(column, "")).strip()
        if not name:
            return self._scope_itself(row, context, column)
        found = context.find(name, [row.get("city", ""), row.get("province", "")])
        if len(found) == 1:
            return found[0]
        place = context.scope.name if context.scope else _("全国")
        if not found:
            message = _("在%(place)s找不到“%(name)s”，请填写现名、曾用名或区划代码")
            code = "unknown_region"
        else:
            message = _("“%(name)s”在%(place)s对应多个地区，请改填区划代码")
            code = "ambiguous_region"
        row.reject(column, code, message % {"place": place, "name": name})
        return None

    def _scope_itself(self, row: Row, context: Places, column: str) -> Region | None:
        scope = context.scope
        if scope and not scope.is_city_bureau:
            return scope
        row.reject(column, "required", _("未填“区县”，请补填后重新导入"))
        return None

    def _code(self, row: Row, context: Places) -> None:
        code = row.get("school_code")
        if not code:
            return
        if not CODE.match(code):
            row.reject("school_code", "code_shape", _("学校标识码应为十位数字"))
            return
        prefixes = CODE_PREFIXES.get(row.get("type", ""), ())
        if prefixes and code[:2] not in prefixes:
            row.reject(
                "school_code",
                "code_type",
                _("学校标识码前两位“%(code)s”与办学类型不一致") % {"code": code[:2]},
            )
        scope = context.scope
        if scope and code[2:4] != scope.province_code:
            row.reject(
                "school_code",
                "code_province",
                _("学校标识码第三、四位应为本省代码 %(code)s")
                % {"code": scope.province_code},
            )

    def _facts(self, row: Row) -> None:
        if row.get("urban_rural_code") == UNCLEAR:
            del row.values["urban_rural_code"]
            row.note(
                "urban_rural_code",
                "unclear",
                _("城乡分类需细分到七类之一（如主城区、镇中心区、村庄），本列未导入"),
            )
        if ("longitude" in row.values) != ("latitude" in row.values):
            row.reject("longitude", "half_position", _("经度和纬度须同时填写"))
        inclusive = row.get("ownership") == Ownership.INCLUSIVE_PRIVATE
        if inclusive and row.get("type") != SchoolType.KINDERGARTEN:
            row.reject("ownership", "not_inclusive", _("普惠性民办仅适用于幼儿园"))

    def _name(self, row: Row, context: Places) -> None:
        name = tidy(str(row.get("name", "")))
        if not normalize_name(name):
            return
        normal = normalize_name(name)
        pinyin, initials = spell(name)
        row.values.update(
            name=name, normalized_name=normal, pinyin=pinyin, initials=initials
        )
        county = row.get("administered_by_id")
        if county and not row.is_rejected and "distinguisher" not in row.values:
            times = context.meet(county, normal)
            if times > 1 and not row.get("school_code"):
                row.values["distinguisher"] = _("同名%(n)s") % {"n": times}

    def matches(self, run: Any) -> Iterator[str]:
        """Find a school by its code, else by administering county and name."""
        yield (
            "SELECT t.row_number, m.id FROM typed t"
            " JOIN schools_school m ON m.school_code = t.school_code"
        )
        yield """
            SELECT t.row_number, m.id FROM typed t
            JOIN schools_school m ON m.administered_by_id = t.administered_by_id
                AND m.normalized_name = t.normalized_name
                AND m.distinguisher = coalesce(t.distinguisher, '')
                AND m.closed_on IS NULL
            WHERE t.row_target IS NULL
                AND (m.school_code IS NULL OR t.school_code IS NULL)
        """

    def checks(self, run: Any) -> Iterator[Check]:
        """Refuse a code that was given up when two entries were put together."""
        yield Check(
            "school_code",
            "code_given_up",
            _("该标识码录错，已在合并重复登记时停用，该校现用 {detail}"),
            """
            SELECT t.row_number, max(s.school_code) FROM typed t
            JOIN schools_mergedrecord m ON m.given_up_code = t.school_code
            JOIN schools_school s ON s.id = m.school_id
            WHERE s.school_code <> t.school_code GROUP BY t.row_number
            """,
        )

    def questions(self, run: Any) -> Iterator[Question]:
        """Ask about schools of one name: in the register, and twice in one file."""
        yield Question(
            "homonym",
            "name",
            _(
                "本区县已登记同名学校（标识码、同名区分或办学状态不同）。是否就是这所学校？"
            ),
            """
            SELECT t.row_number, m.id, m.name || coalesce(' ' || m.school_code, '')
                || CASE WHEN m.distinguisher <> '' THEN '（' || m.distinguisher || '）'
                   ELSE '' END
                || CASE WHEN m.closed_on IS NULL THEN '' ELSE ' ' || m.closed_on END
            FROM typed t JOIN schools_school m
                ON m.administered_by_id = t.administered_by_id
                AND m.normalized_name = t.normalized_name
            WHERE t.row_target IS NULL
            """,
        )
        yield Question(
            "twin_in_file",
            "name",
            _(
                "本文件中同一区县有同名学校。若是同一所，请跳过本行；若不是，请按新增处理"
            ),
            """
            SELECT row_number, NULL::bigint, NULL::text FROM (
                SELECT t.row_number, t.row_target, row_number() OVER (
                    PARTITION BY t.administered_by_id, t.normalized_name
                    ORDER BY t.row_number) AS nth
                FROM typed t) x
            WHERE nth > 1 AND row_target IS NULL
            """,
        )

    def apply(self, batch: Batch) -> None:
        """Write the schools and keep their stages in step with their types."""
        batch.delete("schools.SchoolStage", STAGES_THAT_GO)
        batch.insert("schools.SchoolStage", STAGES_OF_A_NEW_TYPE)
        batch.upsert()
        batch.insert("schools.SchoolStage", STAGES_OF_NEW_SCHOOLS)
