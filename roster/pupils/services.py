"""Switch the minimal roster on after an impact assessment; off, and erase it."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import ImpactAssessment
from audit.services import record
from bureau.models import Region
from core.constraints import explain
from core.days import today
from core.transitions import MoveRefused
from roster.models import Enrolment, Pupil, PupilRoster
from roster.pupils.permissions import can_switch_off, can_switch_on


@transaction.atomic
def switch_on(
    region: Region, *, by: Any, conclusion: str, decided_on: date
) -> PupilRoster:
    """Keep pupils of the region from today on, resting on a recorded assessment.

    Raises MoveRefused where the caller may not or the roster is kept already.
    """
    Region.objects.select_for_update(of=("self",), no_key=True).get(pk=region.pk)
    verdict = can_switch_on(by, region)
    if not verdict:
        raise MoveRefused(verdict)
    assessment = ImpactAssessment.objects.create(
        title=_("%(region)s学生最小名册个人信息保护影响评估") % {"region": region},
        conclusion=conclusion,
        decided_on=decided_on,
        decided_by=by,
    )
    row = PupilRoster(
        region=region, assessment=assessment, switched_on_by=by, valid_from=today()
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise explain(error) from error
    record(
        "roster.pupils.on",
        region,
        by=by,
        reason=conclusion,
        data={"assessment": assessment.pk},
    )
    return row


@transaction.atomic
def switch_off(row: PupilRoster, *, by: Any, reason: str) -> dict[str, int]:
    """Keep pupils no longer and erase those kept; return how many rows went.

    Only headcounts of classes remain. What is erased cannot be brought back. A roster
    switched off on its first day held on no day: its row goes, the events stay.
    """
    locked: PupilRoster = (
        PupilRoster.objects.select_for_update(of=("self",), no_key=True)
        .select_related("region")
        .get(pk=row.pk)
    )
    verdict = can_switch_off(by, locked)
    if not verdict:
        raise MoveRefused(verdict)
    gone = erase(locked.region)
    if locked.valid_from == today():
        locked.delete()
    else:
        locked.switched_off_by, locked.valid_to = by, today()
        locked.save(update_fields=["switched_off_by", "valid_to"])
    record("roster.pupils.off", locked.region, by=by, reason=reason, data=gone)
    return gone


def erase(region: Region) -> dict[str, int]:
    """Delete every pupil of the region and below, with their places in classes."""
    below = Region.objects.within(region)
    places = Enrolment.objects.filter(region__in=below, pupil__isnull=False)
    pupils = Pupil.objects.filter(region__in=below)
    return {
        "enrolments": places._raw_delete(places.db),
        "pupils": pupils._raw_delete(pupils.db),
    }
