"""Pictures of a document, drawn once and placed as wide as the text block."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from io import BytesIO

from docx.document import Document as WordDocument

from core.documents.layout import Printed
from core.documents.pdf import draw_png

from . import markup as m
from .measures import LINE_PITCH, UPRIGHT

TALLEST = UPRIGHT.text_height - 4 * LINE_PITCH


class Pictures:
    """Draws every chart in one go, and hands out the markup that shows it."""

    def __init__(self, document: WordDocument, printed: Printed) -> None:
        self.part = document.part
        drawings = list(_drawings([*printed["blocks"], *printed["appendix"]]))
        self.images = dict(zip(drawings, draw_png(drawings), strict=True))
        self.placed = 0

    def place(self, svg: str, alt: str) -> str:
        """Return a run that shows the picture."""
        png = self.images[svg]
        relation, _image = self.part.get_or_add_image(BytesIO(png))
        self.placed += 1
        return m.picture(relation, self.placed, _size(png), alt)


def _drawings(blocks: Sequence[Printed]) -> dict[str, None]:
    """Return each different picture once, in order."""
    return {
        svg: None
        for block in blocks
        if block["type"] == "chart"
        for svg in block["pictures"]
    }


def _size(png: bytes) -> tuple[int, int]:
    """Return width and height in twips, from the image's own header."""
    width, height = struct.unpack(">II", png[16:24])
    scale = min(UPRIGHT.text_width / width, TALLEST / height)
    return round(width * scale), round(height * scale)
