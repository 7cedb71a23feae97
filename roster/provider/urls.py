"""The addresses of both versions, made from the declarations."""

from typing import Any

from django.urls import path, re_path

from roster.provider.declaring import V1P1, VERSIONS, Version
from roster.provider.discovery import FILES
from roster.provider.endpoints import LISTINGS, NESTED
from roster.provider.views import (
    CollectionView,
    DiscoveryView,
    NestedView,
    UnknownView,
    scopes_of,
)
from roster.single import object_view

app_name = "oneroster"
ANYTHING = r"(?:/[\s\S]*)?"


def _of(view: Any, name: str, **marks: Any) -> Any:
    made: Any = type(name, (view,), {"__module__": __name__, **marks})
    return made.as_view()


def _patterns(version: Version) -> list[Any]:
    prefix = version.prefix.lstrip("/")
    short = "v1p1" if version is V1P1 else "v1p2"
    made = [
        path(
            f"{prefix}/discovery/{FILES[version.name]}",
            _of(DiscoveryView, "Discovery", version=version),
            name=f"{short}-discovery",
        )
    ]
    for name, listing in LISTINGS.items():
        marks = {"version": version, "listing": listing, "scopes": scopes_of(listing)}
        made += [
            path(
                f"{prefix}/{name}",
                _of(CollectionView, f"List_{name}", **marks),
                name=f"{short}-{name}",
            ),
            path(
                f"{prefix}/{name}/<str:sourced_id>",
                _of(object_view(name, version), f"Object_{name}", **marks),
                name=f"{short}-{name}-object",
            ),
        ]
    for name, nested in NESTED.items():
        view = _of(NestedView, "Nested", version=version, nested=nested)
        made.append(path(f"{prefix}/{name.format('<str:a>', '<str:b>')}", view))
    unknown = _of(UnknownView, "Unknown", version=version)
    return [*made, re_path(rf"^{prefix}{ANYTHING}$", unknown)]


urlpatterns = [
    *(one for version in VERSIONS for one in _patterns(version)),
    re_path(rf"^ims/oneroster{ANYTHING}$", UnknownView.as_view()),
]
