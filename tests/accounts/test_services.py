"""Grants, separation of duties and invitations."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from freezegun import freeze_time

from accounts.models import RoleGrant, User
from accounts.roles import ROLES, SEPARATE, permission_names
from accounts.services import accept_invitation, grant_role, invite, revoke_grant
from core.access import grants_of, holds
from tests.accounts.factories import UserFactory
from tests.bureau.factories import CountyFactory

pytestmark = pytest.mark.django_db
PASSWORD = "long enough words 42"


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_granted_role_gives_its_permissions_and_a_revoked_one_none() -> None:
    user, admin = UserFactory(), UserFactory()
    given = grant_role(user, "AUDITOR", by=admin)
    assert holds(fresh(user), "audit.view_event")

    revoke_grant(given, by=admin, reason="调离")

    assert grants_of(fresh(user)) == []


@pytest.mark.parametrize("second", [r for r in SEPARATE if r != "SYS_ADMIN"])
def test_separate_administrators_exclude_each_other(second: str) -> None:
    user = UserFactory()
    grant_role(user, "SYS_ADMIN", by=None)

    with pytest.raises(ValidationError, match="分设"):
        grant_role(user, second, by=None)


def test_a_role_is_refused_for_the_wrong_kind_of_scope() -> None:
    user = UserFactory()

    with pytest.raises(ValidationError, match="范围类型不符"):
        grant_role(user, "DISTRICT_EDU", by=None)


def test_the_database_refuses_a_business_role_without_scope() -> None:
    user = UserFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.bulk_create(
            [RoleGrant(user=user, role="DISTRICT_EDU", valid_from="2025-01-01")]
        )


def test_administrators_have_no_business_rights() -> None:
    business = {"schools", "groups", "evaluation", "funding", "personnel"}

    for code in SEPARATE:
        apps = {name.split(".")[0] for name in ROLES[code].permissions}
        assert not apps & business


def test_every_permission_names_a_model_of_the_project() -> None:
    known = {model._meta.model_name for model in apps.get_models()}
    beyond_one_model = {"crossregion"}

    for name in permission_names():
        app, code = name.split(".")
        assert apps.is_installed(app), name
        assert code.rsplit("_", 1)[1] in known | beyond_one_model, name


def test_an_invitation_makes_one_account_once() -> None:
    _invitation, token = invite("SEC_ADMIN")

    user = accept_invitation(
        token, username="anquan", full_name="安全员", password=PASSWORD
    )

    assert holds(fresh(user), "accounts.change_rolegrant")
    with pytest.raises(ValidationError, match="无效或已过期"):
        accept_invitation(token, username="b", full_name="乙", password=PASSWORD)


def test_an_invitation_to_a_region_gives_the_role_there() -> None:
    county = CountyFactory()
    _invitation, token = invite("DISTRICT_EDU", county)

    user = accept_invitation(token, username="a", full_name="甲", password=PASSWORD)

    (given,) = RoleGrant.objects.filter(user=user)
    assert (given.role, given.scope) == ("DISTRICT_EDU", county)


def test_an_invitation_expires_and_its_token_is_not_stored() -> None:
    with freeze_time("2026-01-01"):
        invitation, token = invite("SEC_ADMIN")

    with freeze_time("2026-02-01"), pytest.raises(ValidationError, match="过期"):
        accept_invitation(token, username="a", full_name="甲", password=PASSWORD)
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_invitation::text FROM accounts_invitation")
        assert token not in str(cursor.fetchall())
    assert invitation.accepted_at is None


def test_a_weak_password_is_refused_and_the_invitation_stays_open() -> None:
    _invitation, token = invite("SYS_ADMIN")

    with pytest.raises(ValidationError):
        accept_invitation(token, username="a", full_name="甲", password="123")

    assert not User.objects.filter(username="a").exists()
    assert accept_invitation(token, username="a", full_name="甲", password=PASSWORD)
