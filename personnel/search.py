"""Teachers by name, pinyin and staff number; never by identity number."""

from typing import Any

from django.db.models import Q

from core.access import holds
from core.registries import SearchHit, search
from personnel.models import Teacher
from schools.names import normalize_name

MOST = 8


def find(user: Any, text: str) -> list[SearchHit]:
    """Return the teachers whose name, pinyin or staff number holds the text."""
    wanted = normalize_name(text)
    if not wanted or not holds(user, "personnel.view_teacher"):
        return []
    hit = (
        Q(name__contains=text.strip())
        | Q(pinyin__startswith=wanted)
        | Q(initials__startswith=wanted)
        | Q(staff_no__iexact=wanted)
    )
    rows = Teacher.objects.visible_to(user).filter(hit).for_list()
    return [
        SearchHit(
            teacher.name,
            teacher.get_absolute_url(),
            str(Teacher._meta.verbose_name),
            str(teacher.school),
        )
        for teacher in rows.order_by("pinyin", "pk")[:MOST]
    ]


search.register("teachers", find)
