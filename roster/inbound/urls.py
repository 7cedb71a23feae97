"""Addresses of the doors by which rosters come in over the API."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from roster.bundles import views as bundles
from roster.inbound import views

app_name = "sync"
sync_patterns = [
    path(
        "bundles",
        login_not_required(bundles.BundleListView.as_view()),
        name="bundle-list",
    ),
    path(
        "bundles/<int:pk>",
        login_not_required(bundles.BundleView.as_view()),
        name="bundle",
    ),
    path(
        "bundles/<int:pk>/results",
        login_not_required(bundles.BundleResultsView.as_view()),
        name="bundle-results",
    ),
    path(
        "<str:collection>:bulk",
        login_not_required(views.BulkView.as_view()),
        name="bulk",
    ),
]
