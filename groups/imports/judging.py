"""Judge one row of a roll: its group and school, its days and terms, its neighbours."""

from datetime import date

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from bureau.authority import run_by
from core.days import today
from core.imports import Row
from groups.choices import CORE_WEAK_FORMS, Closeness, GroupType, Role
from groups.imports.roll import Held, Roll, group_key, new_schools, worst_day
from groups.models import EducationGroup, GroupMode, Membership
from schools.choices import Ownership
from schools.models import School

CHANGEABLE = ("valid_to", "mode_id", "join_form", "document_number", "ended_because")


def judge(row: Row, context: Roll) -> None:
    """Find group and school, settle role, mode and days, compare with the rest."""
    group = _group(row, context)
    school = _school(row, context)
    if group and context.run_below(group.region):
        told = run_by(group.region.authority).message
        row.reject("group_name", "run_below", told)
    _days(row, group)
    if school and not row.is_rejected:
        row.values["school_id"] = school.pk
        _terms(row, school, context)
    if school and not row.is_rejected:
        _place(row, school, context)


def _group(row: Row, roll: Roll) -> EducationGroup | None:
    name = str(row.get("group_name", "")).strip()
    found = roll.find_groups(name, str(row.get("group_code", "")))
    if len(found) > 1:
        row.reject(
            "group_name",
            "ambiguous_group",
            _("本地区有多个“%s”，请填写集团代码") % name,
        )
    group = found[0] if len(found) == 1 else None
    row.values["group_name"] = name
    row.values["group_key"] = (
        group_key(group) if group else str(row.get("group_code", "") or name)
    )
    if group:
        row.values["group_id"] = group.pk
    return group


def _school(row: Row, roll: Roll) -> School | None:
    lead = _lead(row, roll)
    name = str(row.get("school_name", "")).strip()
    if not name and not row.get("school_code"):
        if lead is None and not row.is_rejected:
            row.reject("school_name", "required", _("请填写成员校"))
        row.values["role"] = Role.LEAD
        return lead
    school = _one(row, roll, "school_name", name, row.get("school_code", ""))
    if school and lead and school.pk == lead.pk:
        row.values.setdefault("role", Role.LEAD)
    return school


def _lead(row: Row, roll: Roll) -> School | None:
    name = str(row.get("lead_name", "")).strip()
    if not name:
        return None
    lead = _one(row, roll, "lead_name", name, "")
    if lead is None:
        return None
    known = roll.leads.setdefault(row.values["group_key"], lead.pk)
    if known != lead.pk:
        row.reject(
            "lead_name",
            "two_leads",
            _("“%(group)s”前面的行填了另一所龙头校，请统一或分行写明起止日期")
            % {"group": row.get("group_name")},
        )
    row.values["lead_id"] = lead.pk
    return lead


def _one(row: Row, roll: Roll, column: str, name: str, code: str) -> School | None:
    found = roll.find_schools(name, code, str(row.get("county", "")))
    if len(found) == 1:
        return found[0]
    values = {"name": name or code, "place": roll.scope.name}
    if found:
        row.reject(
            column,
            "ambiguous_school",
            _("%(place)s有多所“%(name)s”，请填写学校标识码或区县") % values,
        )
    else:
        row.reject(
            column,
            "unknown_school",
            _("%(place)s名册中没有“%(name)s”，请先登记学校或更正名称") % values,
        )
    return None


def _day(row: Row, name: str) -> date | None:
    """Return a day of the row; staged values hold it as text."""
    return parse_date(str(row.get(name) or ""))


def _days(row: Row, group: EducationGroup | None) -> None:
    founded = _day(row, "founded_on") or (group.founded_on if group else None)
    joined, left = _day(row, "valid_from") or founded, _day(row, "valid_to")
    if joined is None:
        if not row.is_rejected:
            row.reject("valid_from", "required", _("请填写加入日期或集团建立日期"))
        return
    if not row.get("valid_from"):
        row.note(
            "valid_from",
            "from_founding",
            _("未填加入日期，按集团建立日期 %s 计") % joined,
        )
    row.values["valid_from"] = joined.isoformat()
    if left and left <= joined:
        row.reject("valid_to", "reversed", _("退出日期必须晚于加入日期"))
    if founded and joined < founded:
        row.reject("valid_from", "early", _("加入日期早于集团建立日期"))
    if joined > today():
        row.reject("valid_from", "future", _("补登的加入日期不能晚于今天"))


