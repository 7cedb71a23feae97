"""Fields that several forms of schools share."""

from typing import Any

from django import forms

from bureau.choices import Level
from bureau.models import Region


class DayInput(forms.DateInput):
    """A day, picked from the browser's calendar."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


def regions_of(user: Any, permission: str) -> Any:
    """Return the regions over which the user holds the permission, towns left out."""
    rows = Region.objects.visible_to(user, permission).on().exclude(level=Level.TOWN)
    return rows.order_by("path")
