"""What an import did, or would do, in counts and in the words of its rows."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from core.imports.judge import counts_of
from core.imports.kinds import kind_of
from core.models import ImportRun, RowVerdict, StagingRow


@dataclass
class ImportSummary:
    """What an import did, or would do: counts, and each problem of a rejected row."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    asked: int = 0
    skipped: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    questions: list[dict[str, Any]] = field(default_factory=list)
    remarks: list[dict[str, Any]] = field(default_factory=list)
    run_id: int | None = None
    dry_run: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the summary for JSON; ``run`` is the number to undo it by."""
        found = asdict(self)
        found["run"] = found.pop("run_id")
        return found


def summary_of(run: ImportRun) -> ImportSummary:
    """Return the summary of a judged run whose rows are still staged."""
    summary = ImportSummary(remarks=run.remarks, run_id=run.pk)
    for verdict, count in counts_of(run).items():
        setattr(summary, verdict, count)
    heads = head_names(run)
    told = StagingRow.objects.filter(
        run_id=run.pk, verdict__in=[RowVerdict.REJECTED, RowVerdict.ASKED]
    )
    for row in told.order_by("number").iterator(chunk_size=2_000):
        if row.verdict == RowVerdict.ASKED:
            summary.questions.append(_question_of(row, heads))
        else:
            summary.rows += problems_of(row, heads)
    return summary


def head_names(run: ImportRun) -> dict[str, str]:
    """Return column name → the head it has in the file, or its label."""
    names = {column.name: str(column.label) for column in kind_of(run.kind).columns}
    heads = run.layout.get("heads", [])
    for name, position in run.mapping.items():
        if position < len(heads) and heads[position]:
            names[name] = heads[position]
    return names


def problems_of(row: StagingRow, heads: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return what keeps a row out as row, column, code and message."""
    return [
        {
            "row": row.number,
            "column": heads.get(problem["column"], problem["column"]),
            "code": problem["code"],
            "message": problem["message"],
        }
        for problem in row.all_problems
        if problem["level"] == "error"
    ]


def _question_of(row: StagingRow, heads: Mapping[str, str]) -> dict[str, Any]:
    question = row.question or {}
    return {
        "row": row.number,
        "column": heads.get(question["column"], question["column"]),
        "code": question["code"],
        "message": question["message"],
        "candidates": question["candidates"],
    }
