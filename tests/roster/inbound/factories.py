"""Sources that send rosters, and the objects they send."""

import json
from datetime import date
from types import SimpleNamespace
from typing import Any

import factory
from django.test import Client

from accounts.models import ImpactAssessment
from bureau.models import Region, Term
from bureau.services import create_client
from core.days import today
from roster.inbound.sources import SCOPE, source_of_client
from roster.models import PupilRoster, Source
from tests.accounts.factories import UserFactory
from tests.bureau.factories import (
    AcademicYearFactory,
    CityFactory,
    CountyFactory,
    PolicyParameterFactory,
)


class SourceFactory(factory.django.DjangoModelFactory):
    """A sending system of a county, without a program."""

    class Meta:
        model = Source

    region = factory.SubFactory(CountyFactory)
    code = factory.Sequence(lambda n: f"system-{n}")
    name = factory.Sequence(lambda n: f"学籍系统{n}")


def keep_pupils(region: Region) -> PupilRoster:
    """Switch the minimal roster of pupils on."""
    person = UserFactory()
    made = ImpactAssessment.objects.create(
        title="学生最小名册",
        conclusion="可行",
        decided_on=today(),
        decided_by=person,
    )
    return PupilRoster.objects.create(
        region=region, assessment=made, switched_on_by=person, valid_from=today()
    )


def limits() -> None:
    """Ship the parameters that hold a bundle."""
    more = {"meaning": "待审批"}
    PolicyParameterFactory(key="roster.hold_share", value="0.10", unit="ratio", **more)
    PolicyParameterFactory(key="roster.hold_rows", value="500", unit="rows", **more)


def program(region: Region) -> SimpleNamespace:
    """Register a program that may send, and sign it in."""
    client, secret = create_client("学籍平台", region, [SCOPE])
    answer = Client().post(
        "/oauth/token/",
        {
            "grant_type": "client_credentials",
            "client_id": client.client_id,
            "client_secret": secret,
        },
    )
    token = answer.json()["access_token"]
    return SimpleNamespace(
        client=client,
        headers={"Authorization": f"Bearer {token}"},
        source=source_of_client(client),
    )


def make_world() -> SimpleNamespace:
    """A city with two counties, a year with its terms, a program of the first."""
    city = CityFactory()
    here = CountyFactory(parent=city, name="云洲区")
    there = CountyFactory(parent=city, name="彼岸区")
    year = AcademicYearFactory(first=2026)
    Term.objects.create(
        year=year, number=1, starts_on=date(2026, 9, 1), ends_on=date(2027, 1, 20)
    )
    Term.objects.create(
        year=year, number=2, starts_on=date(2027, 2, 20), ends_on=date(2027, 7, 5)
    )
    limits()
    return SimpleNamespace(
        city=city, here=here, there=there, year=year, sender=program(here)
    )


def post(
    world: Any, collection: str, rows: Any, query: str = "", **headers: str
) -> Any:
    """Send rows to the bulk interface."""
    return Client().post(
        f"/api/sync/v1/{collection}:bulk{query}",
        json.dumps({"rows": rows}),
        content_type="application/json",
        headers={**world.sender.headers, **headers},
    )


def ref(sourced_id: str, kind: str) -> dict[str, str]:
    """Return a reference object."""
    return {
        "href": f"https://x.test/{sourced_id}",
        "sourcedId": sourced_id,
        "type": kind,
    }


def org(
    sourced_id: str = "s1", name: str = "云洲实验小学", **more: Any
) -> dict[str, Any]:
    """Return a school."""
    return {"sourcedId": sourced_id, "name": name, "type": "school", **more}


def session(sourced_id: str = "t1", **more: Any) -> dict[str, Any]:
    """Return the autumn term."""
    return {
        "sourcedId": sourced_id,
        "title": "第一学期",
        "type": "semester",
        "startDate": "2026-09-01",
        "endDate": "2027-01-31",
        "schoolYear": "2027",
        **more,
    }


def user(
    sourced_id: str = "u1", name: str = "测试甲", role: str = "teacher", **more: Any
) -> dict[str, Any]:
    """Return a person of school ``s1``."""
    return {
        "sourcedId": sourced_id,
        "enabledUser": "true",
        "familyName": name[:1],
        "givenName": name[1:],
        "roles": [{"roleType": "primary", "role": role, "org": ref("s1", "org")}],
        **more,
    }


def section(
    sourced_id: str = "c1", title: str = "三年级2班", **more: Any
) -> dict[str, Any]:
    """Return a class of school ``s1``."""
    return {
        "sourcedId": sourced_id,
        "title": title,
        "classType": "homeroom",
        "grades": ["03"],
        "school": ref("s1", "org"),
        "terms": [ref("t1", "academicSession")],
        **more,
    }


def enrollment(
    sourced_id: str, person: str, role: str = "teacher", **more: Any
) -> dict[str, Any]:
    """Return a member of class ``c1``."""
    return {
        "sourcedId": sourced_id,
        "class": ref("c1", "class"),
        "school": ref("s1", "org"),
        "user": ref(person, "user"),
        "role": role,
        **more,
    }


def results(response: Any) -> list[str]:
    """Return the verdicts of an answer, or show why there are none."""
    assert response.status_code == 200, response.content.decode()
    return [row["result"] for row in response.json()["results"]]


def codes(response: Any, index: int = 0) -> set[str]:
    """Return the codes of a row's errors."""
    return {error["code"] for error in response.json()["results"][index]["errors"]}
