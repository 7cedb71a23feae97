"""What rows are read from: the bytes of a file, or records handed over in code."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from core.imports.errors import ImportRefused

MEGABYTE = 1024 * 1024
DEFAULT_MAX_MB = 60
NAME_LENGTH = 200


@dataclass(frozen=True)
class Source:
    """A named file in memory, or a list of records."""

    name: str
    content: bytes = b""
    records: tuple[Mapping[str, Any], ...] | None = None

    @cached_property
    def sha256(self) -> str:
        """Return the digest of the content; empty for records."""
        return hashlib.sha256(self.content).hexdigest() if self.content else ""


def max_bytes() -> int:
    """Return the size above which a file is not read."""
    return int(getattr(settings, "IMPORT_MAX_MB", DEFAULT_MAX_MB)) * MEGABYTE


def source_of(given: Any) -> Source:
    """Return a source from a path, a ``(name, bytes)`` pair or an iterable of dicts.

    Raises ImportRefused when the file cannot be read, is empty or too large.
    """
    if isinstance(given, Source):
        return given
    if isinstance(given, str | Path):
        return _from_path(Path(given))
    if isinstance(given, tuple) and len(given) == 2 and isinstance(given[1], bytes):
        return _checked(Source(str(given[0])[-NAME_LENGTH:], given[1]))
    return _from_records(given)


def _from_path(path: Path) -> Source:
    try:
        if path.stat().st_size > max_bytes():
            raise too_large(path.name)
        return _checked(Source(path.name[-NAME_LENGTH:], path.read_bytes()))
    except OSError as error:
        reason = error.strerror or str(error)
        raise ImportRefused(
            _("无法打开文件“%(name)s”：%(reason)s。请检查路径和权限")
            % {"name": path, "reason": reason},
            "cannot_open",
        ) from error


def _from_records(given: Iterable[Any]) -> Source:
    records = tuple(given)
    if not all(isinstance(record, Mapping) for record in records):
        raise ImportRefused(_("每条记录都应是“列名: 值”的形式"), "not_records")
    return Source(_("接口数据"), records=records)


def too_large(name: str) -> ImportRefused:
    """Return the refusal of a file above the limit."""
    return ImportRefused(
        _("“%(name)s”超过 %(limit)s MB，请分成几个文件导入")
        % {"name": name, "limit": max_bytes() // MEGABYTE},
        "too_large",
    )


def _checked(source: Source) -> Source:
    if not source.content:
        raise ImportRefused(_("“%s”是空文件，请重新选择") % source.name, "empty")
    if len(source.content) > max_bytes():
        raise too_large(source.name)
    return source
