"""Generate an installation of one size: all of it, or nothing; once."""

import time
from typing import Any

import pghistory
from django.db import connection, transaction
from django.db.models import Sum
from django.utils.translation import override

from bureau.models import AcademicYear, Region
from core.models import Installation
from demo.generating.groups import build_groups
from demo.generating.places import build_places
from demo.generating.plan import Plan
from demo.generating.pupils import build_pupils
from demo.generating.returns import build_returns
from demo.generating.schools import build_schools
from demo.generating.sizes import SIZES, Size
from demo.generating.teachers import build_teachers
from demo.refusing import refuse_real_data, wait_for_another_load
from groups.models import EducationGroup, Membership
from personnel.models import Teacher
from roster.models import Pupil
from schools.models import ClassSection, School, SchoolReturn

CHAPTERS = (
    build_places,
    build_schools,
    build_returns,
    build_groups,
    build_teachers,
    build_pupils,
)
"""What is built, in this order; each reads what those before it put on the plan."""


def generate(name: str, *, with_pupils: bool = False) -> dict[str, Any]:
    """Generate the size of this name; return what stands, and how much is new.

    Pupils are headcounts of classes, and with ``with_pupils`` a minimal roster too.

    In one transaction, past no constraint and no trigger. The same size gives the
    same rows every time; where it already stands nothing is written. Raises
    ValidationError where real data, or the demo, or another size stands.
    """
    started, size = time.monotonic(), SIZES[name]
    with (
        pghistory.context(generated=size.name),
        transaction.atomic(),
        override("zh-hans"),
    ):
        wait_for_another_load()
        refuse_real_data(size.region)
        is_new = Installation.current() is None
        if is_new:
            build(size, with_pupils=with_pupils)
    if is_new:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return {
        "size": size.name,
        "region": size.region,
        "is_new": is_new,
        **standing(),
        "seconds": round(time.monotonic() - started, 1),
    }


def build(size: Size, *, with_pupils: bool = False) -> None:
    """Build every chapter, and let the deferred rules speak after each."""
    plan = Plan(size, with_pupils)
    for chapter in CHAPTERS:
        chapter(plan)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def standing() -> dict[str, int]:
    """Return how much of each kind stands in the database."""
    last = AcademicYear.objects.filter(classes__isnull=False).order_by("-starts_on")
    pupils = ClassSection.objects.filter(year__in=last.distinct()[:1])
    return {
        "regions": Region.objects.filter(code__startswith="98").count(),
        "schools": School.objects.count(),
        "pupils": pupils.aggregate(n=Sum("headcount"))["n"] or 0,
        "classes": ClassSection.objects.count(),
        "returns": SchoolReturn.objects.count(),
        "groups": EducationGroup.objects.count(),
        "memberships": Membership.objects.count(),
        "teachers": Teacher.objects.count(),
        "named_pupils": Pupil.objects.count(),
    }
