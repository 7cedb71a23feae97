"""Tokens, scopes and reach: who reads what, and what nobody learns."""

from base64 import b64encode
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from oauth2_provider.models import get_access_token_model

from bureau.models import ApiClient
from bureau.services import create_client, pause_client
from roster.provider import callers
from roster.provider.declaring import V1P1, V1P2
from roster.provider.endpoints import LISTINGS, NESTED
from tests.accounts.factories import user_with
from tests.bureau.factories import CountyFactory
from tests.roster.provider.conftest import Api
from tests.roster.provider.factories import ALL, ROOT, World, token

pytestmark = pytest.mark.django_db
CORE, FULL, PEOPLE = ALL
PATHS = pytest.mark.parametrize("path", sorted(LISTINGS))


def ask(client: Any, made: ApiClient, secret: str, **data: str) -> Any:
    pair = b64encode(f"{made.client_id}:{secret}".encode()).decode()
    return client.post(
        data.pop("at", "/oauth/token/"),
        {"grant_type": "client_credentials", **data},
        headers={"Authorization": f"Basic {pair}"},
    )


@pytest.mark.parametrize(
    "address", ["/oauth/token/", "/oauth/token", "/oauth/access_token", "/oauth2/token"]
)
def test_a_token_is_given_wherever_clients_ask(client: Any, address: str) -> None:
    made, secret = create_client("教务系统", CountyFactory(), [FULL])

    answer = ask(client, made, secret, at=address).json()

    assert answer["token_type"] == "Bearer"
    assert answer["scope"] == FULL
    assert answer["expires_in"] == 3600


def test_the_known_part_of_the_scopes_is_granted_and_named(client: Any) -> None:
    made, secret = create_client("教务系统", CountyFactory(), [FULL, CORE])
    gradebook = "https://purl.imsglobal.org/spec/or/v1p2/scope/gradebook.readonly"

    answer = ask(client, made, secret, scope=f"{FULL} {gradebook} {PEOPLE}")

    assert answer.status_code == 200
    assert answer.json()["scope"] == FULL


def test_nothing_left_of_the_scopes_is_a_refusal(client: Any) -> None:
    made, secret = create_client("教务系统", CountyFactory(), [CORE])

    answer = ask(client, made, secret, scope=PEOPLE)

    assert answer.status_code in {400, 401}
    assert answer.json()["error"] == "invalid_scope"


def test_no_scope_asked_is_all_that_were_registered(client: Any) -> None:
    made, secret = create_client("教务系统", CountyFactory(), [CORE, FULL])

    answer = ask(client, made, secret).json()

    assert set(answer["scope"].split()) == {CORE, FULL}


@PATHS
def test_without_a_token_nothing_is_read(client: Any, path: str) -> None:
    for version in (V1P2, V1P1):
        answer = client.get(f"{version.prefix}/{path}")

        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")
        [field] = answer.json()["imsx_CodeMinor"]["imsx_codeMinorField"]
        wanted = {"unauthorisedrequest", "unauthorized"}
        assert field["imsx_codeMinorFieldValue"] in wanted


@pytest.mark.parametrize("header", ["Bearer none", "Bearer ", "Basic x", "Bearer \xe9"])
def test_a_token_nobody_gave_is_refused(client: Any, header: str) -> None:
    answer = client.get(f"{ROOT}/orgs", headers={"Authorization": header})

    assert answer.status_code == 401


def test_an_expired_token_is_refused(api: Api) -> None:
    get_access_token_model().objects.update(expires=timezone.now())

    assert api.get("orgs").status_code == 401


def test_a_signed_in_person_is_not_a_program(signed_in: Any) -> None:
    browser = signed_in(user_with("DISTRICT_EDU", CountyFactory()))

    assert browser.get(f"{ROOT}/orgs").status_code == 401


def test_a_paused_program_is_refused_when_half_a_minute_has_passed(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = callers.time.monotonic()
    monkeypatch.setattr(callers.time, "monotonic", lambda: now)
    assert api.get("orgs").status_code == 200
    pause_client(ApiClient.objects.get(), by=None)

    monkeypatch.setattr(callers.time, "monotonic", lambda: now + 31)

    assert api.get("orgs").status_code == 401


@pytest.mark.parametrize(
    ("scope", "path", "status"),
    [
        (CORE, "users", 200),
        (CORE, "schools/{school}", 200),
        (CORE, "schools/{school}/classes", 403),
        (CORE, "demographics", 403),
        (FULL, "users", 200),
        (FULL, "schools/{school}/classes", 200),
        (FULL, "demographics", 403),
        (FULL, "demographics/x", 403),
        (PEOPLE, "demographics", 200),
        (PEOPLE, "demographics/x", 404),
        (PEOPLE, "users", 403),
        (V1P1.scopes + "roster.readonly", "users", 200),
        (V1P2.scopes + "roster.createput", "users", 403),
        ("read", "orgs", 403),
    ],
)
def test_each_scope_opens_its_own(
    client: Any, world: World, scope: str, path: str, status: int
) -> None:
    api = Api(client, token(client, world.here.county, [scope]))

    answer = api.get(path.format(school=world.here.school.public_id))

    assert answer.status_code == status


@pytest.mark.parametrize(
    "address", ["regions", "schools", "teachers", "academic-years"]
)
def test_roster_scopes_open_nothing_of_the_sites_own_api(
    api: Api, address: str
) -> None:
    answer = api.client.get(f"/api/v1/{address}/", headers=api.headers)

    assert answer.status_code == 403


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["orgs", "orgs/x", "schools/x/classes"])
def test_other_methods_are_refused_in_the_same_words(
    api: Api, method: str, path: str
) -> None:
    answer = getattr(api.client, method)(f"{V1P1.prefix}/{path}", headers=api.headers)

    assert answer.status_code == 405
    assert answer["Allow"]
    assert answer.json()["imsx_codeMajor"] == "failure"


