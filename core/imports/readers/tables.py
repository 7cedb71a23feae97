"""The shape every reader gives its file: numbered rows of cells, read again at will."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from django.utils.translation import gettext as _

from core.imports.cells import HUGE_CELL
from core.imports.errors import ImportRefused

NumberedRow = tuple[int, list[Any]]
CSV_CELL = 1_000_000
DELIMITERS = ",\t;|"
FULL_WIDTH_COMMA = "，"


class Table(Protocol):
    """One file opened; ``sheets`` names what can be chosen (one for plain files)."""

    sheets: list[str]

    def rows(self, sheet: str) -> Iterator[NumberedRow]:
        """Yield number (as the user sees it) and cells of each row of the sheet."""

    def heads(self) -> list[str] | None:
        """Return the heads when the format itself names them, else None."""

    def estimate(self, sheet: str) -> int:
        """Return about how many rows the sheet has."""


class DelimitedTable:
    """A CSV file already known to be text in ``encoding``."""

    def __init__(self, content: bytes, encoding: str) -> None:
        self.content = content
        self.encoding = encoding
        self.sheets = [""]

    def heads(self) -> None:
        """The heads stand somewhere in the rows."""
        return None

    def estimate(self, sheet: str) -> int:
        """Return the number of lines."""
        return self.content.count(b"\n") + 1

    def _text(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BytesIO(self.content), self.encoding, newline="")

    def _delimiter(self) -> str:
        start = self._text().read(8192)
        used = [mark for mark in DELIMITERS if mark in start]
        return max(used, key=start.count) if used else FULL_WIDTH_COMMA

    def rows(self, sheet: str) -> Iterator[NumberedRow]:
        """Yield each record; a record's number counts as a spreadsheet shows it."""
        csv.field_size_limit(CSV_CELL)
        reader = csv.reader(self._text(), delimiter=self._delimiter(), strict=True)
        number = 0
        try:
            for number, cells in enumerate(reader, start=1):
                yield number, list(cells)
        except csv.Error as error:
            raise ImportRefused(
                _(
                    "CSV 文件第 %(row)s 行格式有误（引号不成对或单元格过长），"
                    "请修改后重新上传"
                )
                % {"row": number + 1},
                "broken_csv",
            ) from error


class RecordTable:
    """Records whose keys are the heads."""

    def __init__(self, records: tuple[Mapping[str, Any], ...]) -> None:
        self.records = records
        self.sheets = [""]

    def numbered(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Yield the records with their number from 1."""
        return enumerate(self.records, start=1)

    def estimate(self, sheet: str) -> int:
        """Return the number of records."""
        return len(self.records)

    def heads(self) -> list[str]:
        """Return every key that occurs, in the order of first use."""
        found: dict[str, None] = {}
        for _number, record in self.numbered():
            for key in record:
                found.setdefault(str(key))
        return list(found)

    def rows(self, sheet: str) -> Iterator[NumberedRow]:
        """Yield each record in the order of the heads."""
        heads = self.heads()
        for number, record in self.numbered():
            yield number, [record.get(head) for head in heads]


class NdjsonTable(RecordTable):
    """A file with one JSON object on each line; read twice, never held whole."""

    def __init__(self, content: bytes) -> None:
        super().__init__(())
        self.content = content

    def estimate(self, sheet: str) -> int:
        """Return the number of lines."""
        return self.content.count(b"\n") + 1

    def numbered(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Yield the object of each line that is not blank."""
        for number, line in enumerate(io.BytesIO(self.content), start=1):
            if line.strip():
                yield number, self._object(number, line)

    def _object(self, number: int, line: bytes) -> Mapping[str, Any]:
        try:
            found = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise self._refusal(number) from error
        if not isinstance(found, dict) or len(line) > HUGE_CELL * 32:
            raise self._refusal(number)
        return found

    def _refusal(self, number: int) -> ImportRefused:
        return ImportRefused(
            _("第 %s 行不是有效的 JSON 对象，请检查后重新上传") % number, "broken_json"
        )
