"""Events cannot be changed, and a change made all the same is found."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from audit.models import Event, Seal, SealEntry
from audit.services import record, seal_all, seal_events, verify
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db


def events(count: int) -> list[Event]:
    person = UserFactory()
    return [record(f"test.{n}", person, by=person, reason="因为") for n in range(count)]


def run(sql: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def tamper(sql: str, *params: object) -> None:
    """Go round the triggers as the owner of the database could."""
    run("SET LOCAL session_replication_role = replica")
    run(sql, *params)
    run("SET LOCAL session_replication_role = DEFAULT")


def test_sealed_events_verify() -> None:
    events(5)

    seal_events(limit=3)
    head = seal_all()

    found = verify()
    assert found.is_intact
    assert (found.seals, found.events, found.unsealed) == (2, 5, 0)
    assert head and found.head == head.digest


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_event SET reason = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event CASCADE",
        "UPDATE audit_seal SET digest = 'x'",
        "DELETE FROM audit_sealentry",
    ],
)
def test_the_database_refuses_to_change_an_event_or_a_seal(sql: str) -> None:
    events(1)
    seal_all()

    with pytest.raises(DatabaseError), transaction.atomic():
        run(sql)


def test_tampering_with_one_sealed_event_is_found() -> None:
    made = events(3)
    seal_all()

    tamper("UPDATE audit_event SET reason = '改过' WHERE id = %s", made[1].pk)

    assert any("被改动" in fault for fault in verify().faults)


def test_removing_one_sealed_event_is_found() -> None:
    made = events(3)
    seal_all()

    tamper("DELETE FROM audit_sealentry WHERE event_id = %s", made[0].pk)
    tamper("DELETE FROM audit_event WHERE id = %s", made[0].pk)

    assert not verify().is_intact


def test_a_seal_taken_out_of_the_chain_is_named() -> None:
    events(3)
    first, second, third = (seal_events(limit=1) for _number in range(3))
    assert first and second and third

    tamper("DELETE FROM audit_sealentry WHERE seal_id = %s", second.pk)
    tamper("DELETE FROM audit_seal WHERE id = %s", second.pk)

    assert verify().faults == ["封存批次 2 缺失", "封存批次 3 与上一批不衔接"]


def test_a_chain_cut_at_its_end_is_found_by_the_head_kept_outside() -> None:
    events(2)
    seal_events(limit=1)
    head = seal_all()
    assert head

    tamper("DELETE FROM audit_sealentry WHERE seal_id = %s", head.pk)
    tamper("DELETE FROM audit_seal WHERE id = %s", head.pk)

    assert verify().is_intact
    assert not verify(head.digest).is_intact


def test_the_command_says_whether_the_chain_is_whole(
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = events(2)
    seal_all()
    call_command("verify_audit", "--json")
    assert '"intact": true' in capsys.readouterr().out

    tamper("UPDATE audit_event SET verb = 'x' WHERE id = %s", made[0].pk)

    with pytest.raises(SystemExit):
        call_command("verify_audit", "--json")
    assert '"intact": false' in capsys.readouterr().out


def test_sealing_with_nothing_waiting_adds_no_seal() -> None:
    assert seal_all() is None
    assert not Seal.objects.exists()
    assert not SealEntry.objects.exists()
