"""What is served has the shapes of the standard itself, not only the declared ones."""

from typing import Any

import pytest

from roster.provider.declaring import V1P1, V1P2, Version
from tests.roster.provider.conftest import Api
from tests.roster.provider.factories import World, token
from tests.roster.provider.official import (
    OBJECTS,
    REFERRED,
    WRAPPERS,
    check_error,
    check_object,
    members_of,
)

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize("version", [V1P2, V1P1], ids=["v1p2", "v1p1"])
EMPTY = {"gradingPeriods", "demographics"}
SAMPLES = {"day": "2026-01-01", "moment": "2026-01-01T00:00:00Z"}


@BOTH
@pytest.mark.parametrize("path", sorted(WRAPPERS))
def test_every_object_is_one_of_the_standard_under_its_own_name(
    city_api: Api, path: str, version: Version
) -> None:
    many, one = WRAPPERS[path]

    body = city_api.get(path, version.prefix, limit=10000).json()

    assert set(body) == {many}
    assert bool(body[many]) == (path not in EMPTY)
    for value in body[many]:
        check_object(value, many, version is V1P1)
        single = city_api.get(f"{path}/{value['sourcedId']}", version.prefix).json()
        assert single == {one: value}


def paths_of(base: str, is_old: bool) -> list[tuple[str, str]]:
    """Return every plain property with a value to compare it with."""
    members, _needed = members_of(base, is_old)
    found = []
    for name, kind in members.items():
        bare = kind.lstrip("*")
        if bare in REFERRED:
            found.append((f"{name}.sourcedId", "x"))
        elif bare not in {"id", "role_object", "profile"}:
            found.append((name, SAMPLES.get(bare, "x")))
    return found


@BOTH
@pytest.mark.parametrize("base", sorted(OBJECTS))
def test_every_property_of_the_standard_can_be_asked_for_and_looked_for(
    api: Api, base: str, version: Version
) -> None:
    is_old = version is V1P1
    members, _needed = members_of(base, is_old)

    for name in members:
        rows = api.list(base, version.prefix, fields=f"sourcedId,{name}")
        assert all(set(row) <= {"sourcedId", name} for row in rows)
    for path, text in paths_of(base, is_old):
        api.list(base, version.prefix, filter=f"{path}='{text}'")
    api.list(base, version.prefix, fields=",".join(members))


@BOTH
def test_a_person_is_looked_for_by_mail_address_as_it_stands_in_the_address_bar(
    api: Api, world: World, version: Version
) -> None:
    address = f"{version.prefix}/users?filter=email='x@example.org'&limit=10000"

    answer = api.client.get(address, headers=api.headers)

    assert answer.status_code == 200
    assert answer.json() == {"users": []}
    assert answer["X-Total-Count"] == "0"


def test_people_are_put_in_the_order_of_a_property_nobody_has(
    api: Api, world: World
) -> None:
    rows = api.list("users", sort="username", orderBy="desc")

    ids = [row["sourcedId"] for row in rows]
    assert len(ids) == 2
    assert ids == sorted(ids)


def test_every_refusal_is_one_of_the_standard(
    client: Any, api: Api, world: World
) -> None:
    school = world.here.school.public_id
    other = Api(client, token(client, world.here.county, ["read"]))
    found = {
        "orgs?filter=nothing='x'": "invalid_filter_field",
        "orgs?fields=nothing": "invalid_selection_field",
        "orgs?limit=0": "invaliddata",
        "orgs?sort=nothing": "invaliddata",
        "orgs/nothing": "unknownobject",
        f"teachers/{school}": "unknownobject",
        "nothing": "unknownobject",
    }

    for address, word in found.items():
        assert check_error(api.get(address).json()) == word
    assert check_error(client.get(f"{V1P2.prefix}/orgs").json()) == (
        "unauthorisedrequest"
    )
    assert check_error(other.get("orgs").json()) == "forbidden"
