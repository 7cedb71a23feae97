"""The measures of GB/T 9704—2012, in twentieths of a point as Word counts."""

from __future__ import annotations

from dataclasses import dataclass

TWIPS_A_MM = 1440 / 25.4


def mm(length: float) -> int:
    """Turn millimetres into twips."""
    return round(length * TWIPS_A_MM)


LINE_PITCH = 579  # 28.95 pt: 22 lines in 225 mm
CHARS_A_LINE = 28
BODY_SIZE = 16.0
# A character of 16 pt takes 156 mm / 28; the grid counts in 1/4096 pt.
CHAR_SPACE = round((156 / 25.4 * 72 / CHARS_A_LINE - BODY_SIZE) * 4096)
# The same by closer setting, in twips: 28 × (16 − 0.3) pt fit in 156 mm.
SPACING = -6

FANGSONG, HEITI, KAITI = "仿宋", "黑体", "楷体"
XIAOBIAOSONG, SONGTI = "方正小标宋简体", "宋体"
# What to use where a font is missing.
OTHER_NAMES = {
    FANGSONG: "FangSong",
    HEITI: "SimHei",
    KAITI: "KaiTi",
    SONGTI: "SimSun",
    XIAOBIAOSONG: "华文中宋",
}


@dataclass(frozen=True)
class Page:
    """Size, margins and places of head and foot of a page."""

    width: int
    height: int
    top: int
    right: int
    bottom: int
    left: int
    footer: int
    lying: bool = False

    @property
    def text_width(self) -> int:
        """Return the width of the text block."""
        return self.width - self.left - self.right

    @property
    def text_height(self) -> int:
        """Return the height of the text block."""
        return self.height - self.top - self.bottom


# The page number stands 7 mm below the text block.
UPRIGHT = Page(mm(210), mm(297), mm(37), mm(26), mm(35), mm(28), mm(17.5))
LYING = Page(mm(297), mm(210), mm(28), mm(37), mm(26), mm(35), mm(8.5), lying=True)
