"""A school's figures on the day it joins something, kept for later comparison."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Avg, F, Max

from bureau.models import AcademicYear
from schools.choices import QUALITY_LABELS, Ownership, Stage
from schools.models import QualityResult, School, SchoolReturn

INCLUSIVE = (Ownership.PUBLIC, Ownership.INCLUSIVE_PRIVATE)


def baselines_of(schools: Iterable[School], day: date) -> dict[int, dict[str, Any]]:
    """Return school id → baseline on the day, in a fixed number of queries.

    Keys: ``on``; ``students``, ``seats``, ``quality_seats``, ``inclusive_seats``; and
    ``quality``: stage → mean, z, pupils. What nobody had confirmed by then is absent.
    """
    listed = list(schools)
    year = (
        AcademicYear.objects.filter(starts_on__lte=day).order_by("-starts_on").first()
    )
    labelled = set(
        School.objects.filter(pk__in=[s.pk for s in listed])
        .labelled(*QUALITY_LABELS, day=day)
        .values_list("pk", flat=True)
    )
    returns, results = _returns(listed, year), _results(listed, year)
    return {
        school.pk: {
            "on": day.isoformat(),
            **_seats(school, returns[school.pk], school.pk in labelled),
            "quality": _quality(results[school.pk], returns[school.pk]),
        }
        for school in listed
    }


def baseline_of(school: School, day: date) -> dict[str, Any]:
    """Return the baseline of one school."""
    return baselines_of([school], day)[school.pk]


def _returns(schools: list[School], year: Any) -> dict[int, list[SchoolReturn]]:
    found: dict[int, list[SchoolReturn]] = defaultdict(list)
    rows = SchoolReturn.objects.confirmed().filter(school__in=schools, year=year)
    for row in rows:
        found[row.school_id].append(row)
    return found


def _results(schools: list[School], year: Any) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = QualityResult.objects.filter(school__in=schools, year=year)
    z = (F("mean") - F("district_mean")) / F("district_deviation")
    for row in rows.values("school_id", "stage").annotate(
        z=Avg(z), tested=Max("tested"), average=Avg("mean")
    ):
        found[row["school_id"]].append(dict(row))
    return found


def _seats(
    school: School, returns: list[SchoolReturn], is_quality: bool
) -> dict[str, int]:
    """What was not confirmed stays out, so that it is never taken for zero."""
    known = [r for r in returns if r.seats is not None]
    if not known:
        return {}
    seats = sum(r.seats or 0 for r in known)
    kinder = sum(r.seats or 0 for r in known if r.stage == Stage.KINDERGARTEN)
    return {
        "students": sum(r.students or 0 for r in known),
        "seats": seats,
        "quality_seats": seats if is_quality else 0,
        "inclusive_seats": kinder if school.ownership in INCLUSIVE else 0,
    }


def _quality(
    results: list[dict[str, Any]], returns: list[SchoolReturn]
) -> dict[str, dict[str, str | int]]:
    pupils = {r.stage: r.students for r in returns}
    return {
        row["stage"]: {
            "mean": str(row["average"]),
            "z": str(row["z"]),
            "pupils": pupils.get(row["stage"]) or row["tested"],
        }
        for row in results
    }
