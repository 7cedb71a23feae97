"""Tables of the machinery."""

from core.models.attachment import Attachment
from core.models.dated import DatedModel
from core.models.imports import (
    ImportEffect,
    ImportLayout,
    ImportRow,
    ImportRun,
    RowVerdict,
    StagingRow,
)
from core.models.installation import Installation
from core.models.job import Job, JobPart
from core.models.notice import Deadline, Notification, Objection, Publicity
from core.models.opinion import Opinion
from core.models.report import ReportRun
from core.models.saved_view import FormDraft, SavedView
from core.models.sourced import Sourced, public_id, stamp_changed, stamps_changed
from core.models.subject import AboutSubject, SubjectQuerySet

__all__ = [
    "AboutSubject",
    "Attachment",
    "DatedModel",
    "Deadline",
    "FormDraft",
    "ImportEffect",
    "ImportLayout",
    "ImportRow",
    "ImportRun",
    "Installation",
    "Job",
    "JobPart",
    "Notification",
    "Objection",
    "Opinion",
    "Publicity",
    "ReportRun",
    "RowVerdict",
    "SavedView",
    "Sourced",
    "StagingRow",
    "SubjectQuerySet",
    "public_id",
    "stamp_changed",
    "stamps_changed",
]
