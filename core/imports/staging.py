"""Read a source into the staging table: typed, prepared, copied in pieces."""

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.utils.translation import gettext as _

from core.imports.cells import typed
from core.imports.columns import Column
from core.imports.errors import CellProblem, ImportRefused
from core.imports.kinds import ImportKind, Row
from core.imports.readers import Layout, Table, data_rows
from core.imports.readers.layout import shown
from core.imports.sql import analyze_staging
from core.models import ImportRun, StagingRow

PIECE = 5_000
MAX_REMARKS = 200
ENCODER = DjangoJSONEncoder(ensure_ascii=False)
COPY = (
    "COPY core_stagingrow (run_id, number, data, shown, problems, is_rejected,"
    " findings) FROM STDIN WITH (FORMAT csv)"
)
Progress = Callable[[str, int | None], None]


def silent(message: str, done: int | None = None) -> None:
    """Report progress to nobody."""


def missing_columns(kind: ImportKind, mapping: dict[str, int]) -> list[Column]:
    """Return the required columns that no head of the file fills."""
    return [column for column in kind.required() if column.name not in mapping]


def require_columns(kind: ImportKind, run: ImportRun) -> None:
    """Raise ImportRefused when the file lacks a required column."""
    missing = missing_columns(kind, run.mapping)
    if missing:
        raise ImportRefused(
            _(
                "文件缺少必需的列：%(missing)s。文件中的列有：%(heads)s。请补上该列，或在页面上指定对应的列"
            )
            % {
                "missing": "、".join(str(column.label) for column in missing),
                "heads": "、".join(h for h in run.layout["heads"] if h)[:300],
            },
            "missing_column",
        )


def read_into_staging(
    run: ImportRun, kind: ImportKind, table: Table, progress: Progress = silent
) -> None:
    """Replace the run's staged rows by those of the table; sets total and remarks."""
    StagingRow.objects.filter(run_id=run.pk).delete()
    reader = RowReader(run, kind)
    piece: list[Row] = []
    total = 0
    for row in reader.rows(table):
        piece.append(row)
        if len(piece) == PIECE:
            total += _copy(run, reader, piece)
            progress(_("读取文件"), total)
            piece = []
    total += _copy(run, reader, piece)
    if not total:
        raise ImportRefused(_("表头下面没有数据行，请填好后再上传"), "no_rows")
    run.total = total
    run.remarks = reader.remarks
    run.layout["names"] = sorted(reader.names)
    analyze_staging(run)


class RowReader:
    """Turns the rows of a table into typed, prepared rows of one kind."""

    def __init__(self, run: ImportRun, kind: ImportKind) -> None:
        self.kind = kind
        self.layout = Layout(**{k: v for k, v in run.layout.items() if k != "names"})
        self.context = kind.context(run)
        self.cells = [
            (column, run.mapping[column.name], column.choice_table())
            for column in kind.columns
            if column.name in run.mapping
        ]
        self.limits = _limits(kind.target_model())
        self.names: set[str] = set()
        self.remarks: list[dict[str, Any]] = []

    def rows(self, table: Table) -> Iterator[Row]:
        """Yield every row of data, typed and prepared."""
        for number, cells in data_rows(table, self.layout, self._remark):
            yield self._row(number, cells)

    def _remark(self, number: int, text: str) -> None:
        if len(self.remarks) < MAX_REMARKS:
            self.remarks.append({"row": number, "message": text})

    def _row(self, number: int, cells: list[Any]) -> Row:
        row = Row(number, {})
        for column, position, choices in self.cells:
            try:
                value = typed(column, cells[position], choices)
            except CellProblem as problem:
                row.reject(
                    column.name, problem.code, self._sentence(column, problem.message)
                )
                row.shown[column.name] = shown(cells[position])[:500]
                continue
            if value is not None:
                row.values[column.name] = value
                if column.kind not in {"text", "code"}:
                    row.shown[column.name] = shown(cells[position])
        self._require(row)
        self.kind.prepare(row, self.context)
        self._limit(row)
        self.names.update(row.values)
        return row

    def _require(self, row: Row) -> None:
        broken = {problem["column"] for problem in row.problems}
        for column in self.kind.required():
            if column.name not in row.values and column.name not in broken:
                row.reject(
                    column.name,
                    "required",
                    _("未填“%s”，请补填后重新导入") % column.label,
                )

    def _sentence(self, column: Column, message: str) -> str:
        return _("“%(column)s”%(message)s") % {
            "column": column.label,
            "message": message,
        }

    def _limit(self, row: Row) -> None:
        """Refuse what the column of the model cannot hold."""
        for name, value in row.values.items():
            limit = self.limits.get(name)
            if limit and isinstance(value, str) and len(value) > limit:
                row.reject(
                    name,
                    "too_long",
                    _("内容有 %(length)s 个字，最多 %(limit)s 个字，请缩短")
                    % {"length": len(value), "limit": limit},
                )


def _limits(model: type[models.Model] | None) -> dict[str, int]:
    if model is None:
        return {}
    return {
        field.attname: field.max_length
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField) and field.max_length
    }


def _json(value: Any, empty: str) -> str:
    return ENCODER.encode(value) if value else empty


def _copy(run: ImportRun, reader: RowReader, rows: list[Row]) -> int:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow(
            (
                run.pk,
                row.number,
                _json(row.values, "{}"),
                _json(row.shown, "{}"),
                _json(row.problems, "[]"),
                row.is_rejected,
                "[]",
            )
        )
    buffer.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(COPY, buffer)
    return len(rows)
