"""What groups hold against the end of a school."""

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from core.registries import blockers
from core.templatetags.formats import day as day_words
from groups.models import Membership, Obligation
from schools.choices import ReturnState
from schools.models import School, SchoolReturn


def memberships_of_school(school: School, day: date) -> list[str]:
    """Name the memberships that last beyond the day, and what must end them."""
    lasting = Membership.objects.filter(school=school).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=day)
    )
    rows = list(lasting.select_related("group", "school"))
    open_things: dict[int | None, int] = {}
    owed = Obligation.objects.filter(membership__in=rows, settled_on__isnull=True)
    for pk in owed.values_list("membership", flat=True):
        open_things[pk] = open_things.get(pk, 0) + 1
    return [_words(row, open_things.get(row.pk, 0), day) for row in rows]


def _words(row: Membership, owed: int, day: date) -> str:
    told = {
        "school": row.school.name,
        "group": row.group.name,
        "role": row.get_role_display(),
        "day": day_words(day),
    }
    text = _(
        "%(school)s在 %(day)s 仍是“%(group)s”的%(role)s，请先在该集团办理退出或更换龙头"
    )
    text %= told
    if owed:
        text += _("（另有 %d 项未了结事项须先了结）") % owed
    return text


blockers.register(("schools.school", "memberships"), memberships_of_school)


def unchecked_by_groups(return_: SchoolReturn, day: date) -> list[str]:
    """Name the groups the school is in on the day that have not checked the return."""
    if return_.state != ReturnState.CONFIRMED:
        return []
    held = Membership.objects.on(day).filter(school=return_.school_id)
    names = held.order_by("group__name").values_list("group__name", flat=True)
    return [_("%s还没有核对") % name for name in dict.fromkeys(names)]


blockers.register(("schools.schoolreturn", "group_check"), unchecked_by_groups)
