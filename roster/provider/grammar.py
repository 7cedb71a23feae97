"""The filter of the standard: ``field='value' AND other>='value'``.

Up to 20 clauses are joined by AND and OR; AND binds first, and there are no brackets.
A quote inside a value is written twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from roster.provider.problems import Problem
from roster.provider.shapes import Leaf

CLAUSE = re.compile(
    r"\s*(?P<path>[A-Za-z][A-Za-z0-9_.]*)\s*(?P<op>!=|>=|<=|=|>|<|~)"
    r"\s*'(?P<value>(?:[^']|'')*)'"
)
JOIN = re.compile(r"\s+(?P<word>and|or)\s+(?=\S)", re.IGNORECASE)
MOST = 20
LONGEST = 4000
LAST_YEAR = 9999
MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Clause:
    """One comparison; ``value`` is of the kind of its leaf."""

    path: str
    op: str
    value: Any
    leaf: Leaf


Filter = list[list[Clause]]
"""Alternatives of clauses that must all hold."""


def refused(reason: str) -> Problem:
    """Return the refusal of a filter."""
    return Problem(400, reason, "invalid_filter_field")


def parse_filter(text: str, leaves: dict[str, Leaf]) -> Filter:
    """Read a filter over the given paths; Problem says what is wrong with it."""
    if len(text) > LONGEST:
        raise refused(_("filter 过长，最多 %(most)s 个字符") % {"most": LONGEST})
    alternatives: Filter = [[]]
    at, count = 0, 0
    while True:
        found = CLAUSE.match(text, at)
        if found is None:
            raise refused(
                _("filter 在第 %(at)s 个字符处有误，应写作：字段='值'") % {"at": at + 1}
            )
        alternatives[-1].append(_clause(found, leaves))
        at, count = found.end(), count + 1
        if not text[at:].strip():
            return alternatives
        joined = JOIN.match(text, at)
        if joined is None or count == MOST:
            raise refused(
                _("filter 在第 %(at)s 个字符处有误，条件之间用 AND 或 OR，最多 20 个")
                % {"at": at + 1}
            )
        if joined["word"].lower() == "or":
            alternatives.append([])
        at = joined.end()


def _clause(found: re.Match[str], leaves: dict[str, Leaf]) -> Clause:
    path, op = found["path"], found["op"]
    leaf = leaves.get(path)
    if leaf is None:
        known = "、".join(sorted(leaves))
        raise refused(
            _("没有可筛选的字段“%(path)s”，可用的有：%(known)s")
            % {"path": path, "known": known}
        )
    text = found["value"].replace("''", "'")
    return Clause(path, op, text if op == "~" else _typed(text, leaf, path), leaf)


def _typed(text: str, leaf: Leaf, path: str) -> Any:
    value: Any = text
    try:
        if leaf.kind == "number":
            value = int(text) if re.fullmatch(r"-?\d{1,9}", text) else None
        elif leaf.kind == "day":
            value = _day(text)
        elif leaf.kind == "moment":
            value = _moment(text)
    except (ValueError, OverflowError):
        value = None
    if value is None:
        raise refused(
            _("字段“%(path)s”不能与“%(text)s”比较") % {"path": path, "text": text[:60]}
        )
    return value


def _day(text: str) -> date | None:
    return parse_date(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.A) else None


def _moment(text: str) -> datetime | None:
    day = _day(text)
    if day:
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    found = parse_datetime(text)
    if found is None:
        return None
    found = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    return found if found.year < LAST_YEAR else None
