"""Does what is asked for fit the modes? Each finding quotes its clause."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from bureau.parameters import parameters
from core.days import today
from groups.categories import categories_of, category_label, honours_of
from groups.choices import Closeness, GroupType, JoinForm, LineDecision, Role
from groups.models import CaseLine, GroupCase, GroupMode, Membership
from schools.choices import Ownership, Stage, UrbanRural
from schools.models import SchoolHonour

RED, AMBER, GREEN = "red", "amber", "green"


@dataclass(frozen=True)
class Finding:
    """One sentence of the validator's report: red blocks, amber warns, green is met."""

    level: str
    message: str
    clause: str = ""


@dataclass
class Setting:
    """What the checks read: the case, its lines and facts about their schools."""

    case: GroupCase
    lines: list[CaseLine]
    day: date
    categories: dict[int, list[str]]
    honours: dict[int, set[str]]
    parameters: dict[str, Any]
    disabled: set[str]
    elsewhere: dict[int, list[Membership]] = field(default_factory=dict)

    @property
    def lead(self) -> CaseLine | None:
        """Return the line of the lead."""
        return next((x for x in self.lines if x.role == Role.LEAD), None)

    @property
    def members(self) -> list[CaseLine]:
        """Return the lines that are not the lead."""
        return [x for x in self.lines if x.role != Role.LEAD]


def validate_formation(
    case: GroupCase, lines: Iterable[CaseLine] | None = None
) -> list[Finding]:
    """Return what the modes say about a formation, red findings first.

    ``lines`` narrows the check to some lines (those that a decision approves);
    rejected lines never count.
    """
    setting = read_setting(case, lines)
    findings = [
        *check_lead(setting),
        *check_modes(setting),
        *check_numbers(setting),
        *check_elsewhere(setting),
        *check_profile(setting),
    ]
    if not any(f.level == RED for f in findings):
        findings.append(
            Finding(GREEN, _("名单符合所选模式的各项要求"), _mode_clause(setting))
        )
    order = {RED: 0, AMBER: 1, GREEN: 2}
    return sorted(findings, key=lambda f: order[f.level])


def is_blocked(findings: Iterable[Finding]) -> bool:
    """Tell whether a finding is red."""
    return any(f.level == RED for f in findings)


def _mode_clause(setting: Setting) -> str:
    mode = setting.case.primary_mode
    return mode.clause if mode else "AK-3.3.2"


def read_setting(case: GroupCase, lines: Iterable[CaseLine] | None = None) -> Setting:
    """Load everything the checks need in a fixed number of queries."""
    listed = list(_lines_of(case) if lines is None else lines)
    listed = [x for x in listed if x.decision != LineDecision.REJECTED]
    day = case.planned_on or today()
    schools = [x.school for x in listed]
    enabled = set(
        GroupMode.objects.enabled_in(case.region, day).values_list("code", flat=True)
    )
    every = {x.mode_id for x in listed if x.mode_id} | {case.primary_mode_id or ""}
    return Setting(
        case=case,
        lines=listed,
        day=day,
        categories=categories_of(schools, day, case.region),
        honours=honours_of(schools),
        parameters=parameters(
            ["max_members_per_group", "membership.exclusive"], case.region, day
        ),
        disabled={code for code in every if code and code not in enabled},
        elsewhere=_memberships_elsewhere(schools, day),
    )


def _lines_of(case: GroupCase) -> Any:
    return case.lines.select_related(
        "school", "school__administered_by", "mode"
    ).prefetch_related("school__stages")


def _memberships_elsewhere(
    schools: Sequence[Any], day: date
) -> dict[int, list[Membership]]:
    found: dict[int, list[Membership]] = {}
    rows = Membership.objects.during(day, None).filter(school__in=schools)
    for row in rows.select_related("group"):
        found.setdefault(row.school_id, []).append(row)
    return found


# --- The lead ----------------------------------------------------------------
def check_lead(setting: Setting) -> list[Finding]:
    """Check that there is one lead and that it qualifies for every mode."""
    lead = setting.lead
    if lead is None:
        return [
            Finding(
                RED, _("名单中没有龙头学校，请指定一所龙头学校"), _mode_clause(setting)
            )
        ]
    findings = []
    for mode in _modes(setting):
        findings += _lead_qualifies(setting, lead, mode)
    return findings


def _modes(setting: Setting) -> list[GroupMode]:
    modes = {x.mode_id: x.mode for x in setting.members if x.mode}
    if setting.case.primary_mode:
        modes.setdefault(setting.case.primary_mode_id, setting.case.primary_mode)
    return list(modes.values())


