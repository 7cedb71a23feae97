"""What a request asks of a list: which rows, in which order, what of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from roster.provider.declaring import Version
from roster.provider.endpoints import Listing
from roster.provider.grammar import Clause, Filter, parse_filter
from roster.provider.problems import Problem

USUAL, MOST = 100, 10_000
FURTHEST = 10**15
ONCE = ("limit", "offset", "sort", "orderBy", "filter")
NUMBER = re.compile(r"\d{1,18}", re.ASCII)


@dataclass(frozen=True)
class Asked:
    """The parameters of a list, checked."""

    limit: int = USUAL
    offset: int = 0
    sort: str = ""
    descending: bool = False
    filter: Filter | None = None
    fields: tuple[str, ...] = ()

    @property
    def clauses(self) -> list[Clause]:
        """Return every comparison of the filter."""
        return [clause for clauses in self.filter or [] for clause in clauses]

    @property
    def follows_changes(self) -> bool:
        """Tell whether the caller reads what changed after some moment."""
        return any(
            c.path == "dateLastModified" and c.op in {">", ">="} for c in self.clauses
        )


def read_list(query: QueryDict, listing: Listing, version: Version) -> Asked:
    """Read the parameters of a list; Problem says what is wrong with one."""
    _no_nul(query)
    for name in ONCE:
        if len(query.getlist(name)) > 1:
            raise Problem(400, _("参数 %(name)s 只能出现一次") % {"name": name})
    sort = _sort(query, listing, version)
    order = query.get("orderBy", "asc")
    if order not in {"asc", "desc"}:
        raise Problem(400, _("orderBy 只能是 asc 或 desc"))
    text = query.get("filter")
    return Asked(
        limit=min(_number(query, "limit", USUAL, 1), MOST),
        offset=min(_number(query, "offset", 0, 0), FURTHEST),
        sort=sort,
        descending=bool(sort) and order == "desc",
        filter=_filter(text, listing, version),
        fields=read_fields(query, listing, version),
    )


def read_fields(
    query: QueryDict, listing: Listing, version: Version
) -> tuple[str, ...]:
    """Read the wanted properties; none named is all of them."""
    given = query.getlist("fields")
    if not given:
        return ()
    _no_nul(query)
    names = [name.strip() for text in given for name in text.split(",")]
    known = listing.collection.shape(version)
    for name in names:
        if name not in known:
            raise Problem(
                400,
                _("没有字段“%(name)s”，可选的有：%(known)s")
                % {"name": name[:60], "known": "、".join(known)},
                "invalid_selection_field",
            )
    return tuple(name for name in known if name in names)


def _filter(text: str | None, listing: Listing, version: Version) -> Filter | None:
    if text is None:
        return None
    return parse_filter(text, listing.collection.leaves(version))


def _sort(query: QueryDict, listing: Listing, version: Version) -> str:
    name = query.get("sort", "")
    if "sort" not in query:
        return ""
    leaf = listing.collection.leaves(version).get(name)
    if leaf is None or leaf.many:
        raise Problem(
            400,
            _("不能按“%(name)s”排序") % {"name": name[:60]},
            "invalid_sort_field",
        )
    return name


def _number(query: QueryDict, name: str, usual: int, least: int) -> int:
    text = query.get(name)
    if text is None:
        return usual
    if not NUMBER.fullmatch(text) or int(text) < least:
        raise Problem(
            400,
            _("%(name)s 应为不小于 %(least)s 的整数") % {"name": name, "least": least},
        )
    return int(text)


def _no_nul(query: QueryDict) -> None:
    if any("\0" in value for _name, values in query.lists() for value in values):
        raise Problem(400, _("参数中有不能使用的字符"))
