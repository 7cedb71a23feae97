"""Who may enter, correct, end and unmask a teacher's record."""

from typing import Any

from django.utils.translation import gettext as _

from core.access import reaches, refusal
from core.verdict import ALLOWED, Denied, Verdict
from personnel.models import Teacher


def can_register_teacher(user: Any, school: Any) -> Verdict:
    """Allow the school and its bureau to enter teachers of a school that exists."""
    if not reaches(user, "personnel.add_teacher", school):
        return refusal(
            user,
            "personnel.add_teacher",
            school,
            Denied(
                _("未能登记教师：您不负责%(school)s") % {"school": school},
                remedy=_("请由该校或其主管部门登记"),
            ),
        )
    if school.closed_on:
        return Denied(
            _("未能登记教师：%(school)s已停办") % {"school": school},
            remedy=_("请选择在办学校"),
        )
    return ALLOWED


def _over(user: Any, permission: str, teacher: Teacher, doing: str) -> Verdict:
    if reaches(user, permission, teacher):
        return ALLOWED
    return refusal(
        user,
        permission,
        teacher,
        Denied(
            _("未能%(doing)s：您的角色没有这项权限") % {"doing": doing},
            remedy=_("请联系该教师的任职学校或主管部门"),
        ),
        doing,
    )


def can_change_teacher(user: Any, teacher: Teacher) -> Verdict:
    """Allow the school and its bureau to correct a record."""
    return _over(user, "personnel.change_teacher", teacher, _("修改教师资料"))


def can_leave_school(user: Any, teacher: Teacher) -> Verdict:
    """Allow the school and its bureau to end an employment, once."""
    if teacher.has_left:
        return Denied(
            _("未能办理离职：%(name)s已离职") % {"name": teacher},
            remedy=_("请返回查看离职日期和原因"),
        )
    return _over(user, "personnel.change_teacher", teacher, _("办理离职"))


def can_return_to_work(user: Any, teacher: Teacher) -> Verdict:
    """Allow taking a teacher on again after the employment ended."""
    if not teacher.has_left:
        return Denied(
            _("未能恢复任职：%(name)s在职") % {"name": teacher},
            remedy=_("如需更换学校，请修改任职学校"),
        )
    return _over(user, "personnel.change_teacher", teacher, _("恢复任职"))


def can_unmask_teacher(user: Any, teacher: Teacher) -> Verdict:
    """Allow the bureau, the HR department and the principal to read the number."""
    if not teacher.identity_sealed:
        return Denied(
            _("未能查看身份证号：该教师没有登记身份证号"),
            remedy=_("请先在“修改资料”中补填"),
        )
    return _over(user, "personnel.unmask_teacher", teacher, _("查看身份证号"))
