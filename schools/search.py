"""Schools by name, pinyin and code."""

from typing import Any

from django.db.models import Q

from core.access import holds
from core.registries import SearchHit, search
from schools.models import ConstructionProject, Partner, School
from schools.names import normalize_name

MOST = 8


def find(user: Any, text: str) -> list[SearchHit]:
    """Return the schools whose name, pinyin or code holds the text."""
    if not holds(user, "schools.view_school"):
        return []
    wanted = normalize_name(text)
    if not wanted:
        return []
    hit = (
        Q(normalized_name__contains=wanted)
        | Q(short_name__contains=text.strip())
        | Q(pinyin__startswith=wanted)
        | Q(initials__startswith=wanted)
        | Q(school_code__startswith=wanted)
        | Q(provisional_no__iexact=wanted)
        | Q(profiles__normalized_name__contains=wanted)
        | Q(profiles__school_code__startswith=wanted)
        | Q(merged_records__name__contains=text.strip())
    )
    found = School.objects.visible_to(user).filter(hit).values("pk")
    rows = School.objects.filter(pk__in=found).select_related("administered_by")
    return [
        SearchHit(
            school.name,
            school.get_absolute_url(),
            str(School._meta.verbose_name),
            school.administered_by.name,
        )
        for school in rows.order_by("pinyin", "pk")[:MOST]
    ]


def find_partners(user: Any, text: str) -> list[SearchHit]:
    """Return the partners whose name or credit code holds the text."""
    wanted = normalize_name(text)
    if not wanted or not holds(user, "schools.view_partner"):
        return []
    hit = Q(normalized_name__contains=wanted) | Q(
        credit_code__startswith=wanted.upper()
    )
    rows = Partner.objects.visible_to(user).filter(hit).select_related("region")
    return [
        SearchHit(
            row.name,
            row.get_absolute_url(),
            str(row.get_kind_display()),
            row.region.name,
        )
        for row in rows[:MOST]
    ]


def find_projects(user: Any, text: str) -> list[SearchHit]:
    """Return the construction projects whose name holds the text."""
    wanted = text.strip()
    if not wanted or not holds(user, "schools.view_constructionproject"):
        return []
    rows = ConstructionProject.objects.visible_to(user).filter(name__icontains=wanted)
    return [
        SearchHit(
            row.name,
            row.get_absolute_url(),
            str(ConstructionProject._meta.verbose_name),
            row.school.name,
        )
        for row in rows.select_related("school")[:MOST]
    ]


search.register("schools", find)
search.register("partners", find_partners)
search.register("projects", find_projects)
