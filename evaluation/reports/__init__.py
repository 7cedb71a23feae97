"""The reports of appraisal, entered in the registry, and the job that compiles them."""

from django.utils.translation import gettext_lazy as _

from core.registries import ReportBuilder, reports
from evaluation.reports.booklet import build_booklet
from evaluation.reports.compiling import (
    BOOKLET,
    DISTRICT,
    booklet_subjects,
    compile_cycle,
    compile_due_reports,
    compile_now,
    district_subjects,
    runs_of,
    summary,
)
from evaluation.reports.district import build_district_report

reports.register(
    BOOKLET,
    ReportBuilder(
        code=BOOKLET,
        title=_("集团年度报告"),
        permission="core.view_reportrun",
        subjects=booklet_subjects,
        build=build_booklet,
    ),
)
reports.register(
    DISTRICT,
    ReportBuilder(
        code=DISTRICT,
        title=_("年度考核评价报告"),
        permission="core.view_reportrun",
        subjects=district_subjects,
        build=build_district_report,
    ),
)

__all__ = [
    "BOOKLET",
    "DISTRICT",
    "compile_cycle",
    "compile_due_reports",
    "compile_now",
    "runs_of",
    "summary",
]
