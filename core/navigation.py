"""The left navigation: entries that each room registers, shown by permission."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from core.access import holds

SECTIONS: dict[str, Any] = {
    "today": _("今日工作"),
    "groups": _("集团与学校"),
    "people": _("教师与交流"),
    "evaluation": _("考核评价"),
    "funding": _("经费奖补"),
    "data": _("数据与报告"),
    "public": _("政策与公开"),
    "system": _("系统管理"),
}


@dataclass(frozen=True)
class NavItem:
    """One entry: shown when the user holds ``permission`` (empty: to every user)."""

    section: str
    label: Any
    icon: str
    url_name: str
    permission: str = ""
    order: int = 50
    counts_inbox: bool = False


@dataclass(frozen=True)
class NavLink:
    """An entry as one page draws it."""

    label: Any
    icon: str
    url: str
    is_current: bool
    counts_inbox: bool


@dataclass(frozen=True)
class NavSection:
    """A titled block of entries."""

    title: Any
    links: list[NavLink] = field(default_factory=list)


_items: dict[str, NavItem] = {}


def register(*items: NavItem) -> None:
    """Enter items; an unknown section or a URL name entered twice is an error."""
    for item in items:
        if item.section not in SECTIONS:
            raise ValueError(f"{item.section!r} is no section: {', '.join(SECTIONS)}")
        if item.url_name in _items:
            raise ValueError(f"{item.url_name!r} is in the navigation twice")
        _items[item.url_name] = item


def items() -> list[NavItem]:
    """Return all entries in the order of the sections."""
    keys = list(SECTIONS)
    return sorted(_items.values(), key=lambda i: (keys.index(i.section), i.order))


def sections_for(user: Any, path: str) -> list[NavSection]:
    """Return the user's sections; the entry nearest to ``path`` is current."""
    shown = [(item, _url(item)) for item in items() if _may_see(user, item)]
    current = _current(path, [url for _item, url in shown])
    sections = {key: NavSection(title) for key, title in SECTIONS.items()}
    for item, url in shown:
        if url:
            sections[item.section].links.append(
                NavLink(item.label, item.icon, url, url == current, item.counts_inbox)
            )
    return [section for section in sections.values() if section.links]


def _may_see(user: Any, item: NavItem) -> bool:
    return not item.permission or holds(user, item.permission)


def _url(item: NavItem) -> str:
    try:
        return reverse(item.url_name)
    except NoReverseMatch:
        return ""


def _current(path: str, urls: Iterable[str]) -> str:
    fitting = [
        u for u in urls if u and (path == u or (u != "/" and path.startswith(u)))
    ]
    return max(fitting, key=len, default="")