def _lead_qualifies(setting: Setting, lead: CaseLine, mode: GroupMode) -> list[Finding]:
    school = lead.school
    findings = []
    held = set(setting.categories[school.pk])
    honours = setting.honours.get(school.pk, set())
    wants = mode.lead_labels or mode.lead_honours
    if wants and not (held & set(mode.lead_labels) or honours & set(mode.lead_honours)):
        findings.append(
            Finding(
                RED,
                _("龙头学校“%(school)s”须具备：%(wanted)s。请先在学校档案登记认定依据")
                % {"school": school, "wanted": _wanted(mode)},
                mode.clause,
            )
        )
    findings += _stage_fits(school, mode.lead_stages, mode)
    findings += _place_fits(school, mode.lead_urban, mode, _("龙头学校"))
    if mode.lead_from_outside and not _is_outside(setting, school):
        findings.append(
            Finding(
                RED,
                _("“%(mode)s”的龙头学校须来自域外，“%(school)s”由本地管理")
                % {"mode": mode, "school": school},
                mode.clause,
            )
        )
    return findings


def _wanted(mode: GroupMode) -> str:
    labels = [category_label(code) for code in mode.lead_labels]
    honours = [str(SchoolHonour.Kind(code).label) for code in mode.lead_honours]
    return "、".join([*labels, *honours])


def _is_outside(setting: Setting, school: Any) -> bool:
    """A school of another city (or of another province) comes from outside."""
    here, there = setting.case.region.lineage, school.administered_by.lineage
    city = here[1] if len(here) > 2 else here[0]
    return city not in there


def _stage_fits(school: Any, stages: Sequence[str], mode: GroupMode) -> list[Finding]:
    taught = {row.stage for row in school.stages.all()}
    if not stages or taught & set(stages):
        return []
    names = "、".join(str(Stage(code).label) for code in stages)
    return [
        Finding(
            RED,
            _("“%(school)s”没有“%(mode)s”要求的学段：%(stages)s")
            % {"school": school, "mode": mode, "stages": names},
            mode.clause,
        )
    ]


def _place_fits(
    school: Any, places: Sequence[str], mode: GroupMode, who: str
) -> list[Finding]:
    if not places or school.urban_rural_code in places:
        return []
    if not school.urban_rural_code:
        text = _("%(who)s“%(school)s”的城乡分类未填，请先在学校档案补充")
    else:
        text = _("%(who)s“%(school)s”的城乡分类不符合“%(mode)s”的要求：%(places)s")
    names = "、".join(str(UrbanRural(code).label) for code in places)
    values = {"who": who, "school": school, "mode": mode, "places": names}
    return [Finding(RED, text % values, mode.clause)]


# --- The members -------------------------------------------------------------
def check_modes(setting: Setting) -> list[Finding]:
    """Check every member against its own mode."""
    findings: list[Finding] = []
    for code in sorted(setting.disabled):
        findings.append(
            Finding(
                RED,
                _("本地区已停用模式“%(mode)s”")
                % {"mode": GroupMode.objects.get(pk=code)},
                "AK-1.3.2",
            )
        )
    for line in setting.members:
        findings += _member_fits(setting, line)
    return findings


def _member_fits(setting: Setting, line: CaseLine) -> list[Finding]:
    mode = line.mode
    if mode is None:
        text = _("“%(school)s”没有选择模式") % {"school": line.school}
        return [Finding(RED, text, "AK-3.3.2")]
    if mode.group_type != setting.case.group_type:
        return [
            Finding(
                RED,
                _("“%(school)s”的模式“%(mode)s”不适用于%(type)s")
                % {
                    "school": line.school,
                    "mode": mode,
                    "type": GroupType(setting.case.group_type).label,
                },
                mode.clause,
            )
        ]
    return [
        *_member_qualifies(setting, line, mode),
        *_stage_fits(line.school, mode.member_stages, mode),
        *_ownership_fits(line, mode),
        *_form_fits(line, mode),
    ]


def _member_qualifies(
    setting: Setting, line: CaseLine, mode: GroupMode
) -> list[Finding]:
    school = line.school
    if not (mode.member_labels or mode.member_urban):
        return []
    held = set(setting.categories[school.pk])
    if held & set(mode.member_labels) or school.urban_rural_code in mode.member_urban:
        return []
    names = [category_label(code) for code in mode.member_labels]
    names += [str(UrbanRural(code).label) for code in mode.member_urban]
    return [
        Finding(
            RED,
            _("“%(school)s”不符合“%(mode)s”对成员学校的要求：%(wanted)s（具备其一）")
            % {"school": school, "mode": mode, "wanted": "、".join(names)},
            mode.clause,
        )
    ]


