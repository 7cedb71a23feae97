"""PDF by typst: data goes in as a JSON file, never as markup.

Every call has its own directory and compiler, so threads and processes do not meet;
the loaded fonts are shared. Only the fonts of two Python packages are used, so the
page looks the same on every machine.
"""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import noto_cjk_sans_otc
import pylopdf_fonts_zh_cn
import typst

from .layout import Printed

log = logging.getLogger(__name__)

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "documents"
ARCHIVE = "a-2b"
SHANGHAI = timezone(timedelta(hours=8))
PICTURE_DPI = 200


class MissingFont(RuntimeError):
    """A font that the pages need is not installed."""


def render_pdf(printed: Printed) -> bytes:
    """Render a layout as PDF/A-2b; if a character has no glyph, as plain PDF.

    Raises MissingFont when the font packages are incomplete.
    """
    moment = datetime.combine(
        date.fromisoformat(printed["date_iso"]), time(), tzinfo=SHANGHAI
    )
    options: dict[str, Any] = {"format": "pdf", "timestamp": moment}
    try:
        pages = _compile("report.typ", printed, pdf_standards=[ARCHIVE], **options)
    except typst.TypstError as error:
        log.warning("%s is not PDF/A: %s", printed["title"], error)
        pages = _compile("report.typ", printed, **options)
    return pages[0]


def draw_png(pictures: Sequence[str]) -> list[bytes]:
    """Turn SVG pictures into PNG images of the width of the text block."""
    if not pictures:
        return []
    content = {"pictures": list(pictures)}
    return _compile("pictures.typ", content, format="png", ppi=PICTURE_DPI)


def _compile(template: str, content: dict[str, Any], **options: Any) -> list[bytes]:
    with tempfile.TemporaryDirectory(prefix="document-") as directory:
        data = Path(directory) / "data.json"
        data.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        compiler = typst.Compiler(root=directory, font_paths=_fonts())
        source = (TEMPLATES / template).read_bytes()
        result, warnings = compiler.compile_with_warnings(source, **options)
    _check(warnings)
    return [result] if isinstance(result, bytes) else list(result or [])


def _check(warnings: Sequence[typst.TypstWarning]) -> None:
    for warning in warnings:
        if "unknown font family" in warning.message:
            raise MissingFont(warning.message)
        log.warning("typst: %s", warning.message)


@cache
def _fonts() -> typst.Fonts:
    packages = (pylopdf_fonts_zh_cn, noto_cjk_sans_otc)
    folders = [str(Path(str(package.__file__)).parent) for package in packages]
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=folders
    )
