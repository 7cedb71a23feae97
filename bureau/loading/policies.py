"""Bring policy documents, clauses and shipped parameters into the database."""

import json
from datetime import date
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_date

from bureau.choices import ValueKind
from bureau.data import rows
from bureau.models import PolicyClause, PolicyDocument, PolicyParameter, Region
from bureau.models.region import BEGINNING

TEXTS = ("area", "priority", "kinds", "meaning_en")
CLAUSE_FIELDS = [
    *("document", "position", "area", "priority", "kinds"),
    *("key_terms", "summary", "features", "meaning_en"),
]
DOCUMENT_FIELDS = ["title", "issuer", "issued_year", "issued_on", "region", "level"]
PARAMETER_FIELDS = [
    *("value", "kind", "unit", "meaning", "meaning_en"),
    *("source_note", "verified", "valid_to"),
    *("verified_by", "verified_at", "verified_note"),
]


@transaction.atomic
def load_policies() -> tuple[int, int]:
    """Bring documents and clauses up to date; return how many of each there are."""
    regions = dict(Region.objects.values_list("code", "pk"))
    documents = [_document(r, regions) for r in rows("policies.csv")]
    PolicyDocument.objects.bulk_create(
        documents,
        update_conflicts=True,
        unique_fields=["doc_no"],
        update_fields=DOCUMENT_FIELDS,
    )
    owners = dict(PolicyDocument.objects.values_list("doc_no", "pk"))
    clauses = [_clause(n, r, owners) for n, r in enumerate(rows("clauses.csv"), 1)]
    PolicyClause.objects.bulk_create(
        clauses,
        update_conflicts=True,
        unique_fields=["clause_id"],
        update_fields=CLAUSE_FIELDS,
    )
    return len(documents), len(clauses)


def _document(row: dict[str, str], regions: dict[str, int]) -> PolicyDocument:
    return PolicyDocument(
        doc_no=row["doc_no"],
        title=row["title"],
        issuer=row["issuer"],
        issued_year=int(row["issued_year"]),
        issued_on=parse_date(row["issued_on"]) if row["issued_on"] else None,
        region_id=regions[row["region"]] if row["region"] else None,
        level=row["level"],
        clause_prefix=row["clause_prefix"],
    )


def _clause(position: int, row: dict[str, str], owners: dict[str, int]) -> PolicyClause:
    return PolicyClause(
        document_id=owners[row["document"]],
        clause_id=row["clause_id"],
        position=position,
        key_terms=row["key_terms_zh"],
        summary=row["summary_zh"],
        features=row["features_zh"],
        **{name: row[name] for name in TEXTS},
    )


@transaction.atomic
def load_parameters() -> int:
    """Bring the shipped defaults up to date; return how many rows there are.

    Values that a region has set are not touched.
    """
    shipped = rows("parameters.csv")
    known = {(p.key, p.valid_from): p for p in PolicyParameter.objects.shipped()}
    new: list[PolicyParameter] = []
    kept: list[PolicyParameter] = []
    for row, valid_to in _with_ends(shipped):
        key = (row["key"], _begin(row))
        parameter = known.get(key) or PolicyParameter(key=key[0], valid_from=key[1])
        _fill(parameter, row, valid_to)
        (kept if parameter.pk else new).append(parameter)
    PolicyParameter.objects.bulk_update(kept, PARAMETER_FIELDS, batch_size=200)
    PolicyParameter.objects.bulk_create(new, batch_size=200)
    _link_clauses(shipped)
    return len(shipped)


def _begin(row: dict[str, str]) -> date:
    return parse_date(row["valid_from"] or "") or BEGINNING


def _with_ends(
    shipped: list[dict[str, str]],
) -> list[tuple[dict[str, str], date | None]]:
    """Pair each row with the day on which a later row of the same key takes over."""
    ordered = sorted(shipped, key=lambda r: (r["key"], _begin(r)))
    ends: list[date | None] = [
        _begin(later) if later["key"] == earlier["key"] else None
        for earlier, later in pairwise(ordered)
    ]
    return list(zip(ordered, [*ends, None], strict=True))


def _fill(
    parameter: PolicyParameter, row: dict[str, str], valid_to: date | None
) -> None:
    shipped = read_value(row["type"], row["default"])
    if shipped != parameter.value:
        parameter.verified_by = parameter.verified_at = None
        parameter.verified_note = ""
    parameter.value = shipped
    parameter.kind = row["type"]
    parameter.unit = row["unit"]
    parameter.meaning = row["meaning_zh"]
    parameter.meaning_en = row["meaning_en"]
    parameter.source_note = row["source_note"]
    parameter.verified = row["verified"] == "true" or bool(parameter.verified_at)
    parameter.valid_to = valid_to


def read_value(kind: str, text: str) -> Any:
    """Return the stored form of a value written in the data file."""
    if kind == ValueKind.BOOL:
        return text == "true"
    return json.loads(text) if kind == ValueKind.JSON else text


def _link_clauses(shipped: list[dict[str, str]]) -> None:
    clauses = dict(PolicyClause.objects.values_list("clause_id", "pk"))
    ids = {(p.key, p.valid_from): p.pk for p in PolicyParameter.objects.shipped()}
    through = PolicyParameter.clauses.through
    through.objects.bulk_create(
        [
            through(
                policyparameter_id=ids[row["key"], _begin(row)],
                policyclause_id=clauses[clause],
            )
            for row in shipped
            for clause in row["clause"].split(";")
            if clause
        ],
        ignore_conflicts=True,
    )
