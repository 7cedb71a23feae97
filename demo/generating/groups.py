"""Groups with their phases, and memberships that begin, end and change hands."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from bureau.models import Region
from core.copying import copy_rows, reserve_ids
from demo.chance import dice
from demo.generating.plan import DrawnSchool, Plan
from groups.categories import categories_of
from groups.choices import (
    BondType,
    Closeness,
    FormationBasis,
    GroupOwnership,
    GroupState,
    GroupType,
    OperationForm,
    Role,
)
from groups.models import EducationGroup, GroupPhase, Membership
from groups.services.memberships import baseline_of
from schools.choices import Label, Ownership, SchoolType
from schools.models import School

FOUNDED = (
    *[date(2021, 9, 1)] * 3,
    *[date(2022, 9, 1)] * 4,
    *[date(2023, 9, 1)] * 2,
    date(2024, 3, 1),
)
PREPARING, PILOT = timedelta(days=30), timedelta(days=365)
SUSPENDED = date(2024, 11, 4), date(2025, 2, 17)
LATER, LEFT, MOVED, GONE = (
    date(2024, 9, 1),
    date(2024, 7, 11),
    date(2024, 8, 26),
    date(2025, 7, 11),
)
"""A late member joins, one leaves, joins another group, one leaves for good."""
NEW_LEAD = date(2025, 3, 3)
CALM, UNEASY, DWINDLING = 4, 3, 10
"""Of so many groups one changes its lead, loses a member to another, loses one."""
MODES = {
    GroupType.KINDERGARTEN_CHAIN: "AK_KINDER_CHAIN",
    GroupType.FAMOUS_SCHOOL_GROUP: "BN_FAMOUS_POTENTIAL",
    GroupType.SCHOOL_COMMUNITY: "BN_URBAN_RURAL_WEAK",
}
KIND_NAMES = {
    GroupType.KINDERGARTEN_CHAIN: "集团",
    GroupType.FAMOUS_SCHOOL_GROUP: "教育集团",
    GroupType.SCHOOL_COMMUNITY: "发展共同体",
}


@dataclass(frozen=True)
class Span:
    """One school's part in a group for some days."""

    school: DrawnSchool
    role: str
    start: date
    end: date | None = None
    because: str = ""


@dataclass
class DrawnGroup:
    """One group as the dice made it."""

    pk: int
    turn: int
    code: str
    county: Region
    type: GroupType
    founded: date
    chance: Random
    lead: DrawnSchool
    spans: list[Span] = field(default_factory=list)

    @property
    def operating(self) -> date:
        """Return the first day on which the group works."""
        return self.founded + PREPARING

    @property
    def closeness(self) -> str:
        """Return how closely the schools are tied, by the turn of the group."""
        return Closeness.values[self.turn % len(Closeness.values)]

    @property
    def phases(self) -> list[tuple[str, date]]:
        """Return each state with its first day, in order."""
        active = self.operating + PILOT
        found = [
            (GroupState.APPROVED, self.founded),
            (GroupState.PILOT, self.operating),
            (GroupState.ACTIVE, active),
        ]
        if active < SUSPENDED[0] and self.turn % DWINDLING == 1:
            found += [
                (GroupState.SUSPENDED, SUSPENDED[0]),
                (GroupState.ACTIVE, SUSPENDED[1]),
            ]
        return [(state.value, day) for state, day in found]


def build_groups(plan: Plan) -> None:
    """Draw every county's groups and write them with phases and memberships."""
    keys = iter(reserve_ids(EducationGroup, plan.size.counties * plan.size.groups))
    drawn: list[DrawnGroup] = []
    for county in plan.counties:
        drawn += _county(plan, county, keys, len(drawn))
    copy_rows(EducationGroup, GROUP_COLUMNS, map(_row, drawn))
    copy_rows(GroupPhase, PHASE_COLUMNS, _phases(drawn))
    copy_rows(Membership, MEMBER_COLUMNS, _members(drawn))


def _county(
    plan: Plan, county: Region, keys: Iterator[int], turn: int
) -> list[DrawnGroup]:
    """Deal the county's schools out to its groups, kindergartens among themselves."""
    schools = plan.schools_of(county)
    small = [s for s in schools if s.type == SchoolType.KINDERGARTEN]
    large = [s for s in schools if s.type != SchoolType.KINDERGARTEN]
    chains = max(1, round(plan.size.groups * len(small) / len(schools)))
    found: list[DrawnGroup] = []
    for dealt, number in ((small, chains), (large, plan.size.groups - chains)):
        made = [
            _group(next(keys), turn + len(found) + n, county, dealt[n::number])
            for n in range(number)
        ]
        _move_members(made)
        found += made
    counted: dict[int, int] = defaultdict(int)
    for group in found:
        counted[group.founded.year] += 1
        year = group.founded.year
        group.code = f"{county.code}-{year}-{counted[year]:03d}"
    return found


def _group(pk: int, turn: int, county: Region, schools: list[DrawnSchool]) -> Any:
    chance = dice("generate", "group", turn)
    ordered = sorted(schools, key=_fitness)
    lead, members = ordered[0], ordered[1:]
    founded = chance.choice(FOUNDED)
    group = DrawnGroup(pk, turn, "", county, _type_of(lead), founded, chance, lead)
    group.spans = [Span(lead, Role.LEAD, founded)]
    group.spans += [Span(s, Role.MEMBER, founded) for s in members]
    if turn % 2 == 0:
        group.spans[-1] = replace(group.spans[-1], start=LATER)
    if turn % DWINDLING == 0:
        group.spans[-2] = replace(
            group.spans[-2], end=GONE, because="学校布局调整，经批准退出"
        )
    if turn % CALM == 0:
        _change_lead(group)
    return group


