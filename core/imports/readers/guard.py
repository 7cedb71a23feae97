"""Look into a workbook before it is read: size unpacked, extent, empty formulas."""

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from core.imports.errors import ImportRefused

MAX_UNPACKED = 400 * 1024 * 1024
MAX_ENTRIES = 2_000
MAX_COLUMNS = 256
MAX_CELLS = 8_000_000
PIECE = 1 << 20
SHEET = re.compile(r"^xl/worksheets/sheet\d+\.xml$")
CELL = re.compile(rb' r="([A-Z]{1,3})\d{1,7}"')
ROW = re.compile(rb'<(?:\w+:)?row [^>]*?\br="(\d{1,7})"')
ROW_END = re.compile(rb"</(?:\w+:)?row>")
EMPTY_FORMULA = re.compile(
    rb'<(?:\w+:)?c (?:[^>]*? )?r="([A-Z]{1,3})(\d{1,7})"[^>]*>'
    rb"<(?:\w+:)?f(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)


@dataclass
class Inspection:
    """Rows and columns (from 0) of formulas without a stored result, by sheet file."""

    empty_formulas: dict[str, dict[int, set[int]]] = field(default_factory=dict)


def inspect(name: str, content: bytes) -> Inspection:
    """Check an XLSX archive; ImportRefused for what is broken, huge or no workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _inspect(name, archive)
    except (
        zipfile.BadZipFile,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise broken(name) from error
    except Exception as error:
        if type(error).__module__ == "zlib":
            raise broken(name) from error
        raise


def broken(name: str) -> ImportRefused:
    """Return the refusal of a damaged workbook."""
    return ImportRefused(
        _("“%s”已损坏或不是 Excel 工作簿。请在 Excel 中打开，另存为 .xlsx 后再上传")
        % name,
        "broken_workbook",
    )


def _inspect(name: str, archive: zipfile.ZipFile) -> Inspection:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names:
        raise ImportRefused(
            _("“%s”是压缩文件，不是 Excel 工作簿。请解压后上传其中的表格") % name,
            "not_a_workbook",
        )
    if len(entries) > MAX_ENTRIES:
        raise broken(name)
    found, unpacked = Inspection(), 0
    for entry in entries:
        scan = _SheetScan(name) if SHEET.match(entry.filename) else None
        for piece in _unpacked(archive, entry):
            unpacked += len(piece)
            if unpacked > MAX_UNPACKED:
                raise ImportRefused(
                    _("“%s”解压后过大，可能不是正常的工作簿。请分成几个文件导入")
                    % name,
                    "zip_bomb",
                )
            if scan:
                scan.feed(piece)
        if scan:
            found.empty_formulas[entry.filename] = scan.finish()
    return found


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    # The stated size may lie; reading goes on to the real end of the data.
    entry.file_size = 2 * MAX_UNPACKED + PIECE
    with archive.open(entry) as stream:
        while piece := stream.read(PIECE):
            yield piece


class _SheetScan:
    """Reads the XML of one sheet piece by piece."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rest = b""
        self.columns: set[bytes] = set()
        self.last_row = 0
        self.formulas: dict[int, set[int]] = defaultdict(set)

    def feed(self, piece: bytes) -> None:
        """Scan up to the last whole row and keep the rest."""
        text = self.rest + piece
        ends = [match.end() for match in ROW_END.finditer(text)]
        cut = ends[-1] if ends else 0
        self.rest = text[cut:]
        if len(self.rest) > 64 * PIECE:
            raise broken(self.name)
        self._scan(text[:cut])

    def _scan(self, text: bytes) -> None:
        self.columns.update(CELL.findall(text))
        rows = ROW.findall(text)
        if rows:
            self.last_row = max(self.last_row, max(int(row) for row in rows))
        if b"<f" in text or b":f" in text:
            for letters, row in EMPTY_FORMULA.findall(text):
                self.formulas[int(row) - 1].add(column_number(letters))
        self._check_extent()

    def _check_extent(self) -> None:
        width = max((column_number(letters) for letters in self.columns), default=0) + 1
        if width > MAX_COLUMNS or width * self.last_row > MAX_CELLS:
            raise ImportRefused(
                _(
                    "“%(name)s”有 %(columns)s 列、%(rows)s 行，超出可读取的范围。"
                    "请删除多余的空白行列"
                )
                % {"name": self.name, "columns": width, "rows": self.last_row},
                "too_wide" if width > MAX_COLUMNS else "too_many_cells",
            )

    def finish(self) -> dict[int, set[int]]:
        """Scan what is left and return the formulas without a result."""
        self._scan(self.rest)
        return dict(self.formulas)


def column_number(letters: bytes) -> int:
    """Return the position from 0 of a column named in letters."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
