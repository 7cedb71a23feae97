"""How large a generated installation is, and where it lies."""

from dataclasses import dataclass

from bureau.choices import Level

PROVINCE, CITY = "980000", "980100"
"""No province of the country has the number 98."""
FIRST_YEARS = (2023, 2024, 2025)
"""The calendar years in which the three told school years begin."""


@dataclass(frozen=True)
class Size:
    """One size: its bureau, and how much each of its counties holds."""

    name: str
    region: str
    counties: int
    schools: int
    groups: int
    teachers: int

    @property
    def top(self) -> list[tuple[str, str, Level]]:
        """Return code, name and level of the regions above the counties.

        A province is a municipality, the one kind of province with a bureau that
        runs counties itself.
        """
        if self.region == PROVINCE:
            return [(PROVINCE, "样例市", Level.PROVINCE)]
        return [(PROVINCE, "样例省", Level.PROVINCE), (CITY, "样例市", Level.CITY)]

    def county_code(self, number: int) -> str:
        """Return the code of the county with this number, counted from 1."""
        above = CITY if self.region != PROVINCE else PROVINCE
        return str(int(above) + number)


SIZES = {
    size.name: size
    for size in (
        Size("county", "980101", counties=1, schools=80, groups=12, teachers=6000),
        Size("city", CITY, counties=10, schools=100, groups=10, teachers=6000),
        Size("province", PROVINCE, counties=100, schools=100, groups=10, teachers=5000),
    )
}
