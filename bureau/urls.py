"""Addresses of the administrative frame."""

from django.urls import path

from bureau.views import calendar, clients, parameters, policies, regions

app_name = "bureau"
urlpatterns = [
    path("regions/", regions.RegionListPage.as_view(), name="region-list"),
    path("regions/<str:code>/", regions.RegionPage.as_view(), name="region-detail"),
    path(
        "policies/",
        policies.PolicyDocumentListPage.as_view(),
        name="policydocument-list",
    ),
    path("clauses/", policies.PolicyClauseListPage.as_view(), name="clause-list"),
    path(
        "clauses/<str:clause_id>/",
        policies.PolicyClausePage.as_view(),
        name="clause-detail",
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
