"""Former names, campuses, contacts, building sites, partners, and a double entry."""

from datetime import date
from decimal import Decimal

from demo.builders.schools import REGISTERED, bureau_for
from demo.clock import on
from demo.data import rows as listed
from demo.data import tree
from demo.people import full_name
from demo.world import World
from groups.models import Partnership
from groups.services import add_partnership
from schools.choices import SchoolStatus, Stage
from schools.credit import check_character
from schools.models import (
    Campus,
    ConstructionProject,
    Partner,
    School,
    SchoolContact,
    SchoolProfile,
    SchoolStage,
)
from schools.services import (
    add_campus,
    add_project,
    register_partner,
)

EVERY_NTH_LACKS = 7
"""Which schools have told nobody to speak to, so that the board has gaps to show."""
NO_AREA = "000"
"""An area code that no telephone network gives out."""


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def build_structure(world: World) -> None:
    """Enter what schools were called, where they teach and what is built there."""
    told = tree("structure.json")
    with on(REGISTERED):
        _former_names(world, told["renames"])
        _campuses(world, told["campuses"])
        _contacts(world)
        _projects(world, told["projects"])
        _partners(world, told["partners"])
        _twins(world, told["twins"])


def _former_names(world: World, renames: list[dict[str, str]]) -> None:
    """Take over what was renamed before the register began."""
    for row in renames:
        school = world.schools[row["school"]]
        _profile, is_new = SchoolProfile.objects.get_or_create(
            school=school,
            valid_to=_day(row["day"]),
            defaults={
                "valid_from": school.opened_on,
                "name": row["former"],
                "short_name": row["former_short"],
                "school_code": school.school_code,
                "type": school.type,
                "stages": school.stage_codes,
                "ownership": school.ownership,
                "administered_by": school.administered_by,
                "changed_because": row["reason"],
                "document_no": row["document_no"],
            },
        )
        world.ledger.note("former_names", is_new)


def _campuses(world: World, campuses: list[dict[str, str]]) -> None:
    held = set(Campus.objects.values_list("school", "name"))
    for row in campuses:
        school = world.schools[row["school"]]
        is_new = (school.pk, row["name"]) not in held
        world.ledger.note("campuses", is_new)
        if is_new:
            add_campus(
                school,
                by=bureau_for(world, school.administered_by.code),
                name=row["name"],
                stages=row["stages"],
                address=row["address"],
                valid_from=_day(row["since"]),
                valid_to=_day(row["until"]),
            )


def _contacts(world: World) -> None:
    """Name a head and an office for most schools, under numbers that nobody has."""
    held = list(SchoolContact.objects.values_list("school", flat=True))
    rows = []
    for number, row in enumerate(listed("schools.csv"), start=1):
        school = world.schools[row["name"]]
        if school.has_ended or school.pk in held or number % EVERY_NTH_LACKS == 0:
            continue
        for post, is_main in (("校（园）长", False), ("办公室主任", True)):
            rows.append(
                SchoolContact(
                    school=school,
                    post=post,
                    name=full_name(f"{school.name} {post}"),
                    phone=f"{NO_AREA}-{number:05}{int(is_main)}",
                    is_main=is_main,
                )
            )
    SchoolContact.objects.bulk_create(rows)
    world.ledger.note("contacts", bool(rows), len(rows) or len(held))


def _projects(world: World, projects: list[dict[str, str]]) -> None:
    held = set(ConstructionProject.objects.values_list("school", "name"))
    for row in projects:
        school = world.schools[row["school"]]
        is_new = (school.pk, row["name"]) not in held
        world.ledger.note("projects", is_new)
        if is_new:
            add_project(
                school,
                by=bureau_for(world, school.administered_by.code),
                name=row["name"],
                kind=row["kind"],
                programme=row["programme"],
                investment=Decimal(row["investment"]),
                paid=Decimal(row["paid"]),
                seats_added=row["seats"],
                started_on=_day(row["started"]),
                planned_on=_day(row["planned"]),
                completed_on=_day(row["completed"]),
            )


def _partners(world: World, partners: list[dict[str, str]]) -> None:
    held = set(Partner.objects.values_list("name", flat=True))
    for row in partners:
        is_new = row["name"] not in held
        world.ledger.note("partners", is_new)
        if is_new:
            first = f"{row['serial']}0"
            register_partner(
                by=bureau_for(world, row["region"]),
                region=world.regions[row["region"]],
                kind=row["kind"],
                name=row["name"],
                industry=row["industry"],
                credit_code=first + check_character(first),
            )


def build_partnerships(world: World) -> None:
    """Let partners take part in the vocational alliance since it was founded."""
    held = set(Partnership.objects.values_list("group__name", "partner__name"))
    for row in tree("structure.json")["partnerships"]:
        is_new = (row["group"], row["partner"]) not in held
        world.ledger.note("partnerships", is_new)
        if is_new:
            group = world.group(row["group"])
            with on(REGISTERED):
                add_partnership(
                    group,
                    by=bureau_for(world, group.region.code),
                    partner=Partner.objects.get(name=row["partner"]),
                    valid_from=date.fromisoformat(row["since"]),
                    document_no=row["document_no"],
                )


def _twins(world: World, twins: list[dict[str, str]]) -> None:
    """Leave an entry of a school's planning days standing, for the work list."""
    for row in twins:
        school = world.schools[row["of"]]
        is_new = row["name"] not in world.schools
        world.ledger.note("twins", is_new)
        if not is_new:
            continue
        twin = School(
            name=row["name"],
            region=school.region,
            administered_by=school.administered_by,
            type=school.type,
            ownership=school.ownership,
            address=row["address"],
            status=SchoolStatus.PLANNED,
        )
        twin.save()
        SchoolStage.objects.create(school=twin, stage=Stage.PRIMARY)
    world.forget("schools")
