"""The text of a document as WordprocessingML, section by section."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.documents.layout import Printed
from core.documents.text import text_width

from . import markup as m
from .grids import figures_grid, signers_grid, table_grid
from .measures import LYING, UPRIGHT, Page
from .pictures import Pictures
from .styles import HEI_RUN, RED

Section = tuple[Page, list[str]]
CHAR = 320


def write_sections(printed: Printed, pictures: Pictures) -> list[Section]:
    """Return the document as sections: a page, and what stands on it."""
    writer = _Writer(pictures)
    writer.add(_opening(printed))
    writer.add_blocks(printed["blocks"])
    writer.add(_closing(printed))
    if printed["appendix"]:
        writer.add_blocks([{"type": "break"}, *printed["appendix"]])
    return writer.sections


class _Writer:
    """Puts blocks on upright or lying pages; a new kind of page is a new section."""

    def __init__(self, pictures: Pictures) -> None:
        self.pictures = pictures
        self.sections: list[Section] = []

    def add(self, parts: Iterator[str], page: Page = UPRIGHT) -> None:
        found = list(parts)
        if not found:
            return
        if not self.sections or self.sections[-1][0] is not page:
            self.sections.append((page, []))
        self.sections[-1][1].extend(found)

    def add_blocks(self, blocks: Sequence[Printed]) -> None:
        for index, block in enumerate(blocks):
            if block["type"] == "lying":
                for inner in block["blocks"]:
                    self.add(self.write(inner, LYING), LYING)
            elif not self._breaks_anyway(blocks, index):
                self.add(self.write(block, UPRIGHT))

    def _breaks_anyway(self, blocks: Sequence[Printed], index: int) -> bool:
        """Say whether a page break stands where a section begins or ends a page."""
        if blocks[index]["type"] != "break":
            return False
        after = blocks[index + 1]["type"] if index + 1 < len(blocks) else ""
        return after == "lying" or self.sections[-1][0] is LYING

    def write(self, block: Printed, page: Page) -> Iterator[str]:
        if block["type"] == "chart":
            return self._chart(block)
        if block["type"] == "table":
            return _table(block, page)
        return WRITE[block["type"]](block)

    def _chart(self, block: Printed) -> Iterator[str]:
        for index, svg in enumerate(block["pictures"]):
            caption = block["caption"] + ("（续）" if index else "")
            yield m.text(caption, "Caption")
            picture = self.pictures.place(svg, block["alt"])
            yield m.paragraph(picture, "Picture")
        yield table_grid(block["table"], UPRIGHT)
        yield _note(block["note"])


def _opening(printed: Printed) -> Iterator[str]:
    if printed["red_head"]:
        rule = f'<w:bottom w:val="single" w:sz="12" w:space="11" w:color="{RED}"/>'
        border = f"<w:pBdr>{rule}</w:pBdr>"
        yield m.text(printed["red_head"], "RedHead")
        yield m.text(printed["doc_number"], "DocNumber", border)
        yield m.text("", "BodyText") * 2
    yield m.text("\n".join(printed["title_lines"]), "Title")
    if printed["subtitle"]:
        yield m.text(printed["subtitle"], "Subtitle")
    yield m.text("　".join(printed["facts"]), "Facts")


def _closing(printed: Printed) -> Iterator[str]:
    yield from _signature(printed)
    if printed["signers"]:
        yield m.text("", "SignLine")
        yield signers_grid(printed["signers"])
    line = '<w:top w:val="single" w:sz="4" w:space="6" w:color="7F7F7F"/>'
    border = f'<w:pBdr>{line}</w:pBdr><w:spacing w:before="240"/>'
    for index, source in enumerate(printed["sources"]):
        yield m.text(source, "Small", "" if index else border)


def _signature(printed: Printed) -> Iterator[str]:
    """Write issuer over date, centred on each other, four characters from the right."""
    lines = [printed["issuer"], printed["date"], *["（印章）"] * printed["seal"]]
    width = round(max(map(text_width, lines)) + 1.5) * CHAR
    left = max(UPRIGHT.text_width - 4 * CHAR - width, 0)
    place = f'<w:ind w:left="{left}" w:rightChars="400" w:right="{4 * CHAR}"/>'
    yield m.text("", "BodyText") * 2
    for index, line in enumerate(lines):
        keep = "<w:keepNext/>" if index < len(lines) - 1 else ""
        yield m.text(line, "Issuer", keep + place)


def _heading(block: Printed) -> Iterator[str]:
    yield m.text(block["text"], f"Heading{block['level']}")


def _paragraph(block: Printed) -> Iterator[str]:
    if block["note"]:
        yield m.text(block["text"], "Small")
        return
    lead = m.run(block["lead"], HEI_RUN) if block["lead"] else ""
    yield m.paragraph(lead + m.run(block["text"]), "BodyText")


def _figures(block: Printed) -> Iterator[str]:
    yield m.text("", "Gap", '<w:spacing w:before="160"/>')
    yield figures_grid(block)
    yield _note("")


def _table(block: Printed, page: Page) -> Iterator[str]:
    yield m.text(block["caption"], "Caption")
    yield table_grid(block, page)
    yield _note(block["note"])


def _note(text: str) -> str:
    return m.text(text, "Small", '<w:spacing w:before="60" w:after="160"/>')


def _list(block: Printed) -> Iterator[str]:
    for index, item in enumerate(block["items"], start=1):
        mark = f"{index}. " if block["ordered"] else "· "
        yield m.text(mark + item, "BodyText")


def _definitions(block: Printed) -> Iterator[str]:
    for term, meaning in block["items"]:
        runs = m.run(term, HEI_RUN) + m.run(f"　{meaning}")
        yield m.paragraph(runs, "BodyText")


def _break(block: Printed) -> Iterator[str]:
    yield m.text("", "Gap", "<w:pageBreakBefore/>")


WRITE = {
    "heading": _heading,
    "paragraph": _paragraph,
    "figures": _figures,
    "list": _list,
    "definitions": _definitions,
    "break": _break,
}
