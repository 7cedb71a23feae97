"""Addresses of the machinery: jobs, files, panels, saved views."""

from django.conf import settings
from django.urls import path

from core.views import (
    files,
    forms,
    imports,
    jobs,
    own,
    panels,
    reports,
    schedule,
    styleguide,
)

app_name = "core"
urlpatterns = [
    path("jobs/", jobs.JobListPage.as_view(), name="job-list"),
    path("jobs/<int:pk>/", jobs.JobPage.as_view(), name="job"),
    path("jobs/<int:pk>/cancel/", jobs.JobCancel.as_view(), name="job-cancel"),
    path("files/<int:pk>/", files.AttachmentFile.as_view(), name="attachment"),
    path(
        "panels/<str:model>/<int:pk>/<slug:slug>/",
        panels.PanelPage.as_view(),
        name="panel",
    ),
    path("reports/", reports.ReportListPage.as_view(), name="report-list"),
    path("reports/<int:pk>/", reports.ReportPage.as_view(), name="report-detail"),
    path(
        "reports/<int:pk>/download/<slug:fmt>/",
        reports.ReportDownload.as_view(),
        name="report-download",
    ),
    path("imports/", imports.ImportList.as_view(), name="import-list"),
    path("imports/new/<str:kind>/", imports.ImportStart.as_view(), name="import-start"),
    path(
        "imports/template/<str:kind>/",
        imports.ImportTemplate.as_view(),
        name="import-template",
    ),
    path("imports/<int:pk>/", imports.ImportDetail.as_view(), name="import-detail"),
    path(
        "imports/<int:pk>/mapping/",
        imports.ImportMapping.as_view(),
        name="import-mapping",
    ),
    path(
        "imports/<int:pk>/preview/",
        imports.ImportPreview.as_view(),
        name="import-preview",
    ),
    path(
        "imports/<int:pk>/result/", imports.ImportResult.as_view(), name="import-result"
    ),
    path("imports/<int:pk>/undo/", imports.ImportUndo.as_view(), name="import-undo"),
    path("schedule/", schedule.SchedulePage.as_view(), name="schedule"),
    path(
        "schedule/<int:pk>/",
        schedule.ScheduleChangePage.as_view(),
        name="schedule-change",
    ),
    path("drafts/", forms.DraftSave.as_view(), name="draft-save"),
    path("views/", own.SavedViewCreate.as_view(), name="savedview-create"),
    path(
        "views/<int:pk>/delete/", own.SavedViewDelete.as_view(), name="savedview-delete"
    ),
    path("standing/", own.StandingSwitch.as_view(), name="standing-switch"),
    path("inbox/count/", own.InboxCount.as_view(), name="inbox-count"),
]
if settings.DEBUG or getattr(settings, "SHOW_STYLEGUIDE", False):
    urlpatterns += styleguide.patterns
