"""The targets of a region on its page."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from bureau.attainment import attainments
from bureau.models import Region, Target
from core.registries import Panel, panels


def targets_of_region(request: Any, region: Region) -> str:
    """Draw the region's targets and those of the regions above that count here."""
    rows = Target.objects.of_region(region).select_related("region", "clause")
    own = [row for row in rows if row.region_id == region.pk]
    above = [row for row in rows if row.region_id != region.pk]
    found = attainments(own, request.as_of, region)
    context = {"rows": [found[row.pk] for row in own], "above": above}
    return render_to_string("bureau/panel_targets.html", context, request)


panels.register(
    ("bureau.region", "targets"),
    Panel(_("发展目标"), "bureau.view_target", targets_of_region, order=20),
)
