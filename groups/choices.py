"""Choices of groups, memberships, cases and documents."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class GroupType(models.TextChoices):
    """What kind of body a group is."""

    FAMOUS_SCHOOL_GROUP = "FAMOUS_SCHOOL_GROUP", _("名校教育集团")
    SCHOOL_COMMUNITY = "SCHOOL_COMMUNITY", _("学校发展共同体")
    VOCATIONAL_ALLIANCE = "VOCATIONAL_ALLIANCE", _("职业（产业）教育联盟")
    BASIC_EDUCATION_GROUP = "BASIC_EDUCATION_GROUP", _("基础教育集团")
    KINDERGARTEN_CHAIN = "KINDERGARTEN_CHAIN", _("连锁办园集团")


class Closeness(models.TextChoices):
    """How closely the schools of a group are tied."""

    TIGHT = "TIGHT", _("紧密型")
    SEMI_TIGHT = "SEMI_TIGHT", _("半紧密型")
    LOOSE = "LOOSE", _("松散型")


class OperationForm(models.TextChoices):
    """How a group runs its schools (AK-3.3.3)."""

    CHAIN = "CHAIN", _("连锁办学")
    COOPERATIVE = "COOPERATIVE", _("合作办学")
    ALLIANCE = "ALLIANCE", _("联盟办学")


class BondType(models.TextChoices):
    """What binds the schools of a group (AK-3.3.3)."""

    ASSET = "ASSET", _("资产纽带")
    TEACHING = "TEACHING", _("教育教学纽带")
    BOTH = "BOTH", _("资产和教育教学纽带")


class FormationBasis(models.TextChoices):
    """On whose will a group is formed (AK-1.2.2)."""

    VOLUNTARY = "VOLUNTARY", _("学校自主组合")
    ADMIN_LED = "ADMIN_LED", _("行政主导组合")
    MIXED = "MIXED", _("自主与行政结合")


class GroupOwnership(models.TextChoices):
    """Who runs the schools of a group."""

    PUBLIC = "PUBLIC", _("公办")
    PRIVATE = "PRIVATE", _("民办")
    MIXED = "MIXED", _("公民办混合")


class GroupState(models.TextChoices):
    """Where a group stands in its life (SM1)."""

    APPROVED = "APPROVED", _("已批准")
    PILOT = "PILOT", _("试点")
    ACTIVE = "ACTIVE", _("正式运行")
    SUSPENDED = "SUSPENDED", _("暂停")
    DISSOLVING = "DISSOLVING", _("清算中")
    DISSOLVED = "DISSOLVED", _("已终止")


OPERATING = (GroupState.PILOT, GroupState.ACTIVE)
"""The states in which a group works and must have exactly one lead."""


class Role(models.TextChoices):
    """The part of a school in a group."""

    LEAD = "LEAD", _("龙头学校")
    MEMBER = "MEMBER", _("成员学校")
    COOPERATING = "COOPERATING", _("参与配合学校")


class JoinForm(models.TextChoices):
    """How a school joins a group."""

    BRANCH = "BRANCH", _("分校")
    LED_BY = "LED_BY", _("领办")
    MERGED = "MERGED", _("兼并")
    JOINT = "JOINT", _("联合办学")
    COOPERATE = "COOPERATE", _("合作办学")
    RESTRUCTURE = "RESTRUCTURE", _("重组")
    ALLIANCE = "ALLIANCE", _("联盟")
    ENTRUST = "ENTRUST", _("托管")
    PAIRING = "PAIRING", _("结对帮扶")


CORE_WEAK_FORMS = (JoinForm.RESTRUCTURE, JoinForm.ALLIANCE, JoinForm.ENTRUST)
"""The only join forms of core school + weak school (AK-3.2.2)."""


class CaseKind(models.TextChoices):
    """What a case asks for."""

    FORMATION = "FORMATION", _("组建集团")
    JOIN = "JOIN", _("学校加入")
    EXIT = "EXIT", _("学校退出")
    ROLE_CHANGE = "ROLE_CHANGE", _("角色变更")
    LEAD_CHANGE = "LEAD_CHANGE", _("更换龙头学校")
    TRANSFER = "TRANSFER", _("转入其他集团")
    GRADUATE = "GRADUATE", _("成长退出")
    DISMISS = "DISMISS", _("责令退出")
    CLOSENESS = "CLOSENESS", _("调整紧密程度")
    DISSOLUTION = "DISSOLUTION", _("终止集团")
    RECOGNITION = "RECOGNITION", _("示范集团认定")


class CaseState(models.TextChoices):
    """Where a case stands."""

    DRAFT = "DRAFT", _("草稿")
    SUBMITTED = "SUBMITTED", _("待受理")
    UNDER_REVIEW = "UNDER_REVIEW", _("审核中")
    APPROVED = "APPROVED", _("已批准")
    REJECTED = "REJECTED", _("未批准")
    WITHDRAWN = "WITHDRAWN", _("已撤回")


CASE_OPEN = (CaseState.DRAFT, CaseState.SUBMITTED, CaseState.UNDER_REVIEW)


class LineDecision(models.TextChoices):
    """What was decided about one line of a case."""

    PENDING = "PENDING", _("待定")
    APPROVED = "APPROVED", _("批准")
    REJECTED = "REJECTED", _("不批准")


class TaskKind(models.TextChoices):
    """What a task of a case is for."""

    READINESS = "READINESS", _("组建条件")
    COMPLIANCE = "COMPLIANCE", _("合规审查")
    PILOT_REVIEW = "PILOT_REVIEW", _("试点评估")
    CONDITION = "CONDITION", _("批准条件")


class TaskState(models.TextChoices):
    """Whether a task is met."""

    OPEN = "OPEN", _("待办")
    PASSED = "PASSED", _("符合")
    FAILED = "FAILED", _("不符合")


class Outcome(models.TextChoices):
    """The outcome of a decision."""

    APPROVED = "APPROVED", _("批准")
    WITH_CONDITIONS = "WITH_CONDITIONS", _("附条件批准")
    REJECTED = "REJECTED", _("不批准")
    DEFERRED = "DEFERRED", _("暂缓")


APPROVING = (Outcome.APPROVED, Outcome.WITH_CONDITIONS)


class DocumentKind(models.TextChoices):
    """What a document is."""

    FORMATION_PLAN = "FORMATION_PLAN", _("组建方案")
    CHARTER = "CHARTER", _("集团章程")
    DEVELOPMENT_PLAN = "DEVELOPMENT_PLAN", _("发展规划")
    WORK_PLAN = "WORK_PLAN", _("工作计划")
    REGULATION = "REGULATION", _("管理制度")
    AGREEMENT = "AGREEMENT", _("合作（托管）协议")
    WORK_SCHEME = "WORK_SCHEME", _("工作方案")
    IMPLEMENTATION_PLAN = "IMPLEMENTATION_PLAN", _("实施方案")
    APPRAISAL_SCHEME = "APPRAISAL_SCHEME", _("考核方案")
    FOUNDING = "FOUNDING", _("成立批文")


ONE_IN_FORCE = (
    DocumentKind.CHARTER,
    DocumentKind.DEVELOPMENT_PLAN,
    DocumentKind.WORK_PLAN,
)
"""The kinds of which a group has at most one in force on any day."""


class DocumentState(models.TextChoices):
    """Where a document stands."""

    DRAFT = "DRAFT", _("草稿")
    SUBMITTED = "SUBMITTED", _("待备案")
    EFFECTIVE = "EFFECTIVE", _("已生效")
    SUPERSEDED = "SUPERSEDED", _("已被替代")


BEEN_IN_FORCE = (DocumentState.EFFECTIVE, DocumentState.SUPERSEDED)


class ObligationKind(models.TextChoices):
    """What must be settled before a school leaves or a group closes."""

    ASSIGNMENT = "ASSIGNMENT", _("在外任教教师")
    POST = "POST", _("兼任职务")
    POOL = "POOL", _("统筹经费")
    ASSET = "ASSET", _("共享资产")
    AGREEMENT = "AGREEMENT", _("托管协议")
    CONDITION = "CONDITION", _("批准条件")
    OTHER = "OTHER", _("其他")
