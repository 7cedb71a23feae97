"""The groups of a school, shown on the school's page."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from core.registries import Panel, panels
from groups.models import EducationGroup, Membership
from schools.models import School


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


panels.register(
    ("schools.school", "groups"),
    Panel(_("所在集团"), "groups.view_membership", groups_of_school, order=10),
)
