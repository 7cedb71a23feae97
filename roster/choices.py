"""The words of roster exchange."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Collection(models.TextChoices):
    """The collections of a roster, in the order they build on each other."""

    ORGS = "orgs", _("机构")
    SESSIONS = "academicSessions", _("学年与学期")
    COURSES = "courses", _("课程")
    CLASSES = "classes", _("班级")
    USERS = "users", _("人员")
    ENROLLMENTS = "enrollments", _("班级成员")


class RunKind(models.TextChoices):
    """The door a run came in by."""

    BULK = "BULK", _("批量接口")
    BUNDLE = "BUNDLE", _("数据包")
    SINGLE = "SINGLE", _("单条写入")


class RunState(models.TextChoices):
    """Where a run stands."""

    RECEIVED = "RECEIVED", _("已收到")
    VALIDATING = "VALIDATING", _("核对中")
    PREVIEW = "PREVIEW", _("待确认")
    HELD = "HELD", _("待审批")
    APPLYING = "APPLYING", _("写入中")
    DONE = "DONE", _("已完成")
    FAILED = "FAILED", _("失败")
    DISCARDED = "DISCARDED", _("已放弃")


class RowResult(models.TextChoices):
    """What a run did with one row."""

    CREATED = "created", _("新增")
    UPDATED = "updated", _("变更")
    UNCHANGED = "unchanged", _("未变")
    DELETED = "deleted", _("移除")
    REJECTED = "rejected", _("退回")


class EnrolmentRole(models.TextChoices):
    """What somebody is in a class."""

    STUDENT = "student", _("学生")
    TEACHER = "teacher", _("教师")
    AIDE = "aide", _("助教")