def _fitness(school: DrawnSchool) -> tuple[bool, int, int]:
    """Put public schools first, the famous ones before all, as leads come."""
    order = [Label.FAMOUS, Label.QUALITY, "", Label.WEAK]
    return not school.is_public, order.index(school.label), school.number


def _type_of(lead: DrawnSchool) -> GroupType:
    if lead.type == SchoolType.KINDERGARTEN:
        return GroupType.KINDERGARTEN_CHAIN
    famous = lead.label == Label.FAMOUS
    return GroupType.FAMOUS_SCHOOL_GROUP if famous else GroupType.SCHOOL_COMMUNITY


def _change_lead(group: DrawnGroup) -> None:
    """Let the lead and the first member change places on one day."""
    old, new = group.spans[0], group.spans[1]
    why = "更换龙头学校"
    group.spans[:2] = [
        replace(old, end=NEW_LEAD, because=why),
        replace(new, end=NEW_LEAD, because=why),
        Span(new.school, Role.LEAD, NEW_LEAD),
        Span(old.school, Role.MEMBER, NEW_LEAD),
    ]


def _move_members(groups: list[DrawnGroup]) -> None:
    """Let a member of some groups go over to the next one."""
    if len(groups) < 2:
        return
    for here, there in pairwise([*groups, groups[0]]):
        if here.turn % UNEASY == 0:
            place = next(
                n
                for n, span in reversed(list(enumerate(here.spans)))
                if span.role == Role.MEMBER and span.end is None and span.start < LEFT
            )
            span = here.spans[place]
            here.spans[place] = replace(span, end=LEFT, because="转入其他集团")
            there.spans.append(Span(span.school, Role.MEMBER, MOVED))


GROUP_COLUMNS = (
    "id",
    "code",
    "name",
    "short_name",
    "region_id",
    "group_type",
    "primary_mode_id",
    "closeness",
    "operation_form",
    "bond_type",
    "formation_basis",
    "ownership",
    "vision",
    "state",
    "founded_on",
    "founding_document",
    "operating_from",
    "is_registered",
)


def _row(group: DrawnGroup) -> tuple[Any, ...]:
    name = f"{group.lead.name}{KIND_NAMES[group.type]}"
    return (
        group.pk,
        group.code,
        name,
        name.removeprefix(group.county.name),
        group.county.pk,
        group.type,
        MODES[group.type],
        group.closeness,
        group.chance.choice(OperationForm.values),
        group.chance.choice(BondType.values),
        group.chance.choice(FormationBasis.values),
        _ownership_of(group),
        "共享优质资源，各校共同发展。",
        group.phases[-1][0],
        group.founded,
        _document(group),
        group.operating,
        True,
    )


def _ownership_of(group: DrawnGroup) -> str:
    kinds = {span.school.ownership == Ownership.PUBLIC for span in group.spans}
    if kinds == {False}:
        return GroupOwnership.PRIVATE
    return GroupOwnership.MIXED if len(kinds) > 1 else GroupOwnership.PUBLIC


def _document(group: DrawnGroup) -> str:
    return f"样教〔{group.founded.year}〕{group.turn + 1}号"


PHASE_COLUMNS = ("group_id", "state", "valid_from", "valid_to")


def _phases(drawn: list[DrawnGroup]) -> Iterator[tuple[Any, ...]]:
    for group in drawn:
        ends = [day for _state, day in group.phases[1:]]
        for (state, start), end in zip(group.phases, [*ends, None], strict=True):
            yield group.pk, state, start, end


MEMBER_COLUMNS = (
    "group_id",
    "group_type",
    "school_id",
    "school_ownership",
    "role",
    "mode_id",
    "is_exclusive",
    "category_at_join",
    "baseline",
    "document_number",
    "ended_because",
    "valid_from",
    "valid_to",
)


def _members(drawn: list[DrawnGroup]) -> Iterator[tuple[Any, ...]]:
    known = _known_at_joining(drawn)
    for group in drawn:
        for span in group.spans:
            leads = span.role == Role.LEAD
            yield (
                group.pk,
                group.type,
                span.school.pk,
                span.school.ownership,
                span.role,
                None if leads else MODES[group.type],
                not leads or group.closeness == Closeness.TIGHT,
                *known[span.start, span.school.pk],
                _document(group),
                span.because,
                span.start,
                span.end,
            )


def _known_at_joining(drawn: list[DrawnGroup]) -> dict[tuple[date, int], list[str]]:
    """Return (day, school id) → categories and baseline as JSON, asked once a day."""
    joining: dict[date, dict[int, Region]] = defaultdict(dict)
    for group in drawn:
        for span in group.spans:
            joining[span.start][span.school.pk] = group.county
    found: dict[tuple[date, int], list[str]] = {}
    for day, counties in joining.items():
        schools = list(School.objects.filter(pk__in=counties).order_by("pk"))
        baselines = baseline_of(schools, day)
        categories = categories_of(schools, day, drawn[0].county)
        for school in schools:
            told = categories[school.pk], baselines[school.pk]
            found[day, school.pk] = [
                json.dumps(one, ensure_ascii=False, cls=DjangoJSONEncoder)
                for one in told
            ]
    return found
