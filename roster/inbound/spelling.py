"""Pinyin of many names at once: each name and each character spelled one time."""

from core.copying import copy_cells
from core.imports.lane import fresh_table, rows_of, run
from schools.names import spell_quickly


def spell_names(select: str) -> None:
    """Make ``spelled(name, pinyin, initials)`` for the names a SELECT gives."""
    kind = "varchar NOT NULL"
    fresh_table("spelled", {"name": "text", "pinyin": kind, "initials": kind})
    names = (name for (name,) in rows_of(select))
    cells = ([name, *spell_quickly(name)] for name in names)
    copy_cells("spelled", ("name", "pinyin", "initials"), cells)
    run("ANALYZE spelled")
