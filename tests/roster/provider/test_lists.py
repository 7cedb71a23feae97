"""Pages, order, filters and wanted fields of the lists."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roster.provider.declaring import V1P1, V1P2
from roster.provider.endpoints import LISTINGS
from tests.personnel.factories import TeacherFactory
from tests.roster.provider import factories
from tests.roster.provider.conftest import Api
from tests.roster.provider.factories import World, pupil
from tests.schools.factories import SchoolFactory

pytestmark = pytest.mark.django_db
NAMES = ("李一", "王二", "欧阳三", "Anna Smith", "阿依古丽·买买提", "赵")


@pytest.fixture
def people(world: World) -> World:
    """The first county with six teachers and five pupils more."""
    for name in NAMES:
        TeacherFactory(school=world.here.school, name=name)
    for number in range(5):
        pupil(world.here.school, ("陈", f"学{number}"), grade=number + 1)
    return world


def links(answer: Any) -> dict[str, str]:
    """Read a Link header as a strict consumer does: split at commas."""
    found = {}
    for piece in answer["Link"].split(","):
        matched = re.fullmatch(r'\s*<([^>]*)>; rel="(\w+)"', piece)
        assert matched, piece
        found[matched[2]] = matched[1]
    return found


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
@pytest.mark.parametrize("sort", ["", "familyName", "dateLastModified"])
def test_pages_hold_every_row_once(
    api: Api, people: World, size: int, sort: str
) -> None:
    query = {"limit": size} | ({"sort": sort} if sort else {})
    found: list[str] = []
    while True:
        answer = api.get("users", offset=len(found), **query)
        rows = [row["sourcedId"] for row in answer.json()["users"]]
        found += rows
        assert answer["X-Total-Count"] == "13"
        if "next" not in links(answer):
            break

    assert len(found) == len(set(found)) == 13


def test_following_the_links_reads_all_of_a_filtered_list(
    api: Api, people: World
) -> None:
    answer = api.get(
        "users", limit=2, filter="roles.role='student'", fields="sourcedId"
    )
    found = []
    while True:
        found += answer.json()["users"]
        following = links(answer).get("next")
        if following is None:
            break
        assert "'" not in following
        answer = api.client.get(following, headers=api.headers)

    assert len(found) == 6
    assert {tuple(row) for row in found} == {("sourcedId",)}


def test_beyond_the_end_there_is_nothing_and_no_next(api: Api, people: World) -> None:
    answer = api.get("users", offset=500, limit=5)

    assert answer.json() == {"users": []}
    assert answer["X-Total-Count"] == "13"
    assert set(links(answer)) == {"first", "last", "prev"}
    assert "offset=10" in links(answer)["prev"]


def test_an_exact_last_page_has_no_next(api: Api, people: World) -> None:
    answer = api.get("users", offset=0, limit=13)

    assert set(links(answer)) == {"first", "last"}


def test_a_limit_too_large_is_clamped(api: Api, people: World) -> None:
    answer = api.get("users", limit=99999999)

    assert answer.status_code == 200
    assert "limit=10000" in links(answer)["first"]


@pytest.mark.parametrize(
    ("query", "minor"),
    [
        ("limit=0", "invaliddata"),
        ("limit=-1", "invaliddata"),
        ("limit=1e3", "invaliddata"),
        ("limit=abc", "invaliddata"),
        ("limit=", "invaliddata"),
        ("limit=%EF%BC%91", "invaliddata"),
        ("limit=5&limit=6", "invaliddata"),
        ("offset=-1", "invaliddata"),
        ("offset=1.5", "invaliddata"),
        ("orderBy=up", "invaliddata"),
        ("sort=nothing", "invaliddata"),
        ("sort=", "invaliddata"),
        ("sort=grades", "invaliddata"),
        ("fields=", "invalid_selection_field"),
        ("fields=sourcedId,nothing", "invalid_selection_field"),
        ("fields=sourcedId,,status", "invalid_selection_field"),
        ("filter=", "invalid_filter_field"),
        ("filter=nothing='x'", "invalid_filter_field"),
        ("filter=familyName==='x'", "invalid_filter_field"),
        ("filter=familyName='x", "invalid_filter_field"),
        ("filter=familyName=x", "invalid_filter_field"),
        ("filter=familyName='x' XOR givenName='y'", "invalid_filter_field"),
        ("filter=familyName='x' AND", "invalid_filter_field"),
        ("filter=(familyName='x')", "invalid_filter_field"),
        ("filter=roles='teacher'", "invalid_filter_field"),
        ("filter=roles.beginDate>'yesterday'", "invalid_filter_field"),
        ("filter=dateLastModified>'9999-12-31T23:59:59Z'", "invalid_filter_field"),
        ("filter=dateLastModified>'2026-02-30'", "invalid_filter_field"),
        ("filter=familyName='%00'", "invaliddata"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_word(
    api: Api, query: str, minor: str
) -> None:
    answer = api.client.get(f"{V1P2.prefix}/users?{query}", headers=api.headers)

    assert answer.status_code == 400
    body = answer.json()
    assert body["imsx_codeMajor"] == "failure"
    [field] = body["imsx_CodeMinor"]["imsx_codeMinorField"]
    assert field["imsx_codeMinorFieldValue"] == minor
    assert body["imsx_description"]


def test_an_unknown_sort_has_its_own_word_in_version_1_1(api: Api) -> None:
    body = api.get("users", V1P1.prefix, sort="nothing").json()

    [field] = body["imsx_CodeMinor"]["imsx_codeMinorField"]
    assert field["imsx_codeMinorFieldValue"] == "invalid_sort_field"
    assert body["imsx_messageRefIdentifier"]


def test_rows_are_sorted_by_code_points(api: Api, people: World) -> None:
    up = [r["familyName"] for r in api.list("users", sort="familyName")]
    down = api.list("users", sort="familyName", orderBy="desc")

    assert up == sorted(up)
    assert [r["familyName"] for r in down] == sorted(up, reverse=True)


def test_rows_without_the_property_come_last_either_way(
    api: Api, people: World
) -> None:
    for order in ("asc", "desc"):
        rows = api.list("users", sort="identifier", orderBy=order)
        assert [r.get("identifier") for r in rows] == ["T001", *[None] * 12]


def test_names_are_split_as_people_would(api: Api, people: World) -> None:
    found = {
        (r["familyName"], r["givenName"])
        for r in api.list("teachers", fields="familyName,givenName")
    }

    assert found == {
        ("欧阳", "晓燕"),
        ("李", "一"),
        ("王", "二"),
        ("欧阳", "三"),
        ("Smith", "Anna"),
        ("买买提", "阿依古丽"),
        ("赵", "赵"),
    }


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("familyName='欧阳'", 2),
        ("familyName='欧阳' and givenName='三'", 1),
        ("familyName='欧阳' OR familyName='李' AND givenName='一'", 3),
        ("familyName != '欧阳'", 11),
        ("givenName~'学'", 5),
        ("metadata.cn.edu.fullName~'SMITH'", 1),
        ("grades='03'", 1),
        ("grades~'0'", 6),
        ("grades!='01'", 11),
        ("grades>='04'", 2),
        ("identifier='T001'", 1),
        ("identifier!='T001'", 12),
        ("roles.role='student'", 6),
        ("roles.beginDate<'2020-01-01'", 1),
        ("enabledUser='true'", 13),
        ("status='tobedeleted'", 0),
        ("primaryOrg.type='org'", 13),
        ("familyName='O''Neill'", 0),
        ("familyName=''; DROP TABLE x;--'", None),
    ],
)
def test_filters_choose_rows(
    api: Api, people: World, text: str, count: int | None
) -> None:
    answer = api.get("users", filter=text)

    if count is None:
        assert answer.status_code == 400
        return
    assert answer["X-Total-Count"] == str(count)
    assert len(answer.json()["users"]) == count


def test_a_filter_sent_without_encoding_is_understood(api: Api, people: World) -> None:
    address = f"{V1P2.prefix}/users?filter=identifier='T001'&limit=10000"

    found = api.client.get(address, headers=api.headers).json()

    assert len(found["users"]) == 1


def test_a_moment_is_compared_as_it_is_shown(api: Api, people: World) -> None:
    rows = api.list("users")
    moment = sorted(row["dateLastModified"] for row in rows)[5]
    read = datetime.fromisoformat

    for op, wanted in {
        "=": lambda m: m == read(moment),
        ">": lambda m: m > read(moment),
        ">=": lambda m: m >= read(moment),
        "<": lambda m: m < read(moment),
        "<=": lambda m: m <= read(moment),
        "!=": lambda m: m != read(moment),
    }.items():
        found = api.list("users", filter=f"dateLastModified{op}'{moment}'")
        expected = [r for r in rows if wanted(read(r["dateLastModified"]))]
        assert found == expected, op


@pytest.mark.parametrize("path", sorted(LISTINGS))
def test_a_list_takes_a_fixed_number_of_queries(
    api: Api, world: World, path: str
) -> None:
    def queries() -> int:
        api.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert api.get(path).status_code == 200
        return len(captured)

    few = queries()
    for number in range(10):
        school = SchoolFactory(region=world.here.county)
        TeacherFactory(school=school)
        pupil(school, ("周", f"{number}"))

    assert queries() <= few + 1
    assert few <= 9


def test_a_page_is_read_from_the_nearer_end(api: Api, people: World) -> None:
    with CaptureQueriesContext(connection) as captured:
        api.get("teachers", offset=5, limit=1)

    assert any("DESC LIMIT 1 OFFSET 1" in query["sql"] for query in captured)


@pytest.mark.django_db(transaction=True)
def test_totals_are_kept_until_a_row_of_the_table_changes(client: Any) -> None:
    world = factories.world()
    api = Api(client, factories.token(client, world.here.county))

    def counted() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            api.get("users")
        return [q["sql"] for q in captured if "count(*)" in q["sql"]]

    assert len(counted()) == 3
    assert counted() == []
    TeacherFactory(school=world.here.school)
    assert len(counted()) == 2
    assert counted() == []
    assert api.get("users")["X-Total-Count"] == "3"