def _ownership_fits(line: CaseLine, mode: GroupMode) -> list[Finding]:
    if not mode.ownerships or line.school.ownership in mode.ownerships:
        return []
    names = "、".join(str(Ownership(code).label) for code in mode.ownerships)
    own = line.school.get_ownership_display() or _("未填")
    return [
        Finding(
            RED,
            _("“%(school)s”的举办者性质是“%(own)s”，“%(mode)s”只接收%(allowed)s")
            % {"school": line.school, "own": own, "mode": mode, "allowed": names},
            mode.clause,
        )
    ]


def _form_fits(line: CaseLine, mode: GroupMode) -> list[Finding]:
    findings = []
    if mode.join_forms and line.join_form not in mode.join_forms:
        names = "、".join(str(JoinForm(code).label) for code in mode.join_forms)
        findings.append(
            Finding(
                RED,
                _("“%(school)s”的加入方式须为：%(forms)s")
                % {"school": line.school, "forms": names},
                mode.clause,
            )
        )
    if mode.needs_agreement or line.join_form == JoinForm.ENTRUST:
        findings.append(
            Finding(
                AMBER,
                _(
                    "“%(school)s”须签订协议（期限、目标、费用、中期和终期评估），请在事项中上传"
                )
                % {"school": line.school},
                mode.clause,
            )
        )
    return findings


# --- Numbers, other groups, profile ------------------------------------------
def check_numbers(setting: Setting) -> list[Finding]:
    """Check how many members each mode has, and the group altogether."""
    findings = []
    for mode in _modes(setting):
        count = sum(1 for x in setting.members if x.mode_id == mode.pk)
        if count < mode.member_min:
            findings.append(
                Finding(
                    RED,
                    _("“%(mode)s”至少须有 %(n)d 所成员学校，现有 %(count)d 所")
                    % {"mode": mode, "n": mode.member_min, "count": count},
                    mode.clause,
                )
            )
        if mode.member_max and count > mode.member_max:
            findings.append(
                Finding(
                    RED,
                    _("“%(mode)s”至多 %(n)d 所新校，现有 %(count)d 所")
                    % {"mode": mode, "n": mode.member_max, "count": count},
                    mode.clause,
                )
            )
        if mode.partner_kinds:
            findings.append(
                Finding(
                    AMBER,
                    _("“%(mode)s”正式运行前须登记科研院校、行业协会和园区企业")
                    % {"mode": mode},
                    mode.clause,
                )
            )
    limit = int(setting.parameters["max_members_per_group"])
    if len(setting.members) > limit:
        findings.append(
            Finding(
                AMBER,
                _("成员学校 %(count)d 所，多于提示上限 %(limit)d 所，请确认能够带动")
                % {"count": len(setting.members), "limit": limit},
                "AK-1.3.2",
            )
        )
    return findings


def check_elsewhere(setting: Setting) -> list[Finding]:
    """Check whether a school already belongs to another group."""
    findings = []
    exclusive = bool(setting.parameters["membership.exclusive"])
    for line in setting.lines:
        for row in setting.elsewhere.get(line.school_id, []):
            blocks = exclusive and row.is_exclusive and line.role == Role.MEMBER
            findings.append(
                Finding(
                    RED if blocks else AMBER,
                    _("“%(school)s”已是“%(group)s”的%(role)s（%(day)s起）")
                    % {
                        "school": line.school,
                        "group": row.group,
                        "role": row.get_role_display(),
                        "day": row.valid_from,
                    },
                    "BN-4.3.9",
                )
            )
    return findings


def check_profile(setting: Setting) -> list[Finding]:
    """Check the axes of the group against each other."""
    case, findings = setting.case, []
    regions = {x.school.administered_by_id for x in setting.lines}
    if len(regions) > 1:
        findings.append(
            Finding(
                AMBER, _("成员学校分属不同区县，批准前须取得市教育局同意"), "AK-3.1.2"
            )
        )
    if case.closeness == Closeness.TIGHT and not case.operation_form:
        findings.append(Finding(AMBER, _("紧密型集团请写明运行形式"), "AK-3.3.3"))
    return findings
