"""Lists of teachers as tests of importing write them."""

from typing import Any

from core.imports import run_import
from tests.schools.refusals import settle

HEADS = ("姓名", "学校", "工号", "身份证号", "用工形式", "学科", "出生年份")


def sheet(*rows: tuple[Any, ...], heads: tuple[str, ...] = HEADS) -> bytes:
    """Return a CSV file of rows under heads."""
    lines = [",".join(str(cell) for cell in row) for row in (heads, *rows)]
    return ("\n".join(lines) + "\n").encode()


def take_in(world: Any, *rows: tuple[Any, ...], **more: Any) -> Any:
    """Import rows for the county ``here``."""
    heads = more.pop("heads", HEADS)
    scope = more.pop("scope", world.here.county)
    name = more.pop("name", "教师.csv")
    content = sheet(*rows, heads=heads)
    done = run_import("personnel.teacher", (name, content), scope=scope, **more)
    settle()
    return done


def row(world: Any, name: str = "测试甲", **cells: Any) -> tuple[Any, ...]:
    """Return a row of the school ``here``; cells by the name of their column."""
    given = {
        "school": world.here.school.name,
        "staff_no": "",
        "identity": "",
        "employment": "在编",
        "subject": "数学",
        "birth_year": "",
        **cells,
    }
    return (name, *given.values())


def counts(done: Any) -> tuple[int, int, int, int, int]:
    """Return created, updated, unchanged, rejected, asked."""
    return (done.created, done.updated, done.unchanged, done.rejected, done.asked)


def codes(done: Any) -> list[str]:
    """Return what was wrong, by code."""
    return [each["code"] for each in done.rows]
