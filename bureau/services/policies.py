"""Enter and correct the policy documents of a region and their clauses."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audit.services import record
from bureau.choices import Level, PolicyLevel
from bureau.models import PolicyClause, PolicyDocument, Region
from bureau.permissions import can_change_document, can_register_document
from core.constraints import explain
from core.transitions import MoveRefused
from core.verdict import Verdict

LEVELS = {Level.PROVINCE: PolicyLevel.PROVINCE, Level.CITY: PolicyLevel.CITY}


@transaction.atomic
def register_document(
    *, by: Any, region: Region, reason: str, **fields: Any
) -> PolicyDocument:
    """Enter a document that the region has issued; it counts there and below."""
    _require(can_register_document(by, region))
    level = LEVELS.get(Level(region.level), PolicyLevel.COUNTY)
    row = PolicyDocument(region=region, level=level)
    told = _set(row, fields)
    _date(row)
    _save(row)
    record("bureau.register_document", row, by=by, reason=_said(reason), data=told)
    return row


@transaction.atomic
def change_document(
    document: PolicyDocument, *, by: Any, reason: str, **fields: Any
) -> PolicyDocument:
    """Correct a document or say from which day it is repealed."""
    rows = PolicyDocument.objects.select_for_update(of=("self",), no_key=True)
    row: PolicyDocument = rows.select_related("region").get(pk=document.pk)
    _require(can_change_document(by, row))
    told = _set(row, fields)
    if "clause_prefix" in told and row.clauses.exists():
        raise ValidationError({"clause_prefix": _("已有条款，条款前缀不能再改")})
    _date(row)
    _save(row)
    record("bureau.change_document", row, by=by, reason=_said(reason), data=told)
    return row


@transaction.atomic
def add_clause(
    document: PolicyDocument, *, by: Any, reason: str, number: str, **fields: Any
) -> PolicyClause:
    """Enter a clause behind those the document has; parameters may rest on it."""
    rows = PolicyDocument.objects.select_for_update(of=("self",), no_key=True)
    held = rows.select_related("region").get(pk=document.pk)
    _require(can_change_document(by, held))
    last = held.clauses.aggregate(last=Max("position"))["last"] or 0
    clause_id = f"{held.clause_prefix}-{number}"
    row = PolicyClause(document=held, clause_id=clause_id, position=last + 1)
    told = _set(row, fields)
    _save(row)
    record("bureau.add_clause", row, by=by, reason=_said(reason), data=told)
    return row


@transaction.atomic
def change_clause(
    clause: PolicyClause, *, by: Any, reason: str, **fields: Any
) -> PolicyClause:
    """Correct a clause; its number stays, since others refer to it."""
    rows = PolicyClause.objects.select_for_update(of=("self",), no_key=True)
    row: PolicyClause = rows.select_related("document__region").get(pk=clause.pk)
    _require(can_change_document(by, row.document))
    told = _set(row, fields)
    _save(row)
    record("bureau.change_clause", row, by=by, reason=_said(reason), data=told)
    return row


def _require(verdict: Verdict) -> None:
    if not verdict:
        raise MoveRefused(verdict)


def _said(reason: str) -> str:
    if not reason.strip():
        raise ValidationError({"reason": _("请填写登记或修改的理由")})
    return reason.strip()


def _set(row: Any, fields: dict[str, Any]) -> dict[str, list[str]]:
    told = {
        name: [str(getattr(row, name) or ""), str(value or "")]
        for name, value in fields.items()
        if getattr(row, name) != value
    }
    for name, value in fields.items():
        setattr(row, name, value)
    return told


def _date(row: PolicyDocument) -> None:
    if row.issued_on is None:
        raise ValidationError({"issued_on": _("请填写发文日期")})
    row.issued_year = row.issued_on.year


def _save(row: Any) -> None:
    row.full_clean()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise explain(error) from error
