"""Who may do what to groups: register, pilot, suspend, end, file."""

from typing import Any

from django.utils.translation import gettext as _

from bureau.models import Region
from bureau.parameters import parameter
from core.days import today
from core.verdict import ALLOWED, Denied, Verdict
from groups.choices import (
    CaseKind,
    DocumentKind,
    GroupState,
    TaskKind,
)
from groups.models import Document, EducationGroup
from groups.permissions.cases import blocking_tasks
from groups.permissions.scopes import (
    bureau_only,
    city_only,
    first_denied_lazily,
    group_only,
)
from schools.choices import PartnerKind


def can_register_group(user: Any, region: Region) -> Verdict:
    """Answer whether the user may enter a group that existed before the system."""
    return bureau_only(user, "groups.register_educationgroup", region, "BN-5.1d")


def can_start_pilot(user: Any, group: EducationGroup) -> Verdict:
    """Answer whether the approved group may begin its pilot."""
    allowed = bureau_only(user, "groups.pilot_educationgroup", group.region, "AK-1.3.3")
    return first_denied_lazily(lambda: allowed, lambda: _has_begun(group))


def _has_begun(group: EducationGroup) -> Verdict:
    if group.founded_on <= today():
        return ALLOWED
    return Denied(
        _("批准自 %(day)s 起生效，生效前不能开始运行") % {"day": group.founded_on},
        "AK-1.3.3",
    )


def can_change_partnership(user: Any, group: EducationGroup) -> Verdict:
    """Allow the group and its bureau to say who works with it (BN-4.1.3a)."""
    if group.state == GroupState.DISSOLVED:
        return Denied(_("集团已经撤销，不能再登记合作单位"))
    otherwise = Denied(
        _("只有集团和主管部门可以登记合作单位"), remedy=_("请联系集团办公室")
    )
    return group_only(user, "groups.change_partnership", group, otherwise)


def missing_partners(group: EducationGroup) -> list[str]:
    """Return in words the kinds of partner the mode asks for and nobody is of."""
    mode = group.primary_mode
    wanted = mode.partner_kinds if mode else []
    if not wanted:
        return []
    held = set(group.partnerships.open().values_list("partner_kind", flat=True))
    return [str(PartnerKind(kind).label) for kind in wanted if kind not in held]


def has_partners(group: EducationGroup) -> Verdict:
    """Answer whether every kind of partner that the mode asks for takes part."""
    missing = missing_partners(group)
    if not missing:
        return ALLOWED
    return Denied(
        _("未能转为正式运行：还没有%s参加") % "、".join(missing),
        "BN-4.1.3a",
        _("请在集团页面登记合作单位"),
    )


def can_activate(user: Any, group: EducationGroup) -> Verdict:
    """Answer whether the group may become active without a pilot."""
    allowed = bureau_only(user, "groups.pilot_educationgroup", group.region, "AK-1.3.3")
    if not allowed:
        return allowed
    if parameter("pilot_required", group.region):
        return Denied(
            _("本地区要求先试点"),
            "AK-1.3.3",
            _("请先“开始试点”，试点评估通过后转为正式运行"),
        )
    return first_denied_lazily(
        lambda: _has_begun(group),
        lambda: has_papers(group),
        lambda: has_partners(group),
    )


def can_pass_pilot(user: Any, group: EducationGroup) -> Verdict:
    """Answer whether the pilot has shown enough (BN-4.2.4, AK-1.3.3)."""
    return first_denied_lazily(
        lambda: bureau_only(
            user, "groups.pilot_educationgroup", group.region, "AK-1.3.3"
        ),
        lambda: has_papers(group),
        lambda: has_partners(group),
        lambda: _pilot_reviewed(group),
    )


def has_papers(group: EducationGroup) -> Verdict:
    """Answer whether charter and development plan are in force."""
    held = set(Document.objects.in_force_on().filter(group=group).values_list("kind"))
    kinds = {kind for (kind,) in held}
    missing = [
        str(kind.label)
        for kind in (DocumentKind.CHARTER, DocumentKind.DEVELOPMENT_PLAN)
        if kind not in kinds
    ]
    if not missing:
        return ALLOWED
    return Denied(
        _("未能转为正式运行：%s尚未备案生效") % "、".join(missing),
        "BN-4.2.4",
        _("请集团提交并由教育行政部门备案"),
    )


def _pilot_reviewed(group: EducationGroup) -> Verdict:
    case = group.cases.filter(kind=CaseKind.FORMATION).first()
    waiting = blocking_tasks(case, TaskKind.PILOT_REVIEW) if case else []
    if not waiting:
        return ALLOWED
    return Denied(
        _("未能转为正式运行：试点评估尚有 %(n)d 项未通过（%(first)s）")
        % {"n": len(waiting), "first": waiting[0].title},
        "AK-1.3.3",
        _("请在组建事项中完成试点评估"),
    )


def can_suspend(user: Any, group: EducationGroup) -> Verdict:
    """Answer whether the user may suspend or resume the group."""
    return bureau_only(user, "groups.suspend_educationgroup", group.region, "BN-5.1d")


def can_dissolve(user: Any, group: EducationGroup) -> Verdict:
    """Answer whether the user may end the group's work (leading group only)."""
    return bureau_only(user, "groups.dissolve_educationgroup", group.region, "BN-5.1a")


def can_close(user: Any, group: EducationGroup) -> Verdict:
    """Answer whether the group may be closed: nothing may be left open."""
    allowed = bureau_only(
        user, "groups.suspend_educationgroup", group.region, "BN-5.1d"
    )
    if not allowed:
        return allowed
    left = list(group.obligations.outstanding())
    if not left:
        return ALLOWED
    return Denied(
        _("未能终止：尚有 %(n)d 项未了结（%(first)s）")
        % {"n": len(left), "first": left[0].label},
        "BN-4.3.9",
        _("请先逐项了结"),
    )


def can_file_with_city(user: Any, group: EducationGroup) -> Verdict:
    """Answer whether the user may confirm the filing with the city."""
    if group.city_filed_on:
        return Denied(_("已于 %(day)s 备案") % {"day": group.city_filed_on}, "AK-1.3.1")
    return city_only(user, "groups.file_educationgroup", group.region)
