"""Tell what a file is by its content, and refuse in plain words what is no table."""

import codecs
import re

import filetype
from django.utils.translation import gettext as _

from core.imports.errors import ImportRefused
from core.imports.readers.source import Source
from core.imports.readers.tables import DelimitedTable, NdjsonTable, RecordTable, Table
from core.imports.readers.workbook import WorkbookTable

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UTF16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
PIECE = 1 << 20


def open_table(source: Source) -> Table:
    """Open a source; ImportRefused says what it is instead and what to do."""
    if source.records is not None:
        return RecordTable(source.records)
    content = source.content
    if content.startswith((ZIP, OLE)):
        return WorkbookTable(source.name, content)
    return _open_text(source.name, content)


def _open_text(name: str, content: bytes) -> Table:
    start = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta")):
        raise ImportRefused(
            _(
                "“%s”其实是网页文件。"
                "请用 Excel 打开后另存为“Excel 工作簿（.xlsx）”再上传"
            )
            % name,
            "html",
        )
    encoding = encoding_of(content)
    if encoding is None:
        raise not_a_table(name)
    if start.startswith(b"{"):
        return NdjsonTable(content)
    return DelimitedTable(content, encoding)


def not_a_table(name: str) -> ImportRefused:
    """Return the refusal of a file that is no workbook and no text."""
    return ImportRefused(
        _("“%s”不是可读取的表格。请上传 Excel 工作簿（.xlsx、.xls）或 CSV 文件") % name,
        "not_a_table",
    )


def encoding_of(content: bytes) -> str | None:
    """Return the encoding of a text file, or None when it is no text."""
    for mark, encoding in UTF16.items():
        if content.startswith(mark):
            return encoding if _decodes(content, encoding) else None
    if filetype.guess(content[:PIECE]) or CONTROL.search(content):
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        if _decodes(content, encoding):
            return encoding
    return None


def _decodes(content: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for at in range(0, len(content), PIECE):
            decoder.decode(content[at : at + PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