def _terms(row: Row, school: School, roll: Roll) -> None:
    role = row.values.setdefault("role", Role.MEMBER)
    mode = roll.modes.get(str(row.get("mode", "")))
    _type(row, mode, roll)
    if role == Role.LEAD:
        row.values.pop("join_form", None)
        row.values["mode_id"] = None
        return
    row.values["mode_id"] = mode.pk if mode else None
    if mode is None:
        row.note("mode", "to_confirm", _("未填模式，导入后列为“模式待确认”"))
        return
    if row.get("group_type") != mode.group_type:
        row.reject(
            "mode",
            "mode_type",
            _("该模式不适用于所填的集团类型（%s）") % mode.clause,
        )
    form = row.get("join_form", "")
    if mode.pk == "AK_CORE_WEAK" and form not in CORE_WEAK_FORMS:
        row.reject(
            "join_form",
            "join_form",
            _("“核心校+弱校”的加入方式须为重组、联盟或托管（AK-3.2.2）"),
        )
    if mode.ownerships and school.ownership not in mode.ownerships:
        names = "、".join(str(Ownership(o).label) for o in mode.ownerships)
        row.reject(
            "school_name",
            "ownership",
            _("“%(mode)s”的成员须为%(names)s（%(clause)s）")
            % {"mode": mode, "names": names, "clause": mode.clause},
        )


def _type(row: Row, mode: GroupMode | None, roll: Roll) -> None:
    if row.get("group_id"):
        row.values["group_type"] = _type_of(roll, row)
    elif not row.get("group_type"):
        row.values["group_type"] = (
            mode.group_type if mode else type_by_name(row.get("group_name", ""))
        )
        if mode is None:
            row.note(
                "group_type",
                "by_name",
                _("未填集团类型和模式，按名称列为“%s”，请核对")
                % GroupType(row.values["group_type"]).label,
            )


# --- One row among the others --------------------------------------------


def _place(row: Row, school: School, roll: Roll) -> None:
    held = Held(
        group=row.values["group_key"],
        school=school.pk,
        role=row.values["role"],
        mode=row.values["mode_id"] or "",
        start=_day(row, "valid_from") or today(),
        end=_day(row, "valid_to"),
        is_exclusive=_is_exclusive(row, roll),
        row=row.number,
    )
    known = _known(held, roll)
    if known:
        _compare(row, roll.spans[known.pk])
        return
    _refuse_clashes(row, held, roll)
    if not row.is_rejected:
        roll.hold(held)


def _known(held: Held, roll: Roll) -> Held | None:
    return next(
        (
            other
            for other in roll.of_group[held.group]
            if other.pk and other.school == held.school and other.start == held.start
        ),
        None,
    )


def _compare(row: Row, standing: Membership) -> None:
    row.values["membership_id"] = standing.pk
    changes = {
        name: row.values[name]
        for name in CHANGEABLE
        if row.get(name) not in (None, "") and row.get(name) != getattr(standing, name)
    }
    if row.values["role"] != standing.role:
        row.reject(
            "role",
            "role_changed",
            _("名册中该校是“%s”，角色变更须通过变更事项办理")
            % standing.get_role_display(),
        )
    elif changes and standing.decision_id:
        row.reject(
            "school_name",
            "decided",
            _("该成员关系由系统内的决定产生，不能用导入修改"),
        )
    row.values["changes"] = changes


def _refuse_clashes(row: Row, held: Held, roll: Roll) -> None:
    for other in roll.of_school[held.school]:
        if not other.meets(held.start, held.end):
            continue
        where = _("第 %d 行") % other.row if other.row else _("已登记的成员关系")
        if other.group == held.group:
            row.reject(
                "valid_from",
                "overlap",
                _("该校在本集团的起止日期与%s重叠") % where,
            )
        elif held.is_exclusive and other.is_exclusive:
            row.reject(
                "school_name",
                "elsewhere",
                _("该校同期已是另一集团的成员（%s），须先退出（BN-4.3.9）") % where,
            )
    if held.role == Role.LEAD:
        _refuse_second_lead(row, held, roll)
    _refuse_third_new(row, held, roll)


def _is_exclusive(row: Row, roll: Roll) -> bool:
    """Tell whether the school may belong to no other group in this part."""
    if not roll.is_exclusive:
        return False
    if row.values["role"] == Role.LEAD:
        return bool(row.get("closeness") == Closeness.TIGHT)
    return bool(row.values["role"] == Role.MEMBER)


def _refuse_second_lead(row: Row, held: Held, roll: Roll) -> None:
    for other in roll.of_group[held.group]:
        if other.role == Role.LEAD and other.meets(held.start, held.end):
            row.reject(
                "role",
                "second_lead",
                _("集团同期已有龙头学校，同一天只能有一所（BN-4.1.1a）"),
            )


def _refuse_third_new(row: Row, held: Held, roll: Roll) -> None:
    count, day = worst_day(new_schools([*roll.of_group[held.group], held]))
    if count > 2:
        row.reject(
            "mode",
            "third_new",
            _("“核心校+新校”至多两所新校，%(day)s 已有两所（AK-3.2.1）") % {"day": day},
        )


def type_by_name(name: str) -> str:
    """Return the type that the name of a group speaks of."""
    if "共同体" in name:
        return GroupType.SCHOOL_COMMUNITY
    if "联盟" in name:
        return GroupType.VOCATIONAL_ALLIANCE
    if "幼儿园" in name or "办园" in name:
        return GroupType.KINDERGARTEN_CHAIN
    return GroupType.BASIC_EDUCATION_GROUP


def _type_of(roll: Roll, row: Row) -> str:
    found = roll.find_groups(row.values["group_name"], str(row.get("group_code", "")))
    return str(found[0].group_type)
