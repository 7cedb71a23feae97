"""The same permission names as the pages; hidden objects stay 404."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core import access


class NamedPermission(BasePermission):
    """Ask for the permission the view names; a view that names none is closed."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Tell whether any grant of the caller names the view's permission."""
        name = getattr(view, "permission", "")
        return bool(name) and access.holds(request.user, name)
