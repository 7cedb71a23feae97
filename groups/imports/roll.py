"""What an imported roll of groups is read against: schools, groups and spans so far."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bureau.authority import regions_answered
from bureau.models import Region
from bureau.parameters import parameter
from groups.choices import GroupState, Role
from groups.models import EducationGroup, GroupMode, Membership
from schools.models import School
from schools.names import normalize_name

NEVER = date(9999, 12, 31)


@dataclass(frozen=True)
class Held:
    """A span of one school in one group: from the register, or of an earlier row."""

    group: str
    school: int
    role: str
    mode: str
    start: date
    end: date | None
    is_exclusive: bool = False
    row: int = 0
    pk: int = 0

    def meets(self, start: date, end: date | None) -> bool:
        """Tell whether some day lies in both spans."""
        return self.start < (end or NEVER) and start < (self.end or NEVER)


@dataclass
class Roll:
    """The register of a region as the rows of a file find it."""

    scope: Region
    is_exclusive: bool
    modes: dict[str, GroupMode]
    schools: dict[str, list[School]] = field(default_factory=lambda: defaultdict(list))
    groups: dict[str, list[EducationGroup]] = field(
        default_factory=lambda: defaultdict(list)
    )
    spans: dict[int, Membership] = field(default_factory=dict)
    of_school: dict[int, list[Held]] = field(default_factory=lambda: defaultdict(list))
    of_group: dict[str, list[Held]] = field(default_factory=lambda: defaultdict(list))
    leads: dict[str, int] = field(default_factory=dict)
    answered: frozenset[int] | None = None
    """The regions the importer answers for; None where no person imports."""

    def run_below(self, region: Region) -> bool:
        """Tell whether the importer only guides and reads what the region runs.

        AK-1.3.1: a city enters groups for its counties, and changes none of theirs.
        """
        return self.answered is not None and region.pk not in self.answered

    def find_schools(self, name: str, code: str, county: str) -> list[School]:
        """Return the schools of this code, else of this name; the county decides."""
        found = self.schools.get(code, []) if code else []
        if not found and name:
            found = self.schools.get(name, []) or self.schools.get(
                normalize_name(name), []
            )
        if len(found) > 1 and county:
            near = [
                s
                for s in found
                if county in {s.administered_by.name, s.administered_by.short_name}
            ]
            return near or found
        return found

    def find_groups(self, name: str, code: str) -> list[EducationGroup]:
        """Return the groups of this code, else of this name."""
        return self.groups.get(code, []) if code else self.groups.get(name, [])

    def hold(self, held: Held) -> None:
        """Remember a span for the rows that follow."""
        self.of_school[held.school].append(held)
        self.of_group[held.group].append(held)


def read_roll(scope: Region, by: Any, permission: str) -> Roll:
    """Load the schools, groups and memberships of a region's subtree."""
    answered = regions_answered(by, permission).values_list("pk", flat=True)
    roll = Roll(
        scope=scope,
        answered=frozenset(answered) if by else None,
        is_exclusive=bool(parameter("membership.exclusive", scope)),
        modes={mode.pk: mode for mode in GroupMode.objects.all()},
    )
    for school in School.objects.run_by(scope).select_related("administered_by"):
        for word in _words_of(school):
            roll.schools[word].append(school)
    groups = EducationGroup.objects.filter(region__in=Region.objects.within(scope))
    for group in groups.select_related("region"):
        roll.groups[group.code].append(group)
        if group.state != GroupState.DISSOLVED:
            roll.groups[group.name].append(group)
    for row in _spans(scope):
        roll.spans[row.pk] = row
        roll.hold(_held(row))
    return roll


def _words_of(school: School) -> set[str]:
    words = {school.name, school.normalized_name, school.provisional_no}
    words |= {school.school_code or "", school.short_name}
    return words - {""}


def _spans(scope: Region) -> Iterable[Membership]:
    regions = Region.objects.within(scope)
    rows = Membership.objects.filter(school__administered_by__in=regions)
    return rows.select_related("group")


def _held(row: Membership) -> Held:
    return Held(
        group=group_key(row.group),
        school=row.school_id,
        role=row.role,
        mode=row.mode_id or "",
        start=row.valid_from,
        end=row.valid_to,
        is_exclusive=row.is_exclusive,
        pk=row.pk,
    )


def group_key(group: EducationGroup) -> str:
    """Return the mark of a standing group."""
    return f"#{group.pk}"


def worst_day(spans: Iterable[Held]) -> tuple[int, date | None]:
    """Return the largest number of spans that hold on one day, and that day."""
    listed = list(spans)
    best: tuple[int, date | None] = (0, None)
    for day in _starts(listed):
        count = sum(1 for s in listed if s.start <= day < (s.end or NEVER))
        if count > best[0]:
            best = (count, day)
    return best


def _starts(spans: Iterable[Held]) -> Iterator[date]:
    return iter(sorted({span.start for span in spans}))


def new_schools(spans: Iterable[Held]) -> list[Held]:
    """Keep the members of core school + new school (AK-3.2.1)."""
    return [s for s in spans if s.mode == "AK_CORE_NEW" and s.role != Role.LEAD]
