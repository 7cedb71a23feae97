"""A school's groups on its page; a group's balance of resources on its own."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from core.metrics import GROUP
from core.registries import Panel, panels
from groups.models import EducationGroup, Membership
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


panels.register(
    ("groups.educationgroup", "balance"),
    Panel(_("校际差异系数"), "schools.view_schoolreturn", balance_of_group, order=40),
)
panels.register(
    ("schools.school", "groups"),
    Panel(_("所在集团"), "groups.view_membership", groups_of_school, order=10),
)
