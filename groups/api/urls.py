"""Addresses of groups in the API."""

from groups.api.views import (
    CaseViewSet,
    DocumentViewSet,
    GroupModeViewSet,
    GroupViewSet,
    MembershipViewSet,
    PartnershipViewSet,
)

ROUTES = [
    ("group-modes", GroupModeViewSet, "group-mode"),
    ("groups", GroupViewSet, "group"),
    ("memberships", MembershipViewSet, "membership"),
    ("partnerships", PartnershipViewSet, "partnership"),
    ("group-cases", CaseViewSet, "group-case"),
    ("group-documents", DocumentViewSet, "group-document"),
]
