"""Archives of CSV files, read entry by entry without unpacking them anywhere."""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _

from core.imports.errors import ImportRefused

MAX_UNPACKED = 4 << 30
MAX_ENTRY_RATIO = 200
MAX_ENTRIES = 200
PIECE = 1 << 20
MAX_HEAD = 1 << 16
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Archive:
    """A zip whose files lie at its root; refuses what is broken, huge or crafted."""

    def __init__(self, name: str, file: Any) -> None:
        self.name = name
        self.unpacked = 0
        with _told(name):
            self.zip = zipfile.ZipFile(file)
            self.entries = {e.filename: e for e in self._entries()}

    def _entries(self) -> Iterator[zipfile.ZipInfo]:
        listed = self.zip.infolist()
        if len(listed) > MAX_ENTRIES:
            raise ImportRefused(
                _("压缩包内有 %(count)s 个文件，最多 %(limit)s 个")
                % {"count": len(listed), "limit": MAX_ENTRIES},
                "too_many_files",
            )
        seen: set[str] = set()
        for entry in listed:
            path = entry.filename
            if "/" in path or "\\" in path or ".." in path or entry.is_dir():
                raise ImportRefused(
                    _("压缩包内的文件须放在最外层，不能有文件夹：“%s”") % path[:80],
                    "not_at_root",
                )
            if entry.flag_bits & 1:
                raise ImportRefused(_("压缩包有密码，请去掉密码后再上传"), "encrypted")
            if path in seen:
                raise ImportRefused(
                    _("压缩包内有两个“%s”，请只留一个") % path[:80], "twice_in_zip"
                )
            seen.add(path)
            yield entry

    @contextmanager
    def open(self, path: str) -> Iterator["CsvStream"]:
        """Open one file as a UTF-8 stream; its head is read."""
        entry = self.entries[path]
        with _told(self.name), self.zip.open(entry) as stream:
            yield CsvStream(self, path, stream, max(entry.compress_size, 1))

    def count(self, more: int, packed: int, so_far: int) -> None:
        """Refuse an archive that swells beyond all measure."""
        self.unpacked += more
        swollen = so_far > 16 * PIECE and so_far > packed * MAX_ENTRY_RATIO
        if swollen or self.unpacked > MAX_UNPACKED:
            raise ImportRefused(
                _("“%s”解压后过大，可能不是正常的数据包") % self.name, "zip_bomb"
            )


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Turn what a damaged archive raises into words."""
    broken = ImportRefused(
        _("“%s”已损坏或不是 zip 压缩包，请重新打包后上传") % name, "broken_zip"
    )
    try:
        yield
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError) as error:
        raise broken from error
    except Exception as error:
        if type(error).__module__ in {"zlib", "_lzma", "lzma"}:
            raise broken from error
        raise


class CsvStream:
    """A CSV file as a UTF-8 byte stream after its head, for COPY.

    A byte order mark, the encoding (UTF-8, else UTF-16 by its mark, else GB18030) and
    blank lines at the end are dealt with; a lone ``\\.``, which COPY would take for the
    end, is refused.
    """

    def __init__(self, archive: Archive, path: str, stream: Any, packed: int) -> None:
        self.archive, self.path, self.stream = archive, path, stream
        self.packed, self.so_far = packed, 0
        first = self._piece()
        self.decoder = self._decoder(first)
        first = self._decoded(first)
        while b"\n" not in first and (more := self._piece()):
            first += self._decoded(more)
            if len(first) > MAX_HEAD + PIECE * 4:
                break
        line, _sep, self.rest = first.partition(b"\n")
        if len(line) > MAX_HEAD:
            raise self.refused(_("首行过长，不是表头"))
        self.head = self._head(line)
        self.held = b""
        self.ended = False
        self.refusal: ImportRefused | None = None

    def _head(self, line: bytes) -> list[str]:
        try:
            text = line.decode().rstrip("\r")
            rows = list(csv.reader(io.StringIO(text), strict=True))
        except (UnicodeDecodeError, csv.Error) as error:
            raise self.refused(_("首行不是表头，请核对编码和分隔符")) from error
        return rows[0] if rows else []

    def refused(self, why: str) -> ImportRefused:
        """Return a refusal that names the file."""
        text = _("%(file)s：%(why)s") % {"file": self.path, "why": why}
        return ImportRefused(text, "bad_csv")

    def _piece(self) -> bytes:
        piece: bytes = self.stream.read(PIECE)
        self.so_far += len(piece)
        self.archive.count(len(piece), self.packed, self.so_far)
        return piece

    def _decoder(self, first: bytes) -> Any:
        for mark, encoding in BOMS:
            if first.startswith(mark):
                self.skip = len(mark)
                return None if encoding == "utf-8" else _decoder_of(encoding)
        self.skip = 0
        try:
            codecs.getincrementaldecoder("utf-8")().decode(first)
        except UnicodeDecodeError:
            return _decoder_of("gb18030")
        return None

    def _decoded(self, piece: bytes) -> bytes:
        if self.skip:
            piece, self.skip = piece[self.skip :], 0
        if self.decoder is None:
            return piece
        try:
            text: str = self.decoder.decode(piece, not piece)
        except UnicodeDecodeError as error:
            raise self.refused(_("文件编码有误，请另存为 UTF-8")) from error
        return text.encode()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; nothing at the end.

        The driver wraps what is raised while it reads: ``refusal`` keeps the original.
        """
        try:
            return self._read()
        except ImportRefused as refusal:
            self.refusal = refusal
            raise

    def _read(self) -> bytes:
        while not self.ended:
            raw, self.rest = (self.rest, b"") if self.rest else (self._next(), b"")
            if not raw and self.ended:
                return b""
            text = self.held + raw
            kept = text.rstrip(b"\r\n")
            self.held = text[len(kept) :]
            if b"\n\\." in text:
                raise self.refused(_("有一行只有“\\.”，请删除该行"))
            if kept:
                return kept
        return b""

    def _next(self) -> bytes:
        piece = self._piece()
        self.ended = not piece
        return self._decoded(piece)


def _decoder_of(encoding: str) -> Any:
    return codecs.getincrementaldecoder(encoding)("strict")
