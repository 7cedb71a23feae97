"""A fingerprint of what the demo holds, without row numbers and times of day."""

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import RoleGrant, User
from bureau.models import Region
from core.models import Opinion
from evaluation.models import Assessment, Cycle, PeriodicReport, Result, Score
from groups.models import (
    CaseDecision,
    CaseTask,
    Document,
    EducationGroup,
    GroupCase,
    GroupPhase,
    Membership,
)
from personnel.models import Teacher
from schools.figures import BY_STAGE
from schools.models import (
    ClassSection,
    QualityResult,
    School,
    SchoolHonour,
    SchoolLabel,
    SchoolReturn,
)

FIGURES = sorted({name for names in BY_STAGE.values() for name in names})
RETURN = ("submitted_by__username", "confirmed_by__username", "accepted_by__username")
SUBJECT = ("assessment__cycle__name", "assessment__label")
TABLES: dict[Any, tuple[str, ...]] = {
    Region: ("code", "name", "level", "path"),
    User: ("username", "full_name", "post_title"),
    RoleGrant: ("user__username", "role", "valid_from"),
    School: ("name", "school_code", "type", "status", "closed_on", "successor__name"),
    SchoolLabel: ("school__name", "label", "valid_from", "valid_to", "decided_by"),
    SchoolHonour: ("school__name", "kind", "year"),
    ClassSection: (
        *("school__name", "year__code", "stage"),
        *("grade", "number", "headcount"),
    ),
    SchoolReturn: ("school__name", "year__code", "stage", "state", *RETURN, *FIGURES),
    QualityResult: ("school__name", "year__code", "stage", "subject", "mean"),
    EducationGroup: ("code", "name", "state", "founded_on", "operating_from"),
    GroupPhase: ("group__name", "state", "valid_from", "valid_to"),
    Membership: (
        *("group__name", "school__name", "role", "mode"),
        *("baseline", "valid_from", "valid_to"),
    ),
    GroupCase: ("name", "state", "opened_on", "submitted_on", "closed_on"),
    CaseTask: ("case__name", "title", "state", "done_on"),
    CaseDecision: ("case__name", "outcome", "decided_on", "effective_on"),
    Opinion: ("unit_label", "verdict", "decided_on", "text"),
    Document: ("title", "state", "valid_from", "valid_to", "filed_on", "sections"),
    Cycle: ("name", "state", "published_on", "self_due_on"),
    Teacher: (
        "staff_no",
        "name",
        "school__name",
        "subject",
        "employment",
        "entered_on",
    ),
    Assessment: ("cycle__name", "label", "state"),
    Score: (*SUBJECT, "indicator__code", "score", "auto_value", "is_na", "comment"),
    PeriodicReport: (*SUBJECT, "state", "sections"),
    Result: (*SUBJECT, "score", "grade", "rank"),
}


def fingerprints() -> dict[str, str]:
    """Return the SHA-256 of every table's rows by their natural keys."""
    found = {}
    for model, fields in TABLES.items():
        rows = model._default_manager.order_by().values_list(*fields)
        written = sorted(
            json.dumps(list(row), cls=DjangoJSONEncoder, ensure_ascii=False)
            for row in rows
        )
        text = "\n".join(written).encode()
        found[model._meta.label] = hashlib.sha256(text).hexdigest()
    return found
