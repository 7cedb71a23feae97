"""The rows that builders share: regions, years, schools and people by their names."""

from functools import cached_property
from typing import Any

from accounts.models import User
from bureau.models import AcademicYear, Region
from demo.data import rows
from demo.ledger import Ledger
from groups.models import EducationGroup
from schools.models import ClassSection, School

CITY = "990100"
PLACES = tuple(row["code"] for row in rows("regions.csv"))


class World:
    """Looks fictional things up by the names that the data files use."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self._people: dict[str, User] = {}
        self.sections: dict[str, dict[int, dict[str, list[ClassSection]]]] = {}

    @cached_property
    def regions(self) -> dict[str, Region]:
        """Code → region."""
        return {r.code: r for r in Region.objects.filter(code__in=PLACES)}

    @cached_property
    def years(self) -> dict[str, AcademicYear]:
        """Code → school year."""
        return {year.code: year for year in AcademicYear.objects.all()}

    @cached_property
    def schools(self) -> dict[str, School]:
        """Name → school, of the demo's regions only."""
        found = School.objects.filter(administered_by__code__in=PLACES)
        return {s.name: s for s in found.select_related("administered_by")}

    def group(self, name: str) -> EducationGroup:
        """Return the standing or ended group of a name."""
        return EducationGroup.objects.get(name=name, region__code__in=PLACES)

    def person(self, username: str) -> User:
        """Return a user, the same object each time."""
        if username not in self._people:
            self._people[username] = User.objects.get(username=username)
        return self._people[username]

    def forget(self, *names: str) -> None:
        """Read schools (or another kept list) anew when next asked for."""
        for name in names:
            self.__dict__.pop(name, None)

    def forget_grants(self) -> None:
        """Let people be asked anew what they may do."""
        self._people.clear()

    def scope(self, kind: str, name: str) -> Any:
        """Return the region, school or group that a role is held in."""
        if kind == "bureau.region":
            return self.regions[name]
        if kind == "schools.school":
            return self.schools[name]
        return self.group(name) if kind else None
