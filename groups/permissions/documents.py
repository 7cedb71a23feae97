"""Who may draft, submit and file documents."""

from typing import Any

from django.utils.translation import gettext as _

from bureau import authority
from core.verdict import ALLOWED, Denied, Verdict
from groups.choices import (
    DocumentState,
)
from groups.models import Document, EducationGroup, GroupCase
from groups.permissions.cases import can_change_case
from groups.permissions.scopes import first_denied_lazily, group_only


def can_draft_document(user: Any, owner: EducationGroup | GroupCase) -> Verdict:
    """Answer whether the user may add a document to a group or to a case."""
    if isinstance(owner, GroupCase):
        return can_change_case(user, owner)
    otherwise = Denied(
        _("集团文件由集团办公室、龙头学校或教育行政部门起草"), "BN-4.2.4"
    )
    return group_only(user, "groups.change_document", owner, otherwise)


def can_change_document(user: Any, document: Document) -> Verdict:
    """Answer whether the user may edit the document."""
    if document.state != DocumentState.DRAFT:
        return Denied(_("已提交的文件不能修改"), "", _("请起草新版本"))
    owner = document.group or document.case
    if owner is None:
        return Denied(_("地区文件由教育行政部门管理"), "BN-5.1c")
    return can_draft_document(user, owner)


def can_submit_document(user: Any, document: Document) -> Verdict:
    """Answer whether the user may hand the document in."""
    if document.group is None:
        return Denied(_("该文件随事项一并提交"), "AK-3.3.2")
    otherwise = Denied(_("由集团办公室或龙头学校提交"), "BN-4.2.4")
    allowed = group_only(user, "groups.submit_document", document.group, otherwise)
    return first_denied_lazily(lambda: allowed, lambda: _is_written(document))


def _is_written(document: Document) -> Verdict:
    has_text = any(str(text).strip() for text in document.sections.values())
    if has_text or document.files.exists():
        return ALLOWED
    return Denied(_("未能提交：还没有正文，也没有上传文件"), "BN-4.2.4")


def can_file_document(user: Any, document: Document) -> Verdict:
    """Answer whether the user may put the document on file (and so in force)."""
    group = document.group
    if group is None:
        return Denied(_("该文件随事项一并办理"), "AK-3.3.2")
    otherwise = Denied(_("由教育行政部门备案"), "BN-4.2.4")
    allowed = authority.bureau_only(
        user, "groups.file_document", group.region, otherwise
    )
    if not allowed:
        return allowed
    if document.submitted_by_id == user.pk:
        return Denied(_("提交人不能为自己提交的文件备案"), "BN-4.2.4")
    return ALLOWED


def can_return_document(user: Any, document: Document) -> Verdict:
    """Answer whether the user may send the document back."""
    return can_file_document(user, document)
