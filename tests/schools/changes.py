"""A school opened long ago, and the day and the reason of a change to it."""

from datetime import date, timedelta
from typing import Any

from schools.models import School
from tests.schools.factories import SchoolFactory

OPENED, DAY = date(2000, 9, 1), date(2020, 9, 1)
EVE = DAY - timedelta(days=1)


def made(world: Any, name: str = "东湖小学", **fields: Any) -> School:
    fields.setdefault("opened_on", OPENED)
    school: School = SchoolFactory(region=world.here.county, name=name, **fields)
    return school


def why() -> dict[str, Any]:
    return {"day": DAY, "reason": "布局调整", "document_no": "云教〔2020〕8号"}
