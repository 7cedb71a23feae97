"""The site's addresses: each room's pages, the API, sign-in."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from oauth2_provider import views as oauth

from config.api import api_patterns
from roster.inbound.urls import sync_patterns

token_view = login_not_required(oauth.TokenView.as_view())
oauth_patterns: list[Any] = [
    path("token/", token_view, name="token"),
    path("token", token_view),
    path("access_token", token_view),
    path(
        "revoke_token/",
        login_not_required(oauth.RevokeTokenView.as_view()),
        name="revoke-token",
    ),
]

urlpatterns = [
    path("", include("portal.urls")),
    path("", include("core.urls")),
    path("accounts/", include("allauth.urls")),
    path("people/", include("accounts.urls")),
    path("bureau/", include("bureau.urls")),
    path("schools/", include("schools.urls")),
    path("groups/", include("groups.urls")),
    path("teachers/", include("personnel.urls")),
    path("evaluation/", include("evaluation.urls")),
    path("roster/", include("roster.urls")),
    path("api/v1/", include((api_patterns, "api"))),
    path("api/sync/v1/", include((sync_patterns, "sync"))),
    path("", include("roster.provider.urls")),
    path("oauth2/token", token_view),
    path("oauth/", include((oauth_patterns, "oauth2_provider"))),
]

handler400 = "core.views.errors.bad_request"
handler403 = "core.views.errors.permission_denied"
handler404 = "core.views.errors.page_not_found"
handler500 = "core.views.errors.server_error"
