"""Who runs a row that a bureau above may only read (AK-1.3.1)."""

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.roles import REGION
from bureau.models import Region
from core.registries import reach
from core.verdict import Denied


def authority_over(obj: Model) -> Region | None:
    """Return the region whose bureau runs the row."""
    path = getattr(reach.find((REGION, obj._meta.label_lower)), "region_at", None)
    if path is None:
        return None
    rows = type(obj)._default_manager.filter(pk=obj.pk).values(path or "pk")
    region = Region.objects.select_related("parent").filter(pk__in=rows).first()
    return region.authority if region else None


def run_below(obj: Model, doing: str = "") -> Denied:
    """Say to a bureau above who runs the row, and that it reads it only."""
    return run_by(authority_over(obj), doing)


def run_by(region: Any, doing: str = "") -> Denied:
    """Say that the region's bureau acts, and the one above guides and reads."""
    bureau = _("%s教育行政部门") % region.name if region else _("下级教育行政部门")
    return Denied(
        _("未能%(doing)s：由%(bureau)s自行管理，上级部门只指导和查看")
        % {"doing": doing or _("办理"), "bureau": bureau},
        "AK-1.3.1",
        _("请由%(bureau)s办理") % {"bureau": bureau},
    )
