"""Enter and end the part that partners take in a group."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.services import record
from core.constraints import explain
from core.days import today
from groups.models import EducationGroup, Partnership
from groups.permissions import can_change_partnership
from groups.services.cases import require
from schools.models import Partner


def _save(row: Partnership) -> None:
    row.full_clean()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise explain(error) from error


@transaction.atomic
def add_partnership(
    group: EducationGroup,
    *,
    by: Any,
    partner: Partner,
    valid_from: date,
    document_no: str = "",
) -> Partnership:
    """Let a partner take part in the group from a day on (BN-4.1.3a)."""
    require(can_change_partnership(by, group))
    row = Partnership(
        group=group,
        partner=partner,
        partner_kind=partner.kind,
        valid_from=valid_from,
        document_no=document_no,
    )
    _save(row)
    record("groups.add_partnership", group, by=by, data={"partner": partner.name})
    return row


@transaction.atomic
def end_partnership(
    partnership: Partnership,
    *,
    by: Any,
    valid_to: date | None = None,
    because: str = "",
) -> Partnership:
    """End a partner's part from a day on; what was before stays true."""
    require(can_change_partnership(by, partnership.group))
    rows = Partnership.objects.select_for_update(of=("self",), no_key=True)
    locked: Partnership = rows.get(pk=partnership.pk)
    if locked.valid_to is not None:
        raise ValidationError(_("该合作已终止"))
    locked.valid_to, locked.ended_because = valid_to or today(), because
    _save(locked)
    record(
        "groups.end_partnership",
        locked.group,
        by=by,
        reason=because,
        data={"partner": locked.partner.name},
    )
    return locked
