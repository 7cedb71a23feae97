"""Choices of frameworks, cycles, assessments, scores and results."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FrameworkState(models.TextChoices):
    """The life of one version of a framework (SM9)."""

    DRAFT = "DRAFT", _("草稿")
    READY = "READY", _("待发布")
    PUBLISHED = "PUBLISHED", _("已发布")
    RETIRED = "RETIRED", _("已停用")


class Method(models.TextChoices):
    """Where a leaf's score comes from (BN-4.3.2)."""

    AUTO = "AUTO", _("系统计算")
    MIXED = "MIXED", _("系统计算与专家评议")
    EXPERT = "EXPERT", _("行业认定（专家评议）")
    SURVEY = "SURVEY", _("社会评价（满意度调查）")
    THIRD_PARTY = "THIRD_PARTY", _("第三方评估")


class Subject(models.TextChoices):
    """Whom a leaf applies to."""

    GROUP = "GROUP", _("教育集团")
    SCHOOL = "SCHOOL", _("学校")
    BOTH = "BOTH", _("集团和学校")


class Target(models.TextChoices):
    """Whom a framework or a cycle appraises (BN-4.3.1)."""

    GROUP = "GROUP", _("教育集团")
    SCHOOL = "SCHOOL", _("成员学校")


class Variant(models.TextChoices):
    """The sector whose metrics replace the base ones."""

    NONE = "", _("通用")
    VOCATIONAL = "VOCATIONAL", _("职业教育")
    KINDERGARTEN = "KINDERGARTEN", _("学前教育")


class CycleKind(models.TextChoices):
    """How far a cycle goes."""

    ANNUAL = "ANNUAL", _("年度考核")
    COMPREHENSIVE = "COMPREHENSIVE", _("综合评估")


class CycleState(models.TextChoices):
    """The steps of a cycle (SM10)."""

    PLANNED = "PLANNED", _("计划中")
    OPEN = "OPEN", _("已启动")
    DATA_LOCKED = "DATA_LOCKED", _("数据已锁定")
    SELF_EVALUATION = "SELF_EVALUATION", _("自评填报中")
    REVIEW = "REVIEW", _("评分中")
    CONSOLIDATION = "CONSOLIDATION", _("结果汇总")
    PUBLICITY = "PUBLICITY", _("公示中")
    PUBLISHED = "PUBLISHED", _("已公布")
    ARCHIVED = "ARCHIVED", _("已归档")


class AssessmentState(models.TextChoices):
    """The life of one subject's assessment in a cycle (SM11)."""

    PENDING = "PENDING", _("待自评")
    SELF_SUBMITTED = "SELF_SUBMITTED", _("已提交自评")
    UNDER_REVIEW = "UNDER_REVIEW", _("评分中")
    SCORED = "SCORED", _("已评分")
    CONFIRMED = "CONFIRMED", _("已确认")
    FINAL = "FINAL", _("已定")
    EXEMPT = "EXEMPT", _("不予评定")


class ReportState(models.TextChoices):
    """The life of a principal's self-evaluation report."""

    DRAFT = "DRAFT", _("填写中")
    SUBMITTED = "SUBMITTED", _("已提交")
    RETURNED = "RETURNED", _("已退回")
    ACCEPTED = "ACCEPTED", _("已接收")


class How(models.TextChoices):
    """How one score came about, said wherever it is shown."""

    AUTO = "AUTO", _("系统计算")
    MIXED = "MIXED", _("系统计算加手工评分")
    BY_HAND = "BY_HAND", _("手工评分")


class RubricLevel(models.TextChoices):
    """The level a person gives."""

    A = "A", _("A 级")
    B = "B", _("B 级")
    C = "C", _("C 级")
    D = "D", _("D 级")
    E = "E", _("均未达到")


class Grade(models.TextChoices):
    """The grade of a result (domain model, scoring semantics)."""

    A = "A", _("优秀")
    B = "B", _("良好")
    C = "C", _("合格")
    D = "D", _("不合格")


class ResultState(models.TextChoices):
    """Who may see a result: the bureau only, or those it concerns too."""

    DRAFT = "DRAFT", _("汇总稿")
    PUBLICISED = "PUBLICISED", _("公示中")
    PUBLISHED = "PUBLISHED", _("已公布")


class Limit(models.TextChoices):
    """Why a grade is below the band of its score."""

    NONE = "", _("无")
    QUOTA = "QUOTA", _("优秀名额已满")
    MEMBER = "MEMBER", _("有成员校明显下滑")
    VETO = "VETO", _("一票否决")


class Veto(models.TextChoices):
    """The kinds of veto."""

    NONE = "", _("无")
    SERIOUS_ACCIDENT = "SERIOUS_ACCIDENT", _("重大安全或师德事故")
    TEST_ADMISSION = "TEST_ADMISSION", _("以考试方式招生")
    ILLEGAL_FEES = "ILLEGAL_FEES", _("违规收费")
    NEW_OVERSIZE_CLASS = "NEW_OVERSIZE_CLASS", _("新增超大班额")
    FORGED_DATA = "FORGED_DATA", _("数据造假")
    FUND_MISUSE = "FUND_MISUSE", _("挪用专项经费")
