"""The city of the walk: its offices at first, its principals once schools exist."""

from dataclasses import dataclass, field

from bureau.models import Region
from bureau.regions import find_region
from bureau.services import set_up
from schools.choices import SchoolType
from schools.models import School
from tests.browser.people import person

CITY, COUNTY = "610900", "610902"
DEPARTMENTS = {
    "establishment": ("编办 周正", "DEPT_ESTABLISHMENT"),
    "hr": ("人社局 陈和", "DEPT_HR"),
    "finance": ("财政局 钱明", "DEPT_FINANCE"),
}


@dataclass
class Town:
    """Who and what takes part: offices by user name, schools by their part."""

    city: Region
    county: Region
    founders: list[School] = field(default_factory=list)
    standing: list[School] = field(default_factory=list)


def found_town() -> Town:
    """Set the installation up for the city and open its offices' accounts."""
    set_up(CITY)
    city, county = find_region(CITY), find_region(COUNTY)
    person("bureau", "教育局 王建", "DISTRICT_EDU", city)
    person("county", "教育局 何田", "DISTRICT_EDU", county)
    person("leading", "领导小组 李敏", "LEADING_GROUP", city)
    person("county_leading", "领导小组 吴静", "LEADING_GROUP", county)
    for username, (name, role) in DEPARTMENTS.items():
        person(username, name, role, county)
    return Town(city, county)


def open_principals_accounts(town: Town) -> None:
    """Choose the schools that take part and give their principals accounts."""
    here = School.objects.filter(administered_by=town.county).order_by("pk")
    town.founders = list(here.filter(type=SchoolType.SENIOR)[:3])
    town.standing = list(here.filter(type=SchoolType.PRIMARY)[:3])
    for number, school in enumerate(town.founders, start=1):
        person(f"principal{number}", f"校长 赵{number}", "SCHOOL_PRINCIPAL", school)
    person("head", "校长 孙立", "SCHOOL_PRINCIPAL", town.standing[0])
