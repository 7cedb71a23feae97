"""What rosters add: sources and their runs, the minimal roster, tombstones."""

from roster.models import watched as watched
from roster.models.pupil import Enrolment, Pupil, PupilRoster
from roster.models.run import IdempotencyKey, SyncBlock, SyncRow, SyncRun
from roster.models.source import Alias, Source
from roster.models.tombstone import Tombstone

__all__ = [
    "Alias",
    "Enrolment",
    "IdempotencyKey",
    "Pupil",
    "PupilRoster",
    "Source",
    "SyncBlock",
    "SyncRow",
    "SyncRun",
    "Tombstone",
]
