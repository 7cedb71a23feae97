"""Who may set parameters and register machine clients."""

from typing import Any

from django.utils.translation import gettext as _

from bureau.models import PolicyDocument, PolicyParameter, Region
from bureau.standing import home_region
from core.access import reaches, refusal
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


DOCUMENT = "bureau.change_policydocument"


def can_register_document(user: Any, region: Region) -> Verdict:
    """Allow a bureau to enter what its own region has issued."""
    if reaches(user, DOCUMENT, region):
        return ALLOWED
    return refusal(
        user,
        DOCUMENT,
        region,
        Denied(
            _("未能登记政策文件：您不负责%(region)s") % {"region": region},
            "AK-1.3.1",
            _("请由发文地区的教育行政部门登记"),
        ),
    )


def can_change_document(user: Any, document: PolicyDocument) -> Verdict:
    """Allow a bureau to keep its own documents; what is above or shipped it reads."""
    if document.is_shipped:
        return Denied(
            _("未能修改：%(document)s随系统提供，由系统更新维护")
            % {"document": document},
            "AK-1.3.1",
            _("本地另有规定的，请登记本地区的文件和条款"),
        )
    if document.region is None:
        return Denied(
            _("未能修改：%(document)s是国家文件，只能查看") % {"document": document},
            "AK-1.3.1",
            _("本地另有规定的，请登记本地区的文件和条款"),
        )
    return can_register_document(user, document.region)


def can_confirm_parameter(user: Any, row: PolicyParameter) -> Verdict:
    """Allow the bureau whose value it is; for a default, that of the installation."""
    if row.verified:
        return Denied(
            _("未能核实：该取值已核实"),
            "AK-1.3.1",
            _("如取值有变，请设定新的取值"),
        )
    owner = row.region or home_region()
    if owner and reaches(user, "bureau.confirm_policyparameter", owner):
        return ALLOWED
    return Denied(
        _("未能核实：该取值由%(owner)s负责") % {"owner": owner or _("系统")},
        "AK-1.3.1",
        _("请由该地区的教育行政部门核实，或设定本地取值"),
    )


def can_set_target(user: Any, region: Region) -> Verdict:
    """Allow the bureau of the region or of one above it (BN-3.5)."""
    if reaches(user, "bureau.change_target", region):
        return ALLOWED
    return Denied(
        _("未能设定目标：您不负责%(region)s") % {"region": region},
        "BN-3.5",
        _("请由该地区的教育行政部门设定"),
    )


def can_lead_area(user: Any, region: Region) -> Verdict:
    """Allow the bureau of the region that leads (AK-2.1)."""
    if reaches(user, "bureau.change_priorityarea", region):
        return ALLOWED
    return Denied(
        _("未能办理片区：牵头地区%(region)s不归您负责") % {"region": region},
        "AK-2.1",
        _("请由牵头地区或其上级的教育行政部门办理"),
    )


def can_add_client(user: Any, region: Region) -> Verdict:
    """Allow the bureau of the region to register programs for it."""
    if reaches(user, "bureau.add_apiclient", region):
        return ALLOWED
    return Denied(
        _("未能登记客户端：您不负责%(region)s") % {"region": region},
        remedy=_("请由该地区的教育行政部门登记"),
    )
