"""Draft, submit, return and file charters, plans and schemes."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audit.services import record
from bureau.models import AcademicYear
from bureau.parameters import parameters
from core.days import today
from core.files import attach
from core.models import Attachment
from core.notify import notify
from core.transitions import move
from groups.audience import holders
from groups.categories import years_before
from groups.choices import DocumentKind, DocumentState
from groups.models import Document, EducationGroup, GroupCase
from groups.permissions import can_change_document, can_draft_document
from groups.services.cases import require

CONTENT = ("title", "sections", "document_number", "valid_from", "valid_to", "year")


@transaction.atomic
def draft_document(
    owner: EducationGroup | GroupCase,
    *,
    by: Any,
    kind: str,
    title: str,
    file: Any = None,
    **content: Any,
) -> Document:
    """Draft the next version of a document of a group, or a paper of a case."""
    require(can_draft_document(by, owner))
    document = Document(
        kind=kind,
        title=title,
        case=owner if isinstance(owner, GroupCase) else None,
        group=owner if isinstance(owner, EducationGroup) else None,
        created_by=by,
        **{name: value for name, value in content.items() if name in CONTENT},
    )
    document.version = _next_version(document)
    _check(document)
    document.save()
    add_file(document, file, by=by)
    record("groups.draft_document", document, by=by)
    return document


def _next_version(document: Document) -> int:
    rows = Document.objects.filter(
        group=document.group, case=document.case, kind=document.kind
    )
    last: int | None = rows.aggregate(last=Max("version"))["last"]
    return (last or 0) + 1


def _check(document: Document) -> None:
    """Check what the kind asks for: a plan's years, a work plan's school year."""
    if document.kind == DocumentKind.WORK_PLAN and document.year:
        document.valid_from = document.valid_from or document.year.starts_on
        document.valid_to = document.valid_to or document.year.until
    if document.kind == DocumentKind.DEVELOPMENT_PLAN:
        _check_plan(document)
    document.full_clean()


def _check_plan(document: Document) -> None:
    start, end = document.valid_from, document.valid_to
    if not (start and end):
        raise ValidationError({"valid_to": _("请填写规划的起止日期")})
    region = document.group.region if document.group else None
    limits = parameters(["plan.years_min", "plan.years_max"], region)
    shortest, longest = int(limits["plan.years_min"]), int(limits["plan.years_max"])
    if not years_before(end, longest) <= start <= years_before(end, shortest):
        raise ValidationError(
            {
                "valid_to": _("发展规划应为 %(min)d 至 %(max)d 年（BN-4.2.4）")
                % {"min": shortest, "max": longest}
            }
        )


@transaction.atomic
def change_document(
    document: Document, *, by: Any, file: Any = None, **content: Any
) -> Document:
    """Change a draft."""
    document = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    require(can_change_document(by, document))
    for name in CONTENT:
        if name in content:
            setattr(document, name, content[name])
    _check(document)
    document.save()
    add_file(document, file, by=by)
    record("groups.change_document", document, by=by)
    return document


def add_file(document: Document, file: Any, *, by: Any) -> None:
    """Keep an uploaded file with the document."""
    if file:
        attach(document, file.name, file.read(), kind=Attachment.Kind.DOCUMENT, by=by)


@transaction.atomic
def submit_document(document: Document, *, by: Any, reason: str = "") -> Document:
    """Hand a document in for filing."""
    document = move(
        document, "submit", by=by, reason=reason, submitted_by=by, submitted_on=today()
    )
    if document.group:
        notify(
            holders("groups.file_document", region=document.group.region),
            _("“%(title)s”待备案") % {"title": document.title},
            url=document.get_absolute_url(),
        )
    return document


@transaction.atomic
def return_document(document: Document, *, by: Any, reason: str) -> Document:
    """Send a document back with the reason."""
    told = document.submitted_by
    document = move(document, "return", by=by, reason=reason, submitted_by=None)
    if told:
        notify(
            [told],
            _("“%(title)s”被退回修改") % {"title": document.title},
            url=document.get_absolute_url(),
            body=reason,
        )
    return document


@transaction.atomic
def file_document(
    document: Document, *, by: Any, valid_from: date | None = None, reason: str = ""
) -> Document:
    """Put a document on file and in force; the charter before it ends that day."""
    starts = valid_from or document.valid_from or today()
    _supersede(document, starts, by)
    document = move(
        document,
        "file",
        by=by,
        reason=reason,
        filed_by=by,
        filed_on=today(),
        valid_from=starts,
    )
    if document.submitted_by:
        notify(
            [document.submitted_by],
            _("“%(title)s”已备案生效") % {"title": document.title},
            url=document.get_absolute_url(),
        )
    return document


def _supersede(document: Document, starts: date, by: Any) -> None:
    """End the version that stands; a plan that still runs is ended early."""
    if document.group is None:
        return
    EducationGroup.objects.select_for_update(of=("self",), no_key=True).get(
        pk=document.group.pk
    )
    standing = Document.objects.filter(
        group=document.group, kind=document.kind, state=DocumentState.EFFECTIVE
    ).exclude(pk=document.pk)
    if document.kind not in {
        DocumentKind.CHARTER,
        DocumentKind.DEVELOPMENT_PLAN,
        DocumentKind.WORK_PLAN,
    }:
        return
    for row in standing.filter(valid_from__lt=starts):
        if row.valid_to is None or row.valid_to > starts:
            move(row, "supersede", by=None, valid_to=starts)


def work_plan_year(day: date) -> AcademicYear | None:
    """Return the school year whose work plan is due next."""
    return AcademicYear.objects.current(day)
