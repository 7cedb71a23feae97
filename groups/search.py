"""Finding groups and cases by name, code or school."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from core.access import holds
from core.registries import SearchHit, search
from groups.models import EducationGroup, GroupCase

LIMIT = 8


def find_groups(user: Any, words: str) -> list[SearchHit]:
    """Return the visible groups that the words name."""
    if not holds(user, "groups.view_educationgroup"):
        return []
    named = Q(name__icontains=words) | Q(short_name__icontains=words) | Q(code=words)
    rows = EducationGroup.objects.visible_to(user).filter(named)
    return [
        SearchHit(row.name, row.get_absolute_url(), _("教育集团"), row.region.name)
        for row in rows.select_related("region")[:LIMIT]
    ]


def find_cases(user: Any, words: str) -> list[SearchHit]:
    """Return the visible cases that the words name."""
    if not holds(user, "groups.view_groupcase"):
        return []
    rows = GroupCase.objects.visible_to(user).filter(name__icontains=words)
    return [
        SearchHit(
            row.name,
            row.get_absolute_url(),
            str(row.get_kind_display()),
            str(row.get_state_display()),
        )
        for row in rows[:LIMIT]
    ]


search.register("groups.groups", find_groups)
search.register("groups.cases", find_cases)
