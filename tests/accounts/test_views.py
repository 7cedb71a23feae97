"""Invitations, accounts, grants and the auditor's lists, page by page."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import AccessLog, RoleGrant, User
from accounts.services import invite
from audit.services import record
from core.access import holds
from tests.accounts.factories import UserFactory, user_with
from tests.bureau.factories import CountyFactory

pytestmark = pytest.mark.django_db
PASSWORD = "long enough words 42"


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_an_invitation_leads_to_an_account_that_is_signed_in(client: Any) -> None:
    _invitation, token = invite("SEC_ADMIN")
    url = reverse("accounts:invitation", args=[token])
    assert "安全管理员" in text_of(client.get(url))

    answer = client.post(
        url, {"username": "anquan", "full_name": "安全员", "password": PASSWORD}
    )

    assert answer.status_code == 302
    assert client.get(reverse("accounts:user-list")).status_code == 200
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("username", "taken", "已被使用"), ("password", "123", "密码")],
)
def test_a_bad_answer_to_an_invitation_names_the_field(
    client: Any, field: str, value: str, words: str
) -> None:
    UserFactory(username="taken")
    _invitation, token = invite("SEC_ADMIN")
    given = {"username": "xin", "full_name": "新人", "password": PASSWORD}

    page = text_of(
        client.post(
            reverse("accounts:invitation", args=[token]), given | {field: value}
        )
    )

    assert words in page
    assert User.objects.count() == 1


def test_a_new_account_sets_its_password_by_a_link_that_works_once(
    client: Any, signed_in: Callable[[Any], Any]
) -> None:
    admin = signed_in(user_with("SYS_ADMIN"))
    admin.post(
        reverse("accounts:user-create"),
        {"username": "wang", "full_name": "王某", "is_active": "on"},
    )
    made = User.objects.get(username="wang")
    assert not made.has_usable_password()

    page = text_of(admin.post(reverse("accounts:password-link", args=[made.pk])))
    path = re.search(r"/people/\d+/password/[^<\s]+/", page)
    assert path
    client.logout()
    answer = client.post(path[0], {"password": PASSWORD, "again": PASSWORD})

    assert answer.status_code == 302
    made.refresh_from_db()
    assert made.check_password(PASSWORD)
    again = client.post(path[0], {"password": "other words 4242", "again": "x"})
    assert "不一致" in text_of(again)
    used = client.post(
        path[0], {"password": "other words 4242", "again": "other words 4242"}
    )
    assert "无效或已使用" in text_of(used)


def test_the_security_administrator_grants_and_revokes(
    signed_in: Callable[[Any], Any],
) -> None:
    county, person = CountyFactory(), UserFactory()
    client = signed_in(user_with("SEC_ADMIN"))
    url = reverse("accounts:grant-create", args=[person.pk])
    assert "角色" in text_of(client.get(url))

    client.post(
        url,
        {
            "role": "DISTRICT_EDU",
            "scope_name": county.code,
            "valid_from": "2026-01-01",
            "reason": "任命",
        },
    )

    made = RoleGrant.objects.get(user=person)
    assert made.scope == county
    assert holds(User.objects.get(pk=person.pk), "schools.add_school")
    assert county.name in text_of(client.get(person.get_absolute_url()))

    revoke = reverse("accounts:grant-revoke", args=[made.pk])
    assert "立即生效" in text_of(client.get(revoke))
    client.post(revoke, {"reason": ""})
    assert holds(User.objects.get(pk=person.pk), "schools.add_school")
    client.post(revoke, {"reason": "调离"})

    assert not holds(User.objects.get(pk=person.pk), "schools.add_school")


@pytest.mark.parametrize(
    ("role", "scope", "words"),
    [
        ("DISTRICT_EDU", "", "必须填写范围"),
        ("DISTRICT_EDU", "不存在县", "没有找到"),
        ("SYS_ADMIN", "", "分设"),
    ],
)
def test_a_grant_that_cannot_be_given_says_why(
    signed_in: Callable[[Any], Any], role: str, scope: str, words: str
) -> None:
    client = signed_in(user_with("SEC_ADMIN"))
    auditor = user_with("AUDITOR")

    page = text_of(
        client.post(
            reverse("accounts:grant-create", args=[auditor.pk]),
            {
                "role": role,
                "scope_name": scope,
                "valid_from": "2026-01-01",
                "reason": "x",
            },
        )
    )

    assert words in page
    assert RoleGrant.objects.filter(user=auditor).count() == 1


def test_the_auditor_reads_events_and_sensitive_reads(
    signed_in: Callable[[Any], Any],
) -> None:
    auditor = user_with("AUDITOR")
    record("test.thing", auditor, by=auditor, reason="检查事由")
    AccessLog.objects.create(user=auditor, action="导出", subject="教师名册")
    client = signed_in(auditor)

    assert "检查事由" in text_of(client.get(reverse("accounts:event-list")))
    assert "教师名册" in text_of(client.get(reverse("accounts:accesslog-list")))
