"""Addresses of the pages of roster exchange."""

from django.urls import include, path

from roster.views import readers, runs, sources

app_name = "roster"
urlpatterns = [
    path("", include("roster.pupils.urls")),
    path("", runs.SyncRunListPage.as_view(), name="home"),
    path("new/", runs.BundleCreatePage.as_view(), name="bundle-create"),
    path("export/", runs.BundleExportPage.as_view(), name="bundle-export"),
    path("<int:pk>/", runs.SyncRunPage.as_view(), name="run-detail"),
    path("<int:pk>/move/<slug:move>/", runs.SyncRunMovePage.as_view(), name="run-move"),
    path("<int:pk>/results/", runs.SyncRunResults.as_view(), name="run-results"),
    path("<int:pk>/rows/<int:row>/", runs.SyncRowPage.as_view(), name="row-changes"),
    path("readers/", readers.ReaderListPage.as_view(), name="reader-list"),
    path("sources/", sources.SourceListPage.as_view(), name="source-list"),
    path("sources/new/", sources.SourceCreatePage.as_view(), name="source-create"),
    path("sources/<int:pk>/", sources.SourcePage.as_view(), name="source-detail"),
    path(
        "sources/<int:pk>/pause/",
        sources.SourcePausePage.as_view(),
        name="source-pause",
    ),
]
