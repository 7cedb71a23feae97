"""Whom to speak to at a school: kept by it, whole for its bureau, masked for others."""

from collections.abc import Callable
from typing import Any

import pghistory.models
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Event
from config.api import build_router
from core.transitions import MoveRefused
from schools.models import SchoolContact
from schools.services import add_contact, change_contact
from tests.accounts.factories import user_with
from tests.personnel.factories import tables_holding

pytestmark = pytest.mark.django_db
PHONE = "000-5550142"
PERSON = {"post": "办公室主任", "name": "测试甲", "phone": PHONE}


def url(name: str, *args: Any) -> str:
    return reverse(f"schools:{name}", args=args)


def refused(rule: str, act: Callable[[], Any]) -> None:
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        act()


@pytest.fixture
def contact(world: Any) -> SchoolContact:
    return add_contact(
        world.here.school,
        by=world.here.clerk,
        **PERSON,
        email="office@example.org",
        is_main=True,
    )


def page(client: Any, world: Any) -> str:
    text: str = client.get(world.here.school.get_absolute_url()).content.decode()
    return text


# --- rules from below -------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("contact_named", {"name": " "}),
        ("contact_named", {"post": ""}),
        ("contact_reachable", {"phone": ""}),
        ("contact_phone_shape", {"phone": "请打总机"}),
        ("contact_phone_shape", {"phone": "12"}),
    ],
)
def test_a_wrong_contact_is_refused(
    world: Any, rule: str, fields: dict[str, str]
) -> None:
    row = SchoolContact(school=world.here.school, **{**PERSON, **fields})

    refused(rule, lambda: SchoolContact.objects.bulk_create([row]))


def test_a_school_has_one_main_contact(world: Any, contact: SchoolContact) -> None:
    row = SchoolContact(school=contact.school, is_main=True, **PERSON | {"name": "乙"})
    twin = SchoolContact(school=contact.school, **PERSON)

    refused("contact_one_main", lambda: SchoolContact.objects.bulk_create([row]))
    refused("contact_once", lambda: SchoolContact.objects.bulk_create([twin]))


# --- services ---------------------------------------------------------------------


def test_a_new_main_contact_follows_the_former_one(
    world: Any, contact: SchoolContact
) -> None:
    other = add_contact(
        contact.school, by=world.here.bureau, is_main=True, **PERSON | {"name": "乙"}
    )

    mains = SchoolContact.objects.filter(school=contact.school, is_main=True)
    assert list(mains) == [other]


def test_who_may_not_keep_contacts_is_told_why(
    world: Any, contact: SchoolContact
) -> None:
    for stranger in (world.there.clerk, world.there.bureau):
        with pytest.raises(MoveRefused, match="登记联系人"):
            add_contact(world.here.school, by=stranger, **PERSON)
        with pytest.raises(MoveRefused, match="登记联系人"):
            change_contact(contact, by=stranger, is_gone=True)


def test_neither_phone_nor_mail_is_told_in_words(world: Any) -> None:
    with pytest.raises(ValidationError, match="至少填写一项"):
        add_contact(world.here.school, by=world.here.clerk, post="校长", name="甲")


def test_a_person_stands_in_the_contacts_and_nowhere_else(
    world: Any, contact: SchoolContact
) -> None:
    change_contact(contact, by=world.here.clerk, phone="000-5550143")
    changed = tables_holding("000-5550143")
    change_contact(contact, by=world.here.clerk, is_gone=True)

    assert changed == ["schools_schoolcontact"]
    assert tables_holding(PHONE) == tables_holding("000-5550143") == []
    assert tables_holding("测试甲") == []
    verbs = Event.objects.filter(subject_id=world.here.school.pk).values_list("verb")
    assert {verb.rpartition(".")[2] for (verb,) in verbs} == {
        *("add_contact", "change_contact", "remove_contact"),
    }
    assert not pghistory.models.Events.objects.tracks(contact).exists()


# --- pages ------------------------------------------------------------------------


def test_school_enters_corrects_and_removes_a_contact(
    world: Any, signed_in: Any
) -> None:
    school, client = world.here.school, signed_in(world.here.clerk)
    create = url("contact-create", school.pk)

    assert "登记联系人" in page(client, world)
    empty = client.post(create, {"post": "校长", "name": "甲"}).content.decode()
    assert client.post(create, PERSON).status_code == 302
    contact = SchoolContact.objects.get()
    edit = url("contact-update", contact.pk)
    client.post(edit, {**PERSON, "post": "校长", "is_main": "on"})
    contact.refresh_from_db()
    shown = page(client, world)
    client.post(edit, {**PERSON, "is_gone": "on"})

    assert "至少填写一项" in empty
    assert (contact.post, contact.is_main) == ("校长", True)
    assert PHONE in shown and "主要联系人" in shown
    assert not SchoolContact.objects.exists()


def test_a_second_main_contact_is_entered_on_the_page(
    world: Any, contact: SchoolContact, signed_in: Any
) -> None:
    data = {**PERSON, "name": "测试乙", "is_main": "on"}

    signed_in(world.here.clerk).post(url("contact-create", contact.school_id), data)

    assert SchoolContact.objects.get(is_main=True).name == "测试乙"


def test_phone_is_whole_for_school_and_bureau_and_masked_for_others(
    world: Any, contact: SchoolContact, signed_in: Any
) -> None:
    for insider in (world.here.clerk, world.here.bureau, world.city_bureau):
        assert PHONE in page(signed_in(insider), world)
    for role in ("CITY_SUPERVISION", "DEPT_FINANCE", "LEADING_GROUP"):
        html = page(signed_in(user_with(role, world.here.county)), world)
        assert "测试甲" in html and "000-*******" in html
        assert "o***@example.org" in html
        assert PHONE not in html and "office@" not in html


def test_another_school_neither_finds_nor_touches_a_contact(
    world: Any, contact: SchoolContact, signed_in: Any
) -> None:
    for stranger in (world.there.clerk, world.there.bureau):
        client = signed_in(stranger)
        assert client.get(url("contact-update", contact.pk)).status_code == 404
        assert client.get(url("contact-create", contact.school_id)).status_code == 404


def test_contacts_are_of_today_alone(
    world: Any, contact: SchoolContact, signed_in: Any
) -> None:
    client = signed_in(world.here.clerk)

    past = client.get(world.here.school.get_absolute_url(), {"on": "2026-09-10"})

    assert PHONE not in past.content.decode()


def test_contacts_leave_by_no_list_file_and_no_interface(
    world: Any, contact: SchoolContact, signed_in: Any
) -> None:
    client = signed_in(world.here.bureau)

    file = client.get(url("school-list"), {"export": "csv"})
    text = b"".join(file) if file.streaming else file.content

    assert "测试甲" not in text.decode("utf-8-sig")
    served = [prefix for prefix, _view, _name in build_router().registry]
    assert served and not [prefix for prefix in served if "contact" in prefix]
    api = client.get(f"/api/v1/schools/{contact.school_id}/").content.decode()
    assert "测试甲" not in api and "contacts" not in api


def test_school_page_asks_once_however_many_contacts(
    world: Any, signed_in: Any
) -> None:
    client = signed_in(world.here.clerk)
    address = world.here.school.get_absolute_url()

    def asked() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    for number in range(3):
        add_contact(
            world.here.school, by=world.here.clerk, **PERSON | {"name": f"甲{number}"}
        )
    few = asked()
    for number in range(3, 30):
        add_contact(
            world.here.school, by=world.here.clerk, **PERSON | {"name": f"甲{number}"}
        )

    assert asked() == few
