"""How values read in an official document. Documents are Chinese in every locale."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from .blocks import DATE, MONEY, PERCENT, TEXT, Value

MISSING = "未填"
NUMERALS = "〇一二三四五六七八九"


def format_value(value: Value, kind: str = TEXT, decimals: int | None = None) -> str:
    """Return a value as it is printed; missing is “未填”, words stay words."""
    if value is None or value == "":
        return MISSING if value is None else ""
    if isinstance(value, date):
        return chinese_date(value)
    if isinstance(value, str) or kind in (TEXT, DATE):
        return str(value)
    return _format_number(value, kind, decimals)


def _format_number(value: int | Decimal, kind: str, decimals: int | None) -> str:
    if kind == MONEY:
        return rounded(in_yuan(value), 2)
    if kind == PERCENT:
        return f"{rounded(Decimal(value) * 100, 1 if decimals is None else decimals)} %"
    if decimals is None:
        return f"{value:,}" if isinstance(value, int) else f"{value:,f}"
    return rounded(Decimal(value), decimals)


def in_yuan(value: int | Decimal) -> Decimal:
    """Return an amount in yuan; a whole number is in fen."""
    return Decimal(value) / 100 if isinstance(value, int) else value


def rounded(value: Decimal, decimals: int) -> str:
    """Round half up, as people do, with thousands separators and no minus zero."""
    result = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{abs(result) if result == 0 else result:,f}"


def chinese_date(day: date) -> str:
    """Return 2026年11月22日."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_number(number: int) -> str:
    """Return 1–99 in Chinese numerals, as headings count: 一, 十, 二十三."""
    if not 1 <= number <= 99:
        return str(number)
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else f"{NUMERALS[tens]}十")
    return head + (NUMERALS[ones] if ones else "")


def text_width(text: str) -> float:
    """Return the width of a line of text in Chinese characters."""
    wide = sum(unicodedata.east_asian_width(char) in "WFA" for char in text)
    return wide + (len(text) - wide) * 0.55


TITLE_CHARS = 19.0
LINE_ENDS = "的和与及关于集团学校区县市局年度、》）：—"


def title_lines(title: str) -> list[str]:
    """Break a long title into lines of about equal length, between words if it can.

    A line break in the title itself wins.
    """
    lines: list[str] = []
    for part in filter(None, (part.strip() for part in title.split("\n"))):
        lines += _balanced(part)
    return lines


def _balanced(text: str) -> list[str]:
    count = -int(-text_width(text) // TITLE_CHARS)
    if count <= 1:
        return [text]
    goal = text_width(text) / count
    breaks = [at for at in range(2, len(text) - 1) if _may_break(text, at)]
    fitting = [at for at in breaks if text_width(text[:at]) <= TITLE_CHARS]
    if not fitting:
        return [text]
    best = min(fitting, key=lambda at: _badness(text, at, goal))
    return [text[:best].rstrip(), *_balanced(text[best:].lstrip())]


def _may_break(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    inside_word = before.isascii() and after.isascii() and before != " "
    return not (inside_word or after in "，。、；：”’》）〕—" or before in "“‘《（〔—")


def _badness(text: str, at: int, goal: float) -> float:
    distance = abs(text_width(text[:at]) - goal)
    starts_number = text[at].isdigit() and not text[at - 1].isdigit()
    good = text[at - 1] in LINE_ENDS or starts_number or text[at] in "关《（"
    return distance + (0 if good else 4) - (2 if starts_number else 0)
