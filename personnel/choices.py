"""The words of a teacher's record."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Employment(models.TextChoices):
    """By what tie a teacher is employed."""

    ESTABLISHMENT = "ESTABLISHMENT", _("编制内")
    CONTRACT = "CONTRACT", _("合同聘用")
    SPECIAL_POST = "SPECIAL_POST", _("特岗")
    DISPATCHED = "DISPATCHED", _("劳务派遣")
    REHIRED = "REHIRED", _("退休返聘")
    OTHER = "OTHER", _("其他")


class TeachingSubject(models.TextChoices):
    """What a teacher mainly teaches."""

    CHINESE = "CHINESE", _("语文")
    MATHS = "MATHS", _("数学")
    ENGLISH = "ENGLISH", _("英语")
    OTHER_LANGUAGE = "OTHER_LANGUAGE", _("其他外语")
    MORALITY = "MORALITY", _("道德与法治（思想政治）")
    PHYSICS = "PHYSICS", _("物理")
    CHEMISTRY = "CHEMISTRY", _("化学")
    BIOLOGY = "BIOLOGY", _("生物")
    HISTORY = "HISTORY", _("历史")
    GEOGRAPHY = "GEOGRAPHY", _("地理")
    SCIENCE = "SCIENCE", _("科学")
    IT = "IT", _("信息科技（信息技术）")
    GENERAL_TECH = "GENERAL_TECH", _("通用技术")
    SPORT = "SPORT", _("体育与健康")
    MUSIC = "MUSIC", _("音乐")
    ART = "ART", _("美术")
    ARTS = "ARTS", _("艺术")
    LABOUR = "LABOUR", _("劳动")
    MENTAL_HEALTH = "MENTAL_HEALTH", _("心理健康")
    PRACTICE = "PRACTICE", _("综合实践活动")
    PRESCHOOL = "PRESCHOOL", _("学前教育")
    SPECIAL = "SPECIAL", _("特殊教育")
    VOCATIONAL = "VOCATIONAL", _("专业课（实习指导）")
    NONE = "NONE", _("不任课")


class Degree(models.TextChoices):
    """The highest degree held."""

    BELOW = "BELOW", _("高中阶段及以下")
    COLLEGE = "COLLEGE", _("专科")
    BACHELOR = "BACHELOR", _("本科")
    MASTER = "MASTER", _("硕士研究生")
    DOCTOR = "DOCTOR", _("博士研究生")


class Sex(models.TextChoices):
    """As on the identity card."""

    FEMALE = "F", _("女")
    MALE = "M", _("男")


class TeacherStatus(models.TextChoices):
    """Whether the employment goes on."""

    ACTIVE = "ACTIVE", _("在职")
    LEFT = "LEFT", _("已离职")


class LeaveReason(models.TextChoices):
    """Why an employment ended."""

    RETIRED = "RETIRED", _("退休")
    MOVED = "MOVED", _("调出")
    RESIGNED = "RESIGNED", _("辞职（解除合同）")
    EXPIRED = "EXPIRED", _("合同（服务）期满")
    DISMISSED = "DISMISSED", _("辞退（开除）")
    DIED = "DIED", _("去世")
    OTHER = "OTHER", _("其他")
