"""Routes of appraisal."""

from evaluation.api.views import (
    AssessmentViewSet,
    CycleViewSet,
    FrameworkViewSet,
    PeriodicReportViewSet,
    ReportRunViewSet,
    ResultViewSet,
    ScoreViewSet,
)

ROUTES = [
    ("frameworks", FrameworkViewSet, "framework"),
    ("cycles", CycleViewSet, "cycle"),
    ("assessments", AssessmentViewSet, "assessment"),
    ("scores", ScoreViewSet, "score"),
    ("results", ResultViewSet, "result"),
    ("periodic-reports", PeriodicReportViewSet, "periodicreport"),
    ("report-runs", ReportRunViewSet, "reportrun"),
]
