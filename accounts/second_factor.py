"""People whose role demands a second factor set it up before anything else.

Administrators and finance (等保 2.0 level 3, ASVS 5 level 2). A demonstration asks
nobody, so that its accounts can be tried.
"""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.roles import SECOND_FACTOR
from core.access import grants_of
from core.days import today
from core.models import Installation

DOORS = ("/accounts/", "/static/")
"""Where a person goes to sign in and out and to set the second factor up."""


def must_set_up(request: HttpRequest) -> bool:
    """Tell whether the user has to set up the second factor first."""
    user = request.user
    if not settings.SECOND_FACTOR or not user.is_authenticated:
        return False
    if request.path.startswith(DOORS):
        return False
    day = today()
    roles = {grant.role for grant in grants_of(user) if grant.is_live(day)}
    if roles.isdisjoint(SECOND_FACTOR) or is_mfa_enabled(user):
        return False
    installation = Installation.current()
    return installation is None or not installation.is_demo


class SecondFactorMiddleware:
    """Lead to the page that sets the second factor up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not must_set_up(request):
            return self.get_response(request)
        reason = _("您的身份须先启用两步验证，启用后即可继续办理。")
        if request.path.startswith("/api/"):
            raise PermissionDenied(reason)
        messages.info(request, reason)
        return redirect("mfa_activate_totp")
