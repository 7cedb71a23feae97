"""Choices of the school register."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SchoolType(models.TextChoices):
    """The ten kinds of school of the register."""

    KINDERGARTEN = "KINDERGARTEN", _("幼儿园")
    PRIMARY = "PRIMARY", _("小学")
    JUNIOR = "JUNIOR", _("初级中学")
    SENIOR = "SENIOR", _("高级中学")
    NINE_YEAR = "NINE_YEAR", _("九年一贯制学校")
    TWELVE_YEAR = "TWELVE_YEAR", _("十二年一贯制学校")
    COMPLETE_SECONDARY = "COMPLETE_SECONDARY", _("完全中学")
    VOCATIONAL_SECONDARY = "VOCATIONAL_SECONDARY", _("中等职业学校")
    TECHNICIAN = "TECHNICIAN", _("技工学校")
    SPECIAL = "SPECIAL", _("特殊教育学校")


class Stage(models.TextChoices):
    """What is taught; statistics are kept per stage."""

    KINDERGARTEN = "KINDERGARTEN", _("学前教育")
    PRIMARY = "PRIMARY", _("小学")
    JUNIOR = "JUNIOR", _("初中")
    SENIOR = "SENIOR", _("普通高中")
    VOCATIONAL = "VOCATIONAL", _("中等职业")


COMPULSORY = (Stage.PRIMARY, Stage.JUNIOR)

DEFAULT_STAGES: dict[str, tuple[Stage, ...]] = {
    SchoolType.KINDERGARTEN: (Stage.KINDERGARTEN,),
    SchoolType.PRIMARY: (Stage.PRIMARY,),
    SchoolType.JUNIOR: (Stage.JUNIOR,),
    SchoolType.SENIOR: (Stage.SENIOR,),
    SchoolType.NINE_YEAR: (Stage.PRIMARY, Stage.JUNIOR),
    SchoolType.TWELVE_YEAR: (Stage.PRIMARY, Stage.JUNIOR, Stage.SENIOR),
    SchoolType.COMPLETE_SECONDARY: (Stage.JUNIOR, Stage.SENIOR),
    SchoolType.VOCATIONAL_SECONDARY: (Stage.VOCATIONAL,),
    SchoolType.TECHNICIAN: (Stage.VOCATIONAL,),
    SchoolType.SPECIAL: (Stage.PRIMARY, Stage.JUNIOR),
}
"""The stages a school of each type teaches unless it is told otherwise."""

ALLOWED_STAGES: dict[str, tuple[Stage, ...]] = {
    **DEFAULT_STAGES,
    SchoolType.PRIMARY: (Stage.KINDERGARTEN, Stage.PRIMARY),
    SchoolType.NINE_YEAR: (Stage.KINDERGARTEN, Stage.PRIMARY, Stage.JUNIOR),
    SchoolType.TWELVE_YEAR: (
        Stage.KINDERGARTEN,
        Stage.PRIMARY,
        Stage.JUNIOR,
        Stage.SENIOR,
    ),
    SchoolType.VOCATIONAL_SECONDARY: (Stage.SENIOR, Stage.VOCATIONAL),
    SchoolType.SPECIAL: tuple(Stage),
}
"""The stages a school of each type may teach (a primary school may run a nursery)."""

CODE_PREFIXES: dict[str, tuple[str, ...]] = {
    SchoolType.KINDERGARTEN: ("11",),
    SchoolType.PRIMARY: ("21",),
    SchoolType.JUNIOR: ("31",),
    SchoolType.NINE_YEAR: ("31",),
    SchoolType.SENIOR: ("34",),
    SchoolType.COMPLETE_SECONDARY: ("34",),
    SchoolType.TWELVE_YEAR: ("34",),
    SchoolType.VOCATIONAL_SECONDARY: ("36",),
    SchoolType.TECHNICIAN: ("36",),
    SchoolType.SPECIAL: ("51",),
}
"""First two digits of the official code by type of school."""

UNCLEAR_TYPES = (
    SchoolType.JUNIOR,
    SchoolType.SENIOR,
    SchoolType.COMPLETE_SECONDARY,
    SchoolType.NINE_YEAR,
    SchoolType.TWELVE_YEAR,
)
"""What a list may mean that only says 中学."""

CODE_SHAPE = r"^(11|21|22|3[1-7]|41|42|51|9[1-3])\d{8}$"


class Ownership(models.TextChoices):
    """Who runs the school."""

    PUBLIC = "PUBLIC", _("公办")
    INCLUSIVE_PRIVATE = "INCLUSIVE_PRIVATE", _("普惠性民办")
    PRIVATE = "PRIVATE", _("民办")


class UrbanRural(models.TextChoices):
    """The statistical place of a school between town and country."""

    CITY_CORE = "111", _("主城区")
    CITY_FRINGE = "112", _("城乡结合区")
    TOWN_CORE = "121", _("镇中心区")
    TOWN_FRINGE = "122", _("镇乡结合区")
    SPECIAL = "123", _("特殊区域")
    RURAL_CENTRE = "210", _("乡中心区")
    VILLAGE = "220", _("村庄")


RURAL = (UrbanRural.RURAL_CENTRE, UrbanRural.VILLAGE)


class SchoolStatus(models.TextChoices):
    """Where a school stands between plan and end."""

    PLANNED = "PLANNED", _("筹建")
    OPEN = "OPEN", _("在办")
    MERGED = "MERGED", _("已合并")
    CLOSED = "CLOSED", _("已停办")


class Label(models.TextChoices):
    """Dated recognitions of a school; weak and potential are for internal use only."""

    NEW = "NEW", _("新校")
    POTENTIAL = "POTENTIAL", _("潜质学校")
    WEAK = "WEAK", _("薄弱学校")
    QUALITY = "QUALITY", _("优质学校")
    FAMOUS = "FAMOUS", _("名校")
    NEW_COMMUNITY = "NEW_COMMUNITY", _("新建小区配套学校")
    DEV_ZONE = "DEV_ZONE", _("开发区学校")
    QUALITY_PLUS = "QUALITY_PLUS", _("优质学校+")
    DEMONSTRATION = "DEMONSTRATION", _("示范学校")


INTERNAL_LABELS = (Label.WEAK, Label.POTENTIAL)
QUALITY_LABELS = (Label.QUALITY, Label.FAMOUS)


INTERNAL_METRICS = {
    "schools.quality_value_added",
    "schools.quality_cv_reduction",
    "schools.kinder_quality_change",
    "schools.kinder_quality_gap_reduction",
}
"""Figures of quality monitoring: never compared, plotted or ranked school by school."""


class ReturnState(models.TextChoices):
    """Where an annual return stands."""

    DRAFT = "DRAFT", _("填报中")
    SUBMITTED = "SUBMITTED", _("待校长确认")
    CONFIRMED = "CONFIRMED", _("学校已确认")
    GROUP_CHECKED = "GROUP_CHECKED", _("集团已核对")
    ACCEPTED = "ACCEPTED", _("已验收")
    RETURNED = "RETURNED", _("退回修改")
    LOCKED = "LOCKED", _("已锁定")


class UnlockState(models.TextChoices):
    """Where the request to open a locked return stands."""

    ASKED = "ASKED", _("待批准")
    OPEN = "OPEN", _("已开放")
    REFUSED = "REFUSED", _("未批准")
    WITHDRAWN = "WITHDRAWN", _("已撤回")
    CLOSED = "CLOSED", _("已关闭")


GRANTED = (UnlockState.OPEN, UnlockState.CLOSED)
EDITABLE = (ReturnState.DRAFT, ReturnState.RETURNED)
CONFIRMED_STATES = (
    ReturnState.CONFIRMED,
    ReturnState.GROUP_CHECKED,
    ReturnState.ACCEPTED,
    ReturnState.LOCKED,
)
"""The states in which the school stands by its figures; metrics read these."""
RETURN_PATH = (
    ReturnState.DRAFT,
    ReturnState.RETURNED,
    ReturnState.SUBMITTED,
    *CONFIRMED_STATES,
)
"""The states of a return from the first to the last."""


class PartnerKind(models.TextChoices):
    """What works with schools without being one (BN-3.4, BN-4.1.3a)."""

    PARK_ENTERPRISE = "PARK_ENTERPRISE", _("园区企业")
    ENTERPRISE = "ENTERPRISE", _("其他企业")
    INSTITUTE = "INSTITUTE", _("科研院校")
    ASSOCIATION = "ASSOCIATION", _("行业协会")
    OUTSIDE_SCHOOL = "OUTSIDE_SCHOOL", _("域外学校")
    PUBLIC_BODY = "PUBLIC_BODY", _("机关事业单位")
    OTHER = "OTHER", _("其他合作方")


class ProjectKind(models.TextChoices):
    """What is built."""

    NEW_BUILD = "NEW_BUILD", _("新建")
    REBUILD = "REBUILD", _("改建")
    EXTENSION = "EXTENSION", _("扩建")
    RELOCATION = "RELOCATION", _("迁建")
    RENOVATION = "RENOVATION", _("维修改造")
    EQUIPMENT = "EQUIPMENT", _("设施设备")


class Programme(models.TextChoices):
    """The programme that a construction project belongs to (AK-4.2b)."""

    STANDARD = "STANDARD", _("学校标准化建设")
    CITY_CENTRE = "CITY_CENTRE", _("中心城区教育提升工程")
    COUNTY_SEAT = "COUNTY_SEAT", _("县城以上中小学建设")
    WEAK_SCHOOLS = "WEAK_SCHOOLS", _("全面改薄")
    PRESCHOOL = "PRESCHOOL", _("学前教育三年行动计划")
    OTHER = "OTHER", _("其他")


class PlanState(models.TextChoices):
    """Where a plan to do away with large classes stands."""

    DRAFT = "DRAFT", _("制订中")
    SUBMITTED = "SUBMITTED", _("待主管部门同意")
    ACTIVE = "ACTIVE", _("执行中")
    CLOSED = "CLOSED", _("已结束")


STANDING_PLANS = (PlanState.DRAFT, PlanState.SUBMITTED, PlanState.ACTIVE)
