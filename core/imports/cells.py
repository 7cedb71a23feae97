"""Turn one cell of a file into the typed value of its column, or say what is wrong."""

import math
import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from core.imports.columns import Column, normal
from core.imports.errors import CellProblem

SPACES = re.compile(r"[\s\u200b\u200e\u200f\ufeff]+")
INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
EXACT_DIGITS = 15
HUGE_CELL = 32_767
EXCEL_DAY_ZERO = date(1899, 12, 30)
EXCEL_DAYS = range(7_306, 73_051)
DAY = re.compile(
    r"^(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})\s*日?|\s*月?)"
    r"(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?$"
)
COMPACT_DAY = re.compile(r"^(\d{4})(0\d|1[0-2])(\d{2})?$")
"""A day or, as the national tables write it, a month: 201209."""
YES = {"是", "有", "对", "y", "yes", "true", "t", "1"}
NO = {"否", "无", "不是", "没有", "n", "no", "false", "f", "0"}
TICKS = {"√": True, "✓": True, "✔": True, "×": False, "✗": False, "✘": False}
BIG = 2_147_483_647


class Uncalculated:
    """A formula cell whose result is not stored in the file."""


UNCALCULATED = Uncalculated()


def text_of(value: Any) -> str:
    """Return any cell as text: spaces put in order, whole numbers without ``.0``.

    Raises CellProblem for a number whose digits the spreadsheet has lost.
    """
    if isinstance(value, str):
        if value.isprintable() and " " not in value:
            return value
        return SPACES.sub(" ", INVISIBLE.sub("", value)).strip()
    if value is None:
        return ""
    if value is UNCALCULATED:
        raise CellProblem(
            "formula_without_value",
            _("是没有计算结果的公式。请在 Excel 中打开并保存一次，或改为“粘贴为数值”"),
        )
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, float | int | Decimal):
        return _number_text(value)
    return _moment_text(value)


def _number_text(value: float | int | Decimal) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        raise CellProblem("not_a_number", _("不是有效的数字"))
    if isinstance(value, float) and abs(value) >= 10**EXACT_DIGITS:
        raise CellProblem(
            "digits_lost",
            _("存成了数字，15 位以后的数字已经丢失。请把该列设为“文本”格式后重新填写"),
        )
    if value == int(value):
        return str(int(value))
    return repr(value) if isinstance(value, float) else str(value)


def _moment_text(value: Any) -> str:
    if isinstance(value, datetime):
        return (
            value.date().isoformat() if value.time() == time() else value.isoformat(" ")
        )
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, list | tuple):
        return "、".join(text_of(item) for item in value)
    return text_of(str(value))


def typed(column: Column, value: Any, choices: dict[str, Any] | None = None) -> Any:
    """Return the value of a cell as its column wants it; None for a blank cell.

    ``choices`` is the column's choice table when the caller has it at hand. Raises
    CellProblem with a code and a Chinese message without the column's name.
    """
    text = text_of(value)
    if not text:
        return None
    if len(text) > HUGE_CELL:
        raise CellProblem("too_long", _("内容超过单元格上限，请检查引号是否成对"))
    if column.kind == "choice":
        return _choice(column, text, choices)
    reader = READERS[column.kind]
    return reader(column, value, text)


def _text(column: Column, value: Any, text: str) -> str:
    if len(text) > column.max_length:
        raise CellProblem(
            "too_long",
            _("有 %(length)s 个字，最多 %(limit)s 个字，请缩短")
            % {"length": len(text), "limit": column.max_length},
        )
    return text


def _code(column: Column, value: Any, text: str) -> str:
    if isinstance(value, float | int) and not isinstance(value, bool):
        raise CellProblem(
            "typed_as_number",
            _(
                "存成了数字，开头的 0 或末尾几位可能已丢失。"
                "请把该列设为“文本”格式后重新填写"
            ),
        )
    return _text(column, value, text)


def _decimal(column: Column, value: Any, text: str) -> Decimal:
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) > Decimal(10) ** 15:
        raise CellProblem("not_a_number", _("“%s”不是数字，请只填数字") % text[:20])
    _within(column, number)
    return number


def _int(column: Column, value: Any, text: str) -> int:
    number = _decimal(column, value, text)
    if number != int(number):
        raise CellProblem("not_whole", _("“%s”应为整数") % text[:20])
    if abs(number) > BIG:
        raise CellProblem("out_of_range", _("“%s”超出范围") % text[:20])
    return int(number)


def _date(column: Column, value: Any, text: str) -> str:
    day = _day_of(value, text)
    if day is None or not 1800 <= day.year <= 2200:
        raise CellProblem(
            "not_a_date", _("“%s”不是有效日期，请写成 2025-09-01 的形式") % text[:20]
        )
    _within(column, day)
    return day.isoformat()


def _day_of(value: Any, text: str) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if (
        isinstance(value, float | int)
        and not isinstance(value, bool)
        and value in EXCEL_DAYS
    ):
        return EXCEL_DAY_ZERO + timedelta(days=int(value))
    plain = unicodedata.normalize("NFKC", text)
    found = DAY.match(plain) or COMPACT_DAY.match(plain)
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3] or 1))
    except ValueError:
        return None


def _bool(column: Column, value: Any, text: str) -> bool:
    if text in TICKS:
        return TICKS[text]
    word = normal(text)
    if word in YES or word in NO:
        return word in YES
    raise CellProblem("not_yes_or_no", _("“%s”应填“是”或“否”") % text[:20])


def _within(column: Column, value: Any) -> None:
    if column.minimum is not None and value < column.minimum:
        raise CellProblem(
            "too_small",
            _("%(value)s 小于 %(limit)s") % {"value": value, "limit": column.minimum},
        )
    if column.maximum is not None and value > column.maximum:
        raise CellProblem(
            "too_large",
            _("%(value)s 大于 %(limit)s") % {"value": value, "limit": column.maximum},
        )


def _choice(column: Column, text: str, choices: dict[str, Any] | None) -> Any:
    table = column.choice_table() if choices is None else choices
    try:
        return table[normal(text)]
    except KeyError:
        words = column.choices() if callable(column.choices) else column.choices
        raise CellProblem(
            "unknown_choice",
            _("“%(text)s”不在可选范围内，可填：%(words)s")
            % {"text": text[:30], "words": "、".join(str(w) for w in list(words)[:12])},
        ) from None


READERS: dict[str, Callable[[Column, Any, str], Any]] = {
    "text": _text,
    "code": _code,
    "int": _int,
    "decimal": _decimal,
    "date": _date,
    "bool": _bool,
}
