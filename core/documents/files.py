"""The file formats of a document: bytes, content type and name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .blocks import Signer
from .data import digest
from .layout import Printed, lay_out
from .pdf import render_pdf
from .sheets import render_xlsx
from .web import render_page
from .word import render_docx

Data = Mapping[str, Any]

OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS: dict[str, tuple[str, Callable[[Data, Printed], bytes]]] = {
    "html": ("text/html; charset=utf-8", lambda data, printed: render_page(printed)),
    "docx": (
        f"{OFFICE}.wordprocessingml.document",
        lambda data, printed: render_docx(printed),
    ),
    "pdf": ("application/pdf", lambda data, printed: render_pdf(printed)),
    "xlsx": (f"{OFFICE}.spreadsheetml.sheet", render_xlsx),
}
LONGEST_NAME = 80


def render(
    data: Data,
    fmt: str,
    *,
    status: str | None = None,
    signers: Sequence[Signer] | None = None,
) -> bytes:
    """Render frozen data as html, docx, pdf or xlsx; the same data, the same bytes.

    `status` and `signers` replace the frozen ones for a document that was signed
    after it was frozen. Raises ValueError for an unknown format or status.
    """
    return _format(fmt)[1](data, lay_out(data, status, signers))


def content_type(fmt: str) -> str:
    """Return the media type of a format."""
    return _format(fmt)[0]


def file_name(data: Data, fmt: str) -> str:
    """Return a name any file system takes: title, period, start of the digest."""
    _format(fmt)
    name = "_".join(filter(None, (data["title"], data["period"])))
    safe = re.sub(r'[\s\\/:*?"<>|.]+', " ", name).strip()[:LONGEST_NAME].strip()
    return f"{safe or '文件'}_{digest(data)[:8]}.{fmt}"


def _format(fmt: str) -> tuple[str, Callable[[Data, Printed], bytes]]:
    if fmt not in FORMATS:
        raise ValueError(f"unknown document format {fmt!r}")
    return FORMATS[fmt]