def test_too_many_requests_are_told_to_wait(api: Api, settings: Any) -> None:
    settings.ONEROSTER_PER_MINUTE = 3
    cache.clear()

    answers = [api.get("orgs") for _number in range(5)]

    cache.clear()
    assert [a.status_code for a in answers] == [200, 200, 200, 429, 429]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    [field] = answers[-1].json()["imsx_CodeMinor"]["imsx_codeMinorField"]
    assert field["imsx_codeMinorFieldValue"] == "server_busy"


def test_a_failure_has_the_standards_shape_too(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr("roster.provider.views.read_list", broken)

    answer = api.get("orgs")

    assert answer.status_code == 500
    assert "secret" not in answer.content.decode()
    [field] = answer.json()["imsx_CodeMinor"]["imsx_codeMinorField"]
    assert field["imsx_codeMinorFieldValue"] == "internal_server_error"


def everything_of(county: Any, place: Any) -> set[str]:
    rows = [
        *(county, place.school, place.course, place.section, place.taught),
        *(place.teacher, place.pupil, *place.enrolments, *county.departments.all()),
    ]
    return {row.public_id for row in rows}


@PATHS
@pytest.mark.parametrize("version", [V1P2, V1P1], ids=["v1p2", "v1p1"])
def test_nothing_of_another_county_is_shown_counted_or_told(
    api: Api, world: World, path: str, version: Any
) -> None:
    hidden = everything_of(world.there.county, world.there)
    answer = api.get(path, version.prefix, limit=10000)
    rows = next(iter(answer.json().values()))
    ids = {row["sourcedId"] for row in rows}

    assert not ids & hidden
    assert answer["X-Total-Count"] == str(len(rows))
    quoted = {f'"{name}"' for name in hidden}
    assert not any(name in answer.content.decode() for name in quoted)
    assert f"grade-{world.there.county.pk}-" not in answer.content.decode()
    missing = api.get(f"{path}/no-such", version.prefix).json()
    for name in sorted(hidden):
        told = api.get(f"{path}/{name}", version.prefix)
        assert told.status_code == 404
        body = told.json()
        body.pop("imsx_messageRefIdentifier", None)
        missing.pop("imsx_messageRefIdentifier", None)
        assert body == missing
        counted = api.get(path, version.prefix, filter=f"sourcedId='{name}'")
        assert counted["X-Total-Count"] == "0"


@pytest.mark.parametrize("path", sorted(NESTED))
def test_nothing_below_an_object_of_another_county_is_shown(
    api: Api, world: World, path: str
) -> None:
    there = world.there
    ids = {
        "schools": there.school.public_id,
        "classes": there.section.public_id,
        "courses": there.course.public_id,
        "terms": "term-0",
        "students": there.pupil.public_id,
        "teachers": there.teacher.public_id,
        "users": there.pupil.public_id,
    }
    names = [ids[step.parent.path] for step in NESTED[path].steps]

    answer = api.get(path.format(*names))

    assert answer.status_code == 404
    assert answer.json() == api.get("orgs/no-such").json()


def test_a_class_of_another_school_is_not_below_this_one(
    city_api: Api, world: World
) -> None:
    answer = city_api.get(
        f"schools/{world.here.school.public_id}"
        f"/classes/{world.there.section.public_id}/students"
    )

    assert answer.status_code == 404


def test_an_enrolment_of_a_person_from_elsewhere_is_not_shown(
    api: Api, city_api: Api, world: World
) -> None:
    row = world.here.enrolments[0]
    type(row).objects.filter(pk=row.pk).update(teacher=world.there.teacher)

    assert api.get(f"enrollments/{row.public_id}").status_code == 404
    assert city_api.get(f"enrollments/{row.public_id}").status_code == 200


def test_the_city_reads_all_its_counties(city_api: Api, world: World) -> None:
    for path in ("orgs", "courses", "classes", "users", "enrollments"):
        ids = {row["sourcedId"] for row in city_api.list(path, limit=10000)}
        for place in (world.here, world.there):
            mine = everything_of(place.county, place)
            assert ids & mine
        pages: list[str] = []
        while len(pages) < len(ids):
            rows = city_api.list(path, limit=3, offset=len(pages))
            pages += [row["sourcedId"] for row in rows]
        assert set(pages) == ids


@pytest.mark.parametrize(
    ("path", "other"),
    [("teachers", "pupil"), ("students", "teacher"), ("schools", "county")],
)
def test_an_object_of_another_kind_is_not_found_at_the_narrower_address(
    api: Api, world: World, path: str, other: str
) -> None:
    name = getattr(world.here, other).public_id

    assert api.get(f"{path}/{name}").status_code == 404


def test_the_scopes_can_be_chosen_where_programs_are_registered(
    signed_in: Any, world: World
) -> None:
    browser = signed_in(user_with("DISTRICT_EDU", world.here.county))

    page = browser.get("/bureau/clients/new/").content.decode()

    assert f'value="{FULL}"' in page
    assert "读取全部名册" in page


@pytest.mark.parametrize("path", ["/ims/oneroster", "/ims/oneroster/gradebook/v1p2/x"])
def test_services_that_are_not_provided_are_unknown_in_the_same_words(
    client: Any, path: str
) -> None:
    answer = client.post(path)

    assert answer.status_code == 404
    assert answer.json()["imsx_codeMajor"] == "failure"
