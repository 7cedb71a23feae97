"""Find the heads of a sheet, and tell rows of data from titles, totals and notes."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from core.imports.cells import text_of
from core.imports.columns import Column, match_heads, normal, score
from core.imports.errors import CellProblem, ImportRefused
from core.imports.readers.guard import MAX_COLUMNS
from core.imports.readers.tables import NumberedRow, Table

HEAD_WITHIN = 40
SAMPLE_ROWS = 5
TOTALS = ("合计", "总计", "小计", "共计", "累计", "总和")
NOTE = re.compile(
    r"^(注|备注|说明|附注|填表|填报|制表|审核|复核|单位负责人|负责人|联系|数据来源|资料来源)"
    r"[^,，]{0,8}?[:：\d]|^[*※]|^(注|说明|备注)\b"
)
TOTAL_LENGTH = 8
SERIAL = {"序号", "编号", "no", "行号", "id", "号"}
Remark = Callable[[int, str], None]


@dataclass
class Layout:
    """Where the data of a file stands: sheet, row of the heads, the heads.

    ``sample`` holds the first rows as text, ``estimate`` about how many rows follow.
    """

    sheet: str = ""
    sheets: list[str] = field(default_factory=list)
    header_row: int = 0
    heads: list[str] = field(default_factory=list)
    is_certain: bool = True
    sample: list[list[str]] = field(default_factory=list)
    estimate: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return the layout as a run keeps it."""
        return asdict(self)


def shown(value: Any) -> str:
    """Return a cell as text for looking at, whatever is in it."""
    try:
        return text_of(value)
    except CellProblem:
        return str(value) if isinstance(value, float) else ""


def find_layout(
    table: Table, columns: Sequence[Column], *, sheet: str = "", header_row: int = 0
) -> Layout:
    """Return the sheet and heads that fit the columns best.

    ``sheet`` and ``header_row`` fix the choice. Raises ImportRefused when there is
    nothing that could be heads.
    """
    named = table.heads()
    if named is not None:
        return _completed(table, _named_layout(table, named))
    sheets = [sheet] if sheet in table.sheets else table.sheets
    found = [_best_in(table, name, columns, header_row) for name in sheets]
    best = max(found, key=lambda pair: pair[0])
    if best[1] is None:
        raise ImportRefused(
            _("没有找到表头。请确认第一张工作表中有一行列名，例如：%s")
            % "、".join(str(c.label) for c in list(columns)[:5]),
            "no_header",
        )
    return _completed(table, best[1])


def _completed(table: Table, layout: Layout) -> Layout:
    """Add the first rows and the likely number of rows, for a person to look at."""
    rows = data_rows(table, layout, lambda number, text: None)
    layout.sample = [
        [shown(cell)[:60] for cell in cells]
        for _number, cells in islice(rows, SAMPLE_ROWS)
    ]
    layout.estimate = max(table.estimate(layout.sheet) - layout.header_row, 0)
    return layout


def _named_layout(table: Table, heads: list[str]) -> Layout:
    if not heads:
        raise ImportRefused(_("文件中没有数据"), "no_rows")
    return _checked(Layout(sheets=table.sheets, heads=[shown(h)[:100] for h in heads]))


def _best_in(
    table: Table, sheet: str, columns: Sequence[Column], header_row: int
) -> tuple[tuple[int, int], Layout | None]:
    best: tuple[tuple[int, int], Layout | None] = ((-1, 0), None)
    for number, cells in islice(table.rows(sheet), max(HEAD_WITHIN, header_row)):
        if header_row and number != header_row:
            continue
        heads = [shown(cell)[:100] for cell in cells]
        filled = sum(1 for head in heads if head)
        if filled < 2 and not (filled and (header_row or score(columns, heads))):
            continue
        rank = (score(columns, heads), -number)
        if rank > best[0]:
            layout = Layout(sheet, table.sheets, number, heads, is_certain=rank[0] > 0)
            best = (rank, _checked(layout))
    return best


def _checked(layout: Layout) -> Layout:
    while layout.heads and not layout.heads[-1]:
        layout.heads.pop()
    if len(layout.heads) > MAX_COLUMNS:
        raise ImportRefused(
            _("表格有 %(columns)s 列，最多 %(limit)s 列。请删除多余的列")
            % {"columns": len(layout.heads), "limit": MAX_COLUMNS},
            "too_wide",
        )
    return layout


def data_rows(table: Table, layout: Layout, remark: Remark) -> Iterator[NumberedRow]:
    """Yield the rows of data; ``remark`` is told of each row left aside and why."""
    aside = _Aside(layout) if table.heads() is None else None
    width = len(layout.heads)
    for number, cells in table.rows(layout.sheet):
        if number <= layout.header_row:
            continue
        filled = [(at, c) for at, c in enumerate(cells) if c is not None and c != ""]
        if not filled or not any(
            shown(cell) or not isinstance(cell, str) for _at, cell in filled
        ):
            continue
        reason = aside.reason(filled) if aside else None
        if reason:
            remark(number, reason)
        else:
            kept = cells[:width]
            yield number, kept + [None] * (width - len(kept))


class _Aside:
    """Tells rows of data from totals, notes and repeated heads."""

    def __init__(self, layout: Layout) -> None:
        self.heads = [normal(head) for head in layout.heads]
        self.serial = {at for at, head in enumerate(self.heads) if head in SERIAL}
        self.is_first = True

    def reason(self, filled: list[tuple[int, Any]]) -> str | None:
        """Return why a row is no row of data, or None."""
        is_first, self.is_first = self.is_first, False
        telling = [pair for pair in filled if pair[0] not in self.serial]
        for _at, cell in (filled[0], *telling[:1]):
            word = normal(shown(cell))
            if word.startswith(TOTALS) and len(word) <= TOTAL_LENGTH:
                return _("合计行，未读取")
        if self._is_note(filled):
            return _("说明行，未读取")
        if not telling:
            return _("只有序号，没有内容，未读取")
        if self._repeats_heads(filled):
            return _("重复的表头，未读取")
        if is_first and _is_numbering(
            [shown(cell) for _at, cell in filled], len(self.heads)
        ):
            return _("列号行，未读取")
        return None

    def _is_note(self, filled: list[tuple[int, Any]]) -> bool:
        if len(self.heads) < 2 or len(filled) > max(1, min(4, len(self.heads) // 2)):
            return False
        return NOTE.search(shown(filled[0][1])) is not None

    def _repeats_heads(self, filled: list[tuple[int, Any]]) -> bool:
        first = next(at for at, head in enumerate(self.heads) if head)
        if filled[0][0] != first or normal(shown(filled[0][1])) != self.heads[first]:
            return False
        return all(
            at < len(self.heads) and normal(shown(cell)) == self.heads[at]
            for at, cell in filled
        )


def _is_numbering(texts: list[str], width: int) -> bool:
    """Tell whether a row only numbers the columns: 1 2 3 …, or 甲 乙 1 2 …."""
    if width < 3 or len(texts) < width - 1:
        return False
    letters = [t for t in texts if t in "甲乙丙丁戊ABCDE"]
    numbers = [t.strip("()（）") for t in texts[len(letters) :]]
    return numbers == [str(n) for n in range(1, len(numbers) + 1)]


def suggested_mapping(
    columns: Sequence[Column], presets: Sequence[Any], layout: Layout
) -> dict[str, int]:
    """Return the mapping the heads suggest: column name → position."""
    return match_heads(columns, layout.heads, presets)
