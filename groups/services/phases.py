"""Keep the state a group had on every day."""

from datetime import date

from django.db import transaction

from groups.models import EducationGroup, GroupPhase


@transaction.atomic
def enter_phase(group: EducationGroup, state: str, day: date) -> GroupPhase:
    """End the phase that stands and begin the next one on the day.

    A phase that begins and ends on the same day leaves no trace: the later state of
    a day counts. A phase entered before its predecessor began replaces it.
    """
    for standing in group.phases.select_for_update().during(day, None):
        if standing.valid_from >= day:
            standing.delete()
        else:
            standing.valid_to = day
            standing.save(update_fields=["valid_to"])
    return GroupPhase.objects.create(group=group, state=state, valid_from=day)
