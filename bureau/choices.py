"""Choices of regions, departments, policies and parameters."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """How high a region stands in the tree."""

    PROVINCE = "PROVINCE", _("省级")
    CITY = "CITY", _("地级")
    COUNTY = "COUNTY", _("县级")
    FUNCTIONAL_ZONE = "FUNCTIONAL_ZONE", _("功能区")
    TOWN = "TOWN", _("乡镇街道")


class DepartmentKind(models.TextChoices):
    """What a department of a region answers for in group schooling."""

    EDU = "EDU", _("教育行政部门")
    GOVERNMENT_OFFICE = "GOVERNMENT_OFFICE", _("政府办公室")
    ESTABLISHMENT = "ESTABLISHMENT", _("机构编制部门")
    HR = "HR", _("人力社保部门")
    FINANCE = "FINANCE", _("财政部门")
    TAX = "TAX", _("税务部门")
    REFORM = "REFORM", _("发展改革部门")
    ORG = "ORG", _("组织部门")
    SUPERVISION = "SUPERVISION", _("教育督导机构")
    TEACHER_TRAINING = "TEACHER_TRAINING", _("教师培训机构")
    TEACHING_RESEARCH = "TEACHING_RESEARCH", _("教研机构")


class PolicyLevel(models.TextChoices):
    """The level of government that issued a policy document."""

    NATIONAL = "NATIONAL", _("国家")
    PROVINCE = "PROVINCE", _("省级")
    CITY = "CITY", _("市级")
    COUNTY = "COUNTY", _("区县级")


class Area(models.TextChoices):
    """The subject a clause belongs to."""

    BUREAU = "bureau", _("行政与政策")
    SCHOOLS = "schools", _("学校")
    GROUPS = "groups", _("教育集团")
    PERSONNEL = "personnel", _("教师与干部")
    EVALUATION = "evaluation", _("考核评价")
    FUNDING = "funding", _("经费")
    PORTAL = "portal", _("门户与宣传")


class Priority(models.TextChoices):
    """How binding a clause is for the product."""

    MUST = "M", _("必须落实")
    SHOULD = "S", _("应当落实")
    INFORMATION = "I", _("背景说明")


class ValueKind(models.TextChoices):
    """The type of a parameter's value."""

    DECIMAL = "decimal", _("数值")
    BOOL = "bool", _("是否")
    TEXT = "text", _("文本")
    JSON = "json", _("列表")


class Refining(models.TextChoices):
    """What the regions below may do with a parameter that a region has set."""

    FREE = "FREE", _("下级可另行设定")
    RANGE = "RANGE", _("下级只能在范围内设定")
    FIXED = "FIXED", _("下级不得另行设定")
