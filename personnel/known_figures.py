"""What the register of teachers says of a school's annual return."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db.models import Count

from core.registries import known_figures
from personnel.choices import Degree, TeachingSubject
from personnel.models import Teacher
from schools.choices import Stage
from schools.models import SchoolStage

PE_AND_ARTS = {
    TeachingSubject.SPORT,
    TeachingSubject.MUSIC,
    TeachingSubject.ART,
    TeachingSubject.ARTS,
}
_UP = [Degree.COLLEGE, Degree.BACHELOR, Degree.MASTER, Degree.DOCTOR]
ABOVE = {
    Stage.PRIMARY: set(_UP),
    Stage.JUNIOR: set(_UP[1:]),
    Stage.SENIOR: set(_UP[2:]),
    Stage.VOCATIONAL: set(_UP[2:]),
}
"""Stage → the degrees above the one its teachers must have."""
Known = dict[tuple[int, str], dict[str, int]]


def staff_of(schools: Sequence[int], day: date) -> Known:
    """Return the figures of staff by school and stage, in two queries.

    A school of several stages is left out while a teacher of it has none; a figure,
    while what it rests on is not known of everybody.
    """
    stages = defaultdict(list)
    for school, stage in SchoolStage.objects.filter(school__in=schools).values_list(
        "school_id", "stage"
    ):
        stages[school].append(stage)
    rows = Teacher.objects.employed(day).filter(
        school__in=schools, removed_at__isnull=True
    )
    counted = rows.order_by().values_list("school_id", "stage", "subject", "degree")
    found: Known = defaultdict(lambda: defaultdict(int))
    unclear: set[tuple[int, str, str]] = set()
    for school, given, subject, degree, count in counted.annotate(n=Count("pk")):
        taught = stages[school]
        stage = given or (taught[0] if len(taught) == 1 else "")
        if not stage:
            unclear |= {(school, each, "staff") for each in taught}
            continue
        figures = found[school, stage]
        figures["staff"] += count
        if subject == TeachingSubject.NONE:
            continue
        figures["full_time"] += count
        figures["pe_arts"] += count if subject in PE_AND_ARTS else 0
        figures["above_degree"] += count if degree in ABOVE.get(stage, ()) else 0
        unclear |= {(school, stage, "pe_arts")} if not subject else set()
        unclear |= {(school, stage, "above_degree")} if not degree else set()
    return {
        key: {n: v for n, v in figures.items() if (*key, n) not in unclear}
        for key, figures in found.items()
        if (*key, "staff") not in unclear
    }


known_figures.register("personnel", staff_of)
