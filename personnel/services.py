"""Enter teachers, correct their records, end employments, read a sealed number."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import AccessLog
from audit.services import record
from core.access import reaches
from core.constraints import explain
from core.days import today
from core.transitions import MoveRefused
from core.verdict import Verdict
from personnel import identity, permissions
from personnel.choices import LeaveReason, TeacherStatus
from personnel.models import Teacher
from personnel.names import tidy_name

NAMED = 5


@dataclass(frozen=True)
class Duplicates:
    """Who is certainly the same person, and who may be."""

    same: Teacher | None = None
    alike: Sequence[Teacher] = field(default_factory=tuple)

    def __bool__(self) -> bool:
        return self.same is not None or bool(self.alike)


def _require(verdict: Verdict) -> None:
    if not verdict:
        raise MoveRefused(verdict)


def _save(row: Teacher) -> None:
    """Save in the caller's transaction; say a violated rule in words."""
    row.region = row.school.administered_by
    row.full_clean()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise explain(error) from error


def _locked(teacher: Teacher) -> Teacher:
    rows = Teacher.objects.select_for_update(of=("self",), no_key=True)
    found: Teacher = rows.select_related("school__administered_by").get(pk=teacher.pk)
    return found


def find_duplicates(
    *,
    school: Any,
    name: str,
    birth_year: int | None = None,
    subject: str = "",
    identity_number: str = "",
    leave_out: int | None = None,
) -> Duplicates:
    """Return who carries the same identity number, and who may be the same.

    The same is one whose employment goes on anywhere, or who left a school of the
    employing region; one who left another region is free to be taken on. Alike are
    those of the employing region with this name who were born in the same year or
    teach the same subject, save those known by another identity number.
    """
    rows = Teacher.objects.exclude(pk=leave_out) if leave_out else Teacher.objects.all()
    rows = rows.select_related("school__administered_by")
    here = school.administered_by_id
    alike = rows.filter(region=here)
    same = None
    if identity_number:
        clean = identity.clean(identity_number)
        held = rows.filter(identity_hash=identity.digest(clean))
        same = held.active().first() or held.filter(region=here).first()
        alike = alike.filter(identity_hash="")
        birth_year = birth_year or identity.birth_year(clean)
    if not (birth_year or subject):
        return Duplicates(same)
    found = alike.alike(tidy_name(name), birth_year=birth_year, subject=subject)
    return Duplicates(same, tuple(found[:NAMED]))


def _refuse_same(found: Duplicates, school: Any, by: Any) -> None:
    """Refuse a number in use; where it is, only to who may see the teacher."""
    other = found.same
    if other is None:
        return
    if not reaches(by, "personnel.view_teacher", other):
        told = elsewhere(school.administered_by)
        raise ValidationError({"identity_number": told}, code="same_identity")
    words = _("该身份证号已登记：%(region)s%(school)s（%(status)s），不能重复登记")
    raise ValidationError(
        {
            "identity_number": words
            % {
                "region": other.school.administered_by,
                "school": other.school,
                "status": other.get_status_display(),
            }
        },
        code="same_identity",
    )


def elsewhere(region: Any) -> str:
    """Say that a number is registered out of sight, and whom to ask about it."""
    return _(
        "该身份证号已登记在其他地区，不能重复登记。请联系%(bureau)s教育行政部门核实"
    ) % {"bureau": region.guiding_bureau.name}


def _ask_about(found: Duplicates) -> None:
    if not found.alike:
        return
    listed = "；".join(described(each) for each in found.alike)
    words = _("本地区已有同名教师：%s。若不是同一人，请勾选确认后再登记")
    raise ValidationError({"not_same": words % listed}, code="alike")


def described(teacher: Teacher) -> str:
    """Return a namesake in a few words: school, staff number, subject, status."""
    parts = [
        str(teacher.school),
        teacher.staff_no,
        str(teacher.get_subject_display()) if teacher.subject else "",
        str(teacher.get_status_display()),
    ]
    return "，".join(part for part in parts if part)


@transaction.atomic
def register_teacher(
    *, by: Any, identity_number: str = "", not_same: bool = False, **fields: Any
) -> Teacher:
    """Enter a teacher under the employing school.

    An identity number that is registered is refused, with where it is to those who may
    see that; a namesake born in
    the same year or teaching the same subject is asked about unless ``not_same``.
    Raises MoveRefused without the right, ValidationError with the field's message.
    """
    school = fields["school"]
    _require(permissions.can_register_teacher(by, school))
    teacher = Teacher(**fields)
    _give_identity(teacher, identity_number)
    found = find_duplicates(
        school=school,
        name=teacher.name,
        birth_year=teacher.birth_year,
        subject=teacher.subject,
        identity_number=identity_number,
    )
    _refuse_same(found, school, by)
    if not not_same:
        _ask_about(found)
    _save(teacher)
    told = {"not_same": [each.pk for each in found.alike]} if found.alike else {}
    record("personnel.teacher.register", teacher, by=by, data=told)
    return teacher


