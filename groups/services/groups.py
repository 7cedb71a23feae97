"""A group's life after its approval: pilot, active, suspended, wound up, closed."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from core.constraints import check_deferred, explain
from core.days import today
from core.notify import meet_deadline, notify
from core.transitions import move
from groups.audience import holders
from groups.models import EducationGroup
from groups.permissions import can_file_with_city
from groups.services.cases import require
from groups.services.decisions import FILING
from groups.services.memberships import end_all
from groups.services.phases import enter_phase

TOLD = ("GROUP_HEAD", "GROUP_OFFICE", "SCHOOL_PRINCIPAL")


def _advance(
    group: EducationGroup, name: str, *, by: Any, reason: str = "", **fields: Any
) -> EducationGroup:
    """Make a move, keep its phase, tell the schools; check the spine at once."""
    try:
        with transaction.atomic():
            group = move(group, name, by=by, reason=reason, **fields)
            enter_phase(group, group.state, today())
            check_deferred()
    except IntegrityError as error:
        raise explain(error) from error
    _tell(group, reason)
    return group


def _tell(group: EducationGroup, reason: str) -> None:
    schools = [row.school for row in group.memberships.on().select_related("school")]
    notify(
        holders("groups.view_educationgroup", group=group, schools=schools, roles=TOLD),
        _("“%(name)s”：%(state)s")
        % {"name": group.name, "state": group.get_state_display()},
        url=group.get_absolute_url(),
        body=reason,
    )


@transaction.atomic
def start_pilot(group: EducationGroup, *, by: Any, reason: str = "") -> EducationGroup:
    """Begin the pilot today; from now on there is a lead on every day (AK-1.3.3)."""
    return _advance(group, "start_pilot", by=by, reason=reason, operating_from=today())


@transaction.atomic
def activate_group(
    group: EducationGroup, *, by: Any, reason: str = ""
) -> EducationGroup:
    """Make an approved group active where the region asks for no pilot."""
    return _advance(group, "activate", by=by, reason=reason, operating_from=today())


@transaction.atomic
def pass_pilot(group: EducationGroup, *, by: Any, reason: str = "") -> EducationGroup:
    """Make a pilot active once charter, plan and pilot review are there (BN-4.2.4)."""
    return _advance(group, "pass_pilot", by=by, reason=reason)


@transaction.atomic
def fail_pilot(group: EducationGroup, *, by: Any, reason: str) -> EducationGroup:
    """End a pilot that did not work; the group is wound up."""
    return _advance(group, "fail_pilot", by=by, reason=reason)


@transaction.atomic
def suspend_group(group: EducationGroup, *, by: Any, reason: str) -> EducationGroup:
    """Suspend the group's work; its memberships stay."""
    return _advance(group, "suspend", by=by, reason=reason)


@transaction.atomic
def resume_group(group: EducationGroup, *, by: Any, reason: str = "") -> EducationGroup:
    """Resume the group's work."""
    return _advance(group, "resume", by=by, reason=reason)


@transaction.atomic
def wind_up_group(group: EducationGroup, *, by: Any, reason: str) -> EducationGroup:
    """Begin to end a group by decision of the leading group."""
    return _advance(group, "wind_up", by=by, reason=reason)


@transaction.atomic
def close_group(group: EducationGroup, *, by: Any, reason: str = "") -> EducationGroup:
    """Close a wound-up group: nothing outstanding, every membership ends today."""
    group = _advance(group, "close", by=by, reason=reason, dissolved_on=today())
    end_all(group, today(), by=by, reason=reason or _("集团终止"))
    return group


@transaction.atomic
def file_with_city(group: EducationGroup, *, by: Any) -> EducationGroup:
    """Confirm that the group is on file with the city (AK-1.3.1)."""
    group = EducationGroup.objects.select_for_update(of=("self",), no_key=True).get(
        pk=group.pk
    )
    require(can_file_with_city(by, group))
    group.city_filed_on, group.city_filed_by = today(), by
    group.save(update_fields=["city_filed_on", "city_filed_by"])
    record("groups.file_with_city", group, by=by)
    meet_deadline(FILING.format(group.pk), at=timezone.now())
    return group
