"""Who holds which post: the accounts offered, and people who only appear in records."""

from dataclasses import dataclass

from accounts.roles import GROUP, REGION, ROLES, SCHOOL
from demo.chance import dice
from demo.data import rows, tree

BEYOND_LIST = {
    "DISTRICT_EDU": ("jyj", "{region}教育局基础教育股股长"),
    "LEADING_GROUP": ("ldxz", "{region}集团化办学领导小组办公室主任"),
    "SCHOOL_PRINCIPAL": ("xz", "{school}校（园）长"),
    "SCHOOL_CLERK": ("tb", "{school}填报员"),
    "GROUP_OFFICE": ("jtb", "{group}办公室主任"),
}
"""Role → prefix of the user name and post title of people without a listed account."""


@dataclass(frozen=True)
class Post:
    """One role of one person in one scope, as the data files name it."""

    username: str
    role: str
    scope: str
    title: str
    is_offered: bool

    @property
    def kind(self) -> str:
        """Return the kind of the scope (``app.model``), empty for the installation."""
        return ROLES[self.role].scope

    @property
    def full_name(self) -> str:
        """Return the person's invented name."""
        return full_name(self.username)


def full_name(username: str) -> str:
    """Invent a name; the same user name always gets the same one."""
    pool, chance = tree("names.json"), dice("name", username)
    return chance.choice(pool["surnames"]) + chance.choice(pool["given"])


def offered_posts() -> list[Post]:
    """Return the accounts anybody may try, in the order in which they are shown."""
    return [
        Post(r["username"], r["role"], r["scope"], r["post_title"], True)
        for r in rows("accounts.csv")
    ]


def _listed() -> dict[tuple[str, str], Post]:
    return {(post.role, post.scope): post for post in offered_posts()}


def post(role: str, scope: str, label: str = "", key: str = "") -> Post:
    """Return who holds a role in a scope: a listed account, else someone of record."""
    known = _listed().get((role, scope))
    if known:
        return known
    prefix, title = BEYOND_LIST[role]
    words = {"region": label, "school": scope, "group": scope}
    return Post(f"{prefix}_{key or scope}", role, scope, title.format(**words), False)


def bureau_of(code: str) -> Post:
    """Return the official of a county's education bureau."""
    return post("DISTRICT_EDU", code, _region_name(code))


def leading_group_of(code: str) -> Post:
    """Return the head of a county's leading group office."""
    return post("LEADING_GROUP", code, _region_name(code))


def _region_name(code: str) -> str:
    return next(r["name"] for r in rows("regions.csv") if r["code"] == code)


def _school_number(name: str) -> str:
    return next(r["no"] for r in rows("schools.csv") if r["name"] == name).zfill(3)


def principal_of(school: str) -> Post:
    """Return the principal of a school."""
    return post("SCHOOL_PRINCIPAL", school, key=_school_number(school))


def clerk_of(school: str) -> Post:
    """Return the clerk of a school."""
    return post("SCHOOL_CLERK", school, key=_school_number(school))


def office_of(group: str, lead: str) -> Post:
    """Return the head of a group's office."""
    return post("GROUP_OFFICE", group, key=_school_number(lead))


def county_codes() -> list[str]:
    """Return the codes of the counties and zones, those outside the city too."""
    kinds = {"COUNTY", "FUNCTIONAL_ZONE"}
    return [r["code"] for r in rows("regions.csv") if r["level"] in kinds]


def standing_posts() -> list[Post]:
    """Return every post that does not hang on a group, listed accounts first."""
    found = [p for p in offered_posts() if p.kind in {REGION, SCHOOL, ""}]
    for code in county_codes():
        found += [bureau_of(code), leading_group_of(code)]
    for row in rows("schools.csv"):
        found += [principal_of(row["name"]), clerk_of(row["name"])]
    return list(dict.fromkeys(found))


def group_posts(group: str, lead: str) -> list[Post]:
    """Return the posts of one group: listed ones, an office, the lead's principal."""
    found = [p for p in offered_posts() if p.kind == GROUP and p.scope == group]
    held = {p.role for p in found}
    if "GROUP_OFFICE" not in held:
        found.append(office_of(group, lead))
    if "GROUP_HEAD" not in held:
        head = principal_of(lead)
        found.append(
            Post(head.username, "GROUP_HEAD", group, head.title, head.is_offered)
        )
    return found
