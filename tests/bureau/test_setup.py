"""init_bureau and create_api_client: what other programs rely on."""

import json
import time
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import Invitation
from accounts.services import accept_invitation
from audit.models import Event
from bureau.data import rows
from bureau.models import (
    AcademicYear,
    ApiClient,
    Department,
    PolicyClause,
    PolicyDocument,
    Region,
)
from bureau.parameters import parameter
from bureau.regions import find_region
from bureau.services import pause_client, rotate_secret
from core.models import Installation
from tests.bureau.factories import ApiClientFactory, CountyFactory

pytestmark = pytest.mark.django_db


def run(command: str, *args: str) -> dict[str, Any]:
    """Run a command with ``--json`` and read its one line."""
    out = StringIO()
    call_command(command, *args, "--json", stdout=out)
    lines = out.getvalue().splitlines()
    assert len(lines) == 1
    return json.loads(lines[0])


def refused(command: str, *args: str) -> dict[str, Any]:
    """Run a command that must refuse, and read its one line."""
    out = StringIO()
    with pytest.raises(SystemExit) as end, transaction.atomic():
        call_command(command, *args, "--json", stdout=out)
    assert end.value.code == 1
    return json.loads(out.getvalue())


@pytest.mark.parametrize(
    ("code", "basis", "departments"),
    [("500113", ["BN"], 11), ("610900", ["AK"], 122), ("330110", [], 11)],
)
def test_any_region_of_the_country_gets_a_working_installation(
    code: str, basis: list[str], departments: int
) -> None:
    started, worked = time.monotonic(), time.process_time()
    result = run("init_bureau", "--region", code)

    # other work on the machine stretches the time on the wall, not the processor's
    spent = time.monotonic() - started, 2 * (time.process_time() - worked)
    assert min(spent) < 10
    region = find_region(code)
    assert result["region"] == code
    assert result["regions"] == Region.objects.count() > 3200
    assert result["departments"] == departments
    assert result["clauses"] == PolicyClause.objects.count() == 101
    assert result["parameters"] == len(rows("parameters.csv"))
    assert AcademicYear.objects.current() is not None
    in_force = PolicyDocument.objects.basis_for(region)
    assert [d.clause_prefix for d in in_force] == basis
    assert result["policies_basis"] == len(basis)
    assert result["policies_template"] == 2 - len(basis)
    assert parameter("class.large_min", region) == 56
    assert {i["role"] for i in result["invitations"]} == {
        "SYS_ADMIN",
        "SEC_ADMIN",
        "AUDITOR",
    }
    assert Installation.current().region_code == code


@pytest.mark.parametrize(
    ("region", "code", "words"),
    [
        ("999999", "unknown_region", "找不到行政区"),
        ("610000", "level", "不是市或区县"),
        ("710000", "level", "不是市或区县"),
    ],
)
def test_an_unfit_region_is_refused_and_nothing_is_left(
    region: str, code: str, words: str
) -> None:
    told = refused("init_bureau", "--region", region)

    assert told["code"] == code
    assert words in told["error"]
    assert not Installation.objects.exists()
    assert not Region.objects.exists()


