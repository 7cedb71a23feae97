"""What one program reads here, another may send in elsewhere."""

from types import SimpleNamespace
from typing import Any

from roster.models import Enrolment
from tests.bureau.factories import CountyFactory
from tests.roster.inbound.factories import keep_pupils, limits, post, program, results

ORDER = ("orgs", "academicSessions", "courses", "classes", "users")


def test_an_aide_read_here_and_sent_elsewhere_stays_an_aide(
    api: Any, world: Any
) -> None:
    limits()
    elsewhere = CountyFactory(parent=world.city, name="新区")
    keep_pupils(elsewhere)
    far = SimpleNamespace(sender=program(elsewhere))
    for collection in ORDER:
        post(far, collection, api.list(collection))

    read = api.list("enrollments")
    sent = post(far, "enrollments", read)

    assert results(sent) == ["created"] * 3
    here = Enrolment.objects.filter(region=world.here.county)
    there = Enrolment.objects.filter(region=elsewhere)
    roles = {f"{e.public_id}": e.role for e in here}
    assert {e.sourced_id: e.role for e in there} == roles
    assert sorted(roles.values()) == ["aide", "student", "teacher"]
