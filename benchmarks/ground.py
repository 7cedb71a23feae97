"""Where benchmarks work: a database of their own, and a generated place in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

FRAMEWORK = "BN-5D"
"""The framework with 42 leaves."""


@contextmanager
def scratch() -> Iterator[None]:
    """Work in a fresh database that is dropped afterwards."""
    from django.db import connection

    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


@contextmanager
def taken_back() -> Iterator[None]:
    """Take back at the end what was written meanwhile."""
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def opened_cycle(size: str) -> Any:
    """Generate a place and return its last year's cycle with all its assessments."""
    from bureau.models import AcademicYear, Region
    from demo.generating import SIZES, generate
    from evaluation.models import Cycle, Framework
    from evaluation.services.opening import make_assessments
    from schools.models import SchoolReturn

    generate(size)
    region = Region.objects.get(code=SIZES[size].region)
    told = SchoolReturn.objects.order_by().values("year")
    year = AcademicYear.objects.filter(pk__in=told).latest("starts_on")
    cycle = Cycle.objects.create(
        framework=Framework.objects.get(region=region, code=FRAMEWORK),
        region=region,
        year=year,
        name="bench",
        targets=["GROUP", "SCHOOL"],
        reference_day=year.reference_day,
        self_due_on=date(year.ends_on.year, 9, 30),
        review_due_on=date(year.ends_on.year, 10, 31),
        state="OPEN",
    )
    make_assessments(cycle)
    analyze()
    return cycle


def analyze() -> None:
    """Tell the planner what stands now."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def settle() -> None:
    """Let the database tidy up, as it does by itself in time."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
