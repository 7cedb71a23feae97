"""Addresses of the administrative frame."""

from django.urls import path

from bureau.views import (
    areas,
    calendar,
    clients,
    parameters,
    policies,
    regions,
    targets,
)

app_name = "bureau"
urlpatterns = [
    path("regions/", regions.RegionListPage.as_view(), name="region-list"),
    path("regions/<str:code>/", regions.RegionPage.as_view(), name="region-detail"),
    path(
        "policies/",
        policies.PolicyDocumentListPage.as_view(),
        name="policydocument-list",
    ),
    path(
        "policies/new/",
        policies.DocumentCreatePage.as_view(),
        name="policydocument-create",
    ),
    path(
        "policies/<int:pk>/edit/",
        policies.DocumentEditPage.as_view(),
        name="policydocument-update",
    ),
    path(
        "policies/<int:pk>/clauses/new/",
        policies.ClauseCreatePage.as_view(),
        name="clause-create",
    ),
    path("clauses/", policies.PolicyClauseListPage.as_view(), name="clause-list"),
    path(
        "clauses/<str:clause_id>/",
        policies.PolicyClausePage.as_view(),
        name="clause-detail",
    ),
    path(
        "clauses/<str:clause_id>/edit/",
        policies.ClauseEditPage.as_view(),
        name="clause-update",
    ),
    path(
        "parameters/",
        parameters.PolicyParameterListPage.as_view(),
        name="parameter-list",
    ),
    path(
        "parameters/<str:key>/",
        parameters.PolicyParameterPage.as_view(),
        name="parameter-detail",
    ),
    path(
        "parameters/<str:key>/set/",
        parameters.ParameterSetPage.as_view(),
        name="parameter-set",
    ),
    path(
        "parameter-values/<int:pk>/confirm/",
        parameters.ParameterConfirmPage.as_view(),
        name="parameter-confirm",
    ),
    path("targets/", targets.TargetListPage.as_view(), name="target-list"),
    path("targets/new/", targets.TargetSetPage.as_view(), name="target-create"),
    path("targets/<int:pk>/", targets.TargetPage.as_view(), name="target-detail"),
    path(
        "targets/<int:pk>/edit/", targets.TargetSetPage.as_view(), name="target-update"
    ),
    path("areas/", areas.AreaListPage.as_view(), name="area-list"),
    path("areas/new/", areas.AreaCreatePage.as_view(), name="area-create"),
    path("areas/<int:pk>/", areas.AreaPage.as_view(), name="area-detail"),
    path("areas/<int:pk>/join/", areas.AreaJoinPage.as_view(), name="area-join"),
    path("areas/<int:pk>/end/", areas.AreaEndPage.as_view(), name="area-end"),
    path(
        "areas/members/<int:pk>/end/",
        areas.AreaLeavePage.as_view(),
        name="area-leave",
    ),
    path("calendar/", calendar.CalendarPage.as_view(), name="calendar"),
    path("terms/<int:pk>/edit/", calendar.TermEditPage.as_view(), name="term-update"),
    path("clients/", clients.ApiClientListPage.as_view(), name="client-list"),
    path("clients/new/", clients.ApiClientCreatePage.as_view(), name="client-create"),
    path("clients/<int:pk>/", clients.ApiClientPage.as_view(), name="client-detail"),
    path(
        "clients/<int:pk>/rotate/",
        clients.ApiClientRotatePage.as_view(),
        name="client-rotate",
    ),
    path(
        "clients/<int:pk>/pause/",
        clients.ApiClientPausePage.as_view(),
        name="client-pause",
    ),
]
