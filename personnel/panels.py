"""The teachers of a school, shown on the school's page."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from core.access import reaches
from core.registries import Panel, panels
from personnel.models import Teacher
from schools.models import School

SHOWN = 8


def teachers_of_school(request: Any, school: School) -> str:
    """Draw how many teachers the school employs on the day, and the first of them."""
    rows = Teacher.objects.visible_to(request.user).filter(school=school)
    rows = rows.employed(request.as_of)
    listed = list(rows.for_list()[: SHOWN + 1])
    may_add = not request.is_past and reaches(
        request.user, "personnel.add_teacher", school
    )
    context = {
        "count": rows.count() if len(listed) > SHOWN else len(listed),
        "rows": listed[:SHOWN],
        "school": school,
        "may_add": may_add,
    }
    return render_to_string("personnel/school_panel.html", context, request)


panels.register(
    ("schools.school", "teachers"),
    Panel(_("教师"), "personnel.view_teacher", teachers_of_school, order=20),
)
