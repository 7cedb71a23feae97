"""What the shell of every page shows, worked out only when a page asks for it."""

from datetime import date
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from core import navigation
from core.access import holds
from core.days import today
from core.models import Installation
from core.standing import Standing, own_standings, standing_of


class Shell:
    """The frame around a page: navigation, standing, day, installation."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def name(self) -> str:
        """The product's name."""
        return str(settings.SITE_NAME)

    @cached_property
    def is_mini(self) -> bool:
        """Whether the user keeps the navigation folded to icons."""
        return self.request.COOKIES.get("nav") == "mini"

    @cached_property
    def sections(self) -> list[navigation.NavSection]:
        """The navigation of this user."""
        return navigation.sections_for(self.request.user, self.request.path)

    @cached_property
    def standing(self) -> Standing | None:
        """Where the user stands now."""
        return standing_of(self.request)

    @cached_property
    def standings(self) -> list[Standing]:
        """All places where the user may stand."""
        return own_standings(self.request)

    @cached_property
    def has_jobs(self) -> bool:
        """Whether the user may watch jobs."""
        return holds(self.request.user, "core.view_job")

    @cached_property
    def is_demo(self) -> bool:
        """Whether the installation holds demo data."""
        installation = Installation.current()
        return bool(installation and installation.is_demo)

    @cached_property
    def today(self) -> date:
        """The present day."""
        return today()

    @cached_property
    def day(self) -> date:
        """The day the page looks at."""
        return getattr(self.request, "as_of", self.today)

    @cached_property
    def is_other_day(self) -> bool:
        """Whether the page looks at another day than today."""
        return self.day != self.today

    @cached_property
    def year_start(self) -> date:
        """The first day of the present school year by the usual calendar."""
        now = self.today
        return date(now.year if now.month >= 9 else now.year - 1, 9, 1)

    @cached_property
    def last_year_start(self) -> date:
        """The first day of the school year before."""
        return self.year_start.replace(year=self.year_start.year - 1)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Offer ``shell`` (the frame) and ``as_of`` (the day) to every template."""
    return {"shell": Shell(request), "as_of": getattr(request, "as_of", today())}