def _give_identity(teacher: Teacher, number: str) -> bool:
    """Seal the number; tell whether it is another one than before."""
    if not number:
        return False
    before = teacher.identity_hash
    try:
        teacher.set_identity(number)
    except ValidationError as error:
        if hasattr(error, "error_dict"):
            raise
        raise ValidationError({"identity_number": error.messages}) from None
    return teacher.identity_hash != before


@transaction.atomic
def change_teacher(
    teacher: Teacher, *, by: Any, identity_number: str = "", **fields: Any
) -> Teacher:
    """Correct a record; another school needs the right to register there too."""
    locked = _locked(teacher)
    _require(permissions.can_change_teacher(by, locked))
    school = fields.get("school", locked.school)
    if school.pk != locked.school_id:
        _require(permissions.can_register_teacher(by, school))
    changed = _changes(locked, fields)
    for name, value in fields.items():
        setattr(locked, name, value)
    if _give_identity(locked, identity_number):
        changed["identity"] = []
        _refuse_same(
            find_duplicates(
                school=school,
                name=locked.name,
                identity_number=identity_number,
                leave_out=locked.pk,
            ),
            school,
            by,
        )
    _save(locked)
    record("personnel.teacher.change", locked, by=by, data={"changed": changed})
    return locked


def _changes(teacher: Teacher, fields: dict[str, Any]) -> dict[str, list[str]]:
    return {
        name: [str(getattr(teacher, name)), str(value)]
        for name, value in fields.items()
        if getattr(teacher, name) != value
    }


@transaction.atomic
def leave_school(
    teacher: Teacher, *, by: Any, left_on: date, reason: str, note: str = ""
) -> Teacher:
    """End the employment from a day on, with the reason; the record stays."""
    locked = _locked(teacher)
    _require(permissions.can_leave_school(by, locked))
    if left_on > today():
        raise ValidationError(
            {"left_on": _("离职日期不能晚于今天，请在离职当天或之后办理")}
        )
    if locked.entered_on and left_on <= locked.entered_on:
        raise ValidationError({"left_on": _("离职日期必须晚于入职日期")})
    if reason not in LeaveReason.values:
        raise ValidationError({"reason": _("请选择离职原因")})
    locked.status, locked.left_on, locked.leave_reason = (
        TeacherStatus.LEFT,
        left_on,
        reason,
    )
    _save(locked)
    record(
        "personnel.teacher.leave",
        locked,
        by=by,
        reason=note,
        data={"left_on": left_on, "reason": reason, "school": locked.school_id},
    )
    return locked


@transaction.atomic
def return_to_work(
    teacher: Teacher, *, by: Any, school: Any, entered_on: date, note: str = ""
) -> Teacher:
    """Take a teacher on again after the employment ended; the history stays."""
    locked = _locked(teacher)
    _require(permissions.can_return_to_work(by, locked))
    _require(permissions.can_register_teacher(by, school))
    if entered_on > today():
        raise ValidationError({"entered_on": _("任职日期不能晚于今天")})
    before = {"school": locked.school_id, "left_on": locked.left_on}
    locked.status, locked.left_on, locked.leave_reason = TeacherStatus.ACTIVE, None, ""
    locked.school, locked.entered_on = school, entered_on
    _save(locked)
    record(
        "personnel.teacher.return_to_work",
        locked,
        by=by,
        reason=note,
        data={"before": before, "school": school.pk, "entered_on": entered_on},
    )
    return locked


@transaction.atomic
def unmask_identity(teacher: Teacher, *, by: Any, reason: str) -> str:
    """Return the whole identity number and record who read it, and why."""
    _require(permissions.can_unmask_teacher(by, teacher))
    if not reason.strip():
        raise ValidationError({"reason": _("请填写查看事由")})
    sealed = Teacher.objects.values_list("identity_sealed", flat=True)
    try:
        number = identity.unseal(sealed.get(pk=teacher.pk))
    except identity.Unreadable as error:
        raise ValidationError(
            _("身份证号无法读取：加密密钥已更换，请联系系统管理员")
        ) from error
    AccessLog.objects.create(
        user=by,
        action=_("查看身份证号"),
        subject=f"{teacher._meta.verbose_name} {teacher.pk} {teacher.name}"[:200],
        reason=reason.strip()[:200],
    )
    return number


def record_export(*, by: Any, count: int) -> None:
    """Record that so many teachers were taken as a file."""
    AccessLog.objects.create(
        user=by,
        action=_("导出"),
        subject=_("教师名册（不含身份证号）"),
        count=count,
    )
