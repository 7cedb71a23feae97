"""A school's groups on its page; a group's balance of resources on its own."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from core.metrics import GROUP
from core.registries import Panel, panels
from groups.models import EducationGroup, Membership
from groups.permissions import can_change_partnership, missing_partners
from schools.models import School
from schools.panels import draw_variation


def groups_of_school(request: Any, school: School) -> str:
    """Draw the school's memberships, the present ones first."""
    rows = Membership.objects.visible_to(request.user).filter(school=school)
    listed = list(rows.select_related("group", "mode").order_by("-valid_from"))
    groups = EducationGroup.objects.visible_to(request.user)
    seen = set(
        groups.filter(pk__in=[r.group_id for r in listed]).values_list("pk", flat=True)
    )
    return render_to_string(
        "groups/school_panel.html", {"rows": listed, "seen": seen}, request
    )


def balance_of_group(request: Any, group: EducationGroup) -> str:
    """Draw how far apart the schools of a group are."""
    return draw_variation(request, GROUP, group.pk, group.region)


def partners_of_group(request: Any, group: EducationGroup) -> str:
    """Draw who works with the group, and which kinds are still asked for."""
    rows = group.partnerships.select_related("partner").order_by("-valid_from", "pk")
    day = request.as_of
    may = not request.is_past and bool(can_change_partnership(request.user, group))
    context = {
        "group": group,
        "rows": [(row, row.holds_on(day)) for row in rows if row.valid_from <= day],
        "missing": missing_partners(group),
        "may_change": may,
    }
    return render_to_string("groups/partners_panel.html", context, request)


panels.register(
    ("groups.educationgroup", "partners"),
    Panel(_("合作单位"), "groups.view_partnership", partners_of_group, order=20),
)
panels.register(
    ("groups.educationgroup", "balance"),
    Panel(_("校际差异系数"), "schools.view_schoolreturn", balance_of_group, order=40),
)
panels.register(
    ("schools.school", "groups"),
    Panel(_("所在集团"), "groups.view_membership", groups_of_school, order=10),
)
