"""Who may set parameters and register machine clients."""

from typing import Any

from django.utils.translation import gettext as _

from bureau.models import Region
from core.access import reaches
from core.verdict import ALLOWED, Denied, Verdict


def can_set_parameter(user: Any, region: Region) -> Verdict:
    """Allow the bureau of the region to set its own values (AK-1.3.1)."""
    if reaches(user, "bureau.change_policyparameter", region):
        return ALLOWED
    return Denied(
        _("未能设定参数：您不负责%(region)s") % {"region": region},
        "AK-1.3.1",
        _("请由该地区的教育行政部门设定"),
    )


def can_add_client(user: Any, region: Region) -> Verdict:
    """Allow the bureau of the region to register programs for it."""
    if reaches(user, "bureau.add_apiclient", region):
        return ALLOWED
    return Denied(
        _("未能登记客户端：您不负责%(region)s") % {"region": region},
        remedy=_("请由该地区的教育行政部门登记"),
    )
