"""All API resources under one router, with the schema and its page."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.permissions import AllowAny
from rest_framework.routers import SimpleRouter

ROOMS = ("bureau", "schools", "groups", "personnel", "evaluation", "funding", "core")


def build_router() -> SimpleRouter:
    """Collect ``ROUTES`` of every room that has an ``api.urls`` module."""
    router = SimpleRouter()
    for room in ROOMS:
        if find_spec(f"{room}.api") and find_spec(f"{room}.api.urls"):
            for prefix, viewset, name in import_module(f"{room}.api.urls").ROUTES:
                router.register(prefix, viewset, name)
    return router


schema_view = SpectacularAPIView.as_view(
    permission_classes=[AllowAny], authentication_classes=[]
)
docs_view = SpectacularSwaggerView.as_view(
    url_name="api:schema", permission_classes=[AllowAny], authentication_classes=[]
)

api_patterns: list[Any] = [
    path("schema/", login_not_required(schema_view), name="schema"),
    path("docs/", login_not_required(docs_view), name="docs"),
    path("", include(build_router().urls)),
]
