"""Addresses of appraisal."""

from django.urls import path

from evaluation.views import assessments, cycles, frameworks, reports, scoring

app_name = "evaluation"
urlpatterns = [
    path("frameworks/", frameworks.FrameworkListPage.as_view(), name="framework-list"),
    path(
        "frameworks/<int:pk>/",
        frameworks.FrameworkPage.as_view(),
        name="framework-detail",
    ),
    path(
        "frameworks/<int:pk>/move/<slug:move>/",
        frameworks.FrameworkMovePage.as_view(),
        name="framework-move",
    ),
    path(
        "frameworks/<int:pk>/version/",
        frameworks.FrameworkVersion.as_view(),
        name="framework-version",
    ),
    path("cycles/", cycles.CycleListPage.as_view(), name="cycle-list"),
    path("cycles/new/", cycles.CycleCreatePage.as_view(), name="cycle-create"),
    path("cycles/<int:pk>/", cycles.CyclePage.as_view(), name="cycle-detail"),
    path(
        "cycles/<int:pk>/move/<slug:move>/",
        cycles.CycleMovePage.as_view(),
        name="cycle-move",
    ),
    path(
        "cycles/<int:pk>/compile/", cycles.CycleCompile.as_view(), name="cycle-compile"
    ),
    path(
        "assessments/",
        assessments.AssessmentListPage.as_view(),
        name="assessment-list",
    ),
    path(
        "assessments/<int:pk>/",
        assessments.AssessmentPage.as_view(),
        name="assessment-detail",
    ),
    path(
        "assessments/<int:pk>/move/<slug:move>/",
        assessments.AssessmentMovePage.as_view(),
        name="assessment-move",
    ),
    path(
        "assessments/<int:pk>/desk/",
        scoring.DeskEntry.as_view(),
        name="assessment-desk",
    ),
    path(
        "assessments/<int:pk>/veto/",
        assessments.VetoPage.as_view(),
        name="assessment-veto",
    ),
    path(
        "assessments/<int:pk>/veto/lift/",
        assessments.VetoLiftPage.as_view(),
        name="assessment-veto-lift",
    ),
    path("scores/<int:pk>/", assessments.ScorePage.as_view(), name="score-detail"),
    path("scores/<int:pk>/desk/", scoring.DeskPage.as_view(), name="score-desk"),
    path("results/", assessments.ResultListPage.as_view(), name="result-list"),
    path("reports/", reports.ReportListPage.as_view(), name="report-list"),
    path("reports/<int:pk>/", reports.ReportPage.as_view(), name="report-detail"),
    path(
        "reports/<int:pk>/write/",
        reports.ReportWritePage.as_view(),
        name="report-write",
    ),
    path(
        "reports/<int:pk>/autosave/",
        reports.ReportAutosave.as_view(),
        name="report-autosave",
    ),
    path(
        "reports/<int:pk>/evidence/<int:file>/delete/",
        reports.EvidenceDelete.as_view(),
        name="evidence-delete",
    ),
    path(
        "reports/<int:pk>/move/<slug:move>/",
        reports.ReportMovePage.as_view(),
        name="report-move",
    ),
]