@pytest.mark.usefixtures("country")
class TestWhereTheCountryIsLoaded:
    """Most of what a set-up does, without waiting for the regions each time."""

    def test_running_twice_changes_nothing_and_issues_no_second_links(self) -> None:
        first = run("init_bureau", "--region", "610900")
        counts = Department.objects.count(), Event.objects.count()

        second = run("init_bureau", "--region", "610900")

        assert (Department.objects.count(), Event.objects.count()) == counts
        assert [i["state"] for i in first["invitations"]] == ["created"] * 3
        assert [i["state"] for i in second["invitations"]] == ["waiting"] * 3
        for result in (first, second):
            result.pop("invitations")
        assert first == second

    def test_links_work_once_and_their_tokens_are_kept_only_hashed(self) -> None:
        result = run("init_bureau", "--region", "500113")
        token = result["invitations"][0]["link"].rstrip("/").rsplit("/", 1)[1]

        user = accept_invitation(
            token,
            username="sys",
            full_name="系统管理员",
            password="Quite-long-9-secret",
        )

        assert [g.role for g in user.grants.all()] == ["SYS_ADMIN"]
        assert not Invitation.objects.filter(token_hash=token).exists()
        again = run("init_bureau", "--region", "500113")
        assert [i["state"] for i in again["invitations"]] == [
            "accepted",
            "waiting",
            "waiting",
        ]

    def test_lost_links_are_issued_anew_and_the_old_ones_end(self) -> None:
        run("init_bureau", "--region", "500113")

        renewed = run("init_bureau", "--region", "500113", "--reinvite")

        assert [i["state"] for i in renewed["invitations"]] == ["created"] * 3
        soon = timezone.now() + timedelta(seconds=1)
        assert Invitation.objects.filter(expires_at__gt=soon).count() == 3

    def test_a_renamed_department_is_not_created_again(self) -> None:
        run("init_bureau", "--region", "500113")
        Department.objects.filter(kind="HR").update(name="巴南区人力社保局")

        run("init_bureau", "--region", "500113")

        assert Department.objects.filter(kind="HR").count() == 1

    def test_a_municipality_can_be_set_up_as_the_city(self) -> None:
        assert run("init_bureau", "--region", "500000")["departments"] == 39 * 11

    def test_an_installation_stays_with_its_region(self) -> None:
        run("init_bureau", "--region", "500113")

        told = refused("init_bureau", "--region", "610900")

        assert told["code"] == "installed"
        with (
            pytest.raises(CommandError, match="已为 500113 建立"),
            transaction.atomic(),
        ):
            call_command("init_bureau", "--region", "610900")

    def test_without_json_a_person_is_told_in_words(self) -> None:
        out = StringIO()

        call_command("init_bureau", "--region", "500113", stdout=out)
        call_command("init_bureau", "--region", "500113", stdout=out)

        assert "巴南区 已就绪" in out.getvalue()
        assert "等待接受" in out.getvalue()


def test_api_client_is_bound_to_its_region_and_its_secret_is_hashed() -> None:
    county = CountyFactory()

    made = run(
        *("create_api_client", "--name", "学籍系统", "--region", county.code),
        *("--scope", "read", "--scope", "import"),
    )

    client = ApiClient.objects.get(client_id=made["client_id"])
    assert (client.region, client.scopes) == (county, ["import", "read"])
    assert made["client_secret"] not in client.client_secret


@pytest.mark.parametrize(
    ("scope", "region", "words"),
    [("fly", "980100", "没有权限范围“fly”"), ("read", "123456", "找不到行政区")],
)
def test_an_unfit_client_is_refused(scope: str, region: str, words: str) -> None:
    CountyFactory(code="980100")

    told = refused(
        *("create_api_client", "--name", "x", "--region", region, "--scope", scope)
    )

    assert words in told["error"]


def test_two_clients_of_a_region_cannot_share_a_name() -> None:
    county = CountyFactory()
    ApiClientFactory(name="学籍系统", region=county)

    told = refused(
        *("create_api_client", "--name", "学籍系统"),
        *("--region", county.code, "--scope", "read"),
    )

    assert "同名客户端" in told["error"]


def token_for(client: Any, api_client: ApiClient, secret: str, scope: str = "") -> Any:
    """Ask the token endpoint."""
    fields = {
        "grant_type": "client_credentials",
        "client_id": api_client.client_id,
        "client_secret": secret,
    }
    if scope:
        fields["scope"] = scope
    return client.post("/oauth/token/", fields)


def test_a_client_gets_tokens_for_its_own_scopes_only(client: Any) -> None:
    made = ApiClientFactory(scopes=["read"])

    granted = token_for(client, made, "secret-for-tests")
    refused = token_for(client, made, "secret-for-tests", "write")

    assert granted.json()["scope"] == "read"
    assert refused.status_code == 400


def test_a_paused_client_gets_no_token(client: Any) -> None:
    made = ApiClientFactory()
    pause_client(made, by=None)

    assert token_for(client, made, "secret-for-tests").status_code in {400, 401}

    pause_client(made, by=None, paused=False)
    assert token_for(client, made, "secret-for-tests").status_code == 200


def test_a_rotated_secret_ends_the_old_one_and_its_tokens(client: Any) -> None:
    made = ApiClientFactory()
    token_for(client, made, "secret-for-tests")

    secret = rotate_secret(made, by=None)

    assert made.accesstoken_set.count() == 0
    assert token_for(client, made, "secret-for-tests").status_code == 401
    assert token_for(client, made, secret).status_code == 200
