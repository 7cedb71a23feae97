"""What the engine needs to know of one collection; the engine itself is in pipeline."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.imports.lane import Rule, is_moment, table_as
from core.personal import identity_like

if TYPE_CHECKING:
    from roster.inbound.delivery import Delivery

REMOVING = "r.status = 'tobedeleted'"
DAY = "(now() AT TIME ZONE 'Asia/Shanghai')::date"
COMMON = (
    Rule(
        "sourcedId",
        "required",
        _("未填来源标识"),
        "r.sourced_id = ''",
        spares_removals=False,
    ),
    Rule(
        "sourcedId",
        "too_long",
        _("来源标识最多 120 个字符"),
        "length(r.sourced_id) > 120",
        spares_removals=False,
    ),
    Rule(
        "sourcedId",
        "bad_text",
        _("来源标识不能含控制字符"),
        "r.sourced_id ~ '[[:cntrl:]]'",
        spares_removals=False,
    ),
    Rule(
        "status",
        "unknown_status",
        _("状态“{value}”无效，应为 active 或 tobedeleted"),
        "r.status NOT IN ('', 'active', 'tobedeleted')",
        spares_removals=False,
    ),
    Rule(
        "status",
        "required",
        _("增量文件须填状态"),
        "%(is_delta)s AND r.status = ''",
        spares_removals=False,
    ),
    Rule(
        "dateLastModified",
        "required",
        _("增量文件须填修改时间"),
        "%(is_delta)s AND r.modified = ''",
        spares_removals=False,
    ),
    Rule(
        "dateLastModified",
        "bad_moment",
        _("修改时间“{value}”无效，应如 2026-09-01T08:00:00Z"),
        f"r.modified <> '' AND NOT ({is_moment('r.modified')})",
        column="modified",
        spares_removals=False,
    ),
    Rule(
        "dateLastModified",
        "stale",
        _("该记录比已收到的旧，未作变更"),
        "r.is_stale",
        level="note",
        spares_removals=False,
    ),
    Rule(
        "sourcedId",
        "linked",
        _("本系统已有该记录，已登记对应关系，内容以本系统为准"),
        "r.linked_id IS NOT NULL",
        level="note",
    ),
    Rule(
        "sourcedId",
        "unknown_removed",
        _("没有这条记录，无需移除"),
        f"{REMOVING} AND r.target_id IS NULL",
        level="note",
        spares_removals=False,
    ),
)
PERSONAL = _("不能用身份证号作编号，该值未保存；请改用工号、学籍管理编号等其他编号")


def no_identity_number(field: str, column: str, only: str = "TRUE") -> Rule:
    """Return the rule that no identity number comes as a number of another kind."""
    return Rule(
        field,
        "identity_number",
        PERSONAL,
        f"{only} AND {identity_like(f'r.{column}')}",
        spares_removals=False,
    )


TWICE = Rule(
    "sourcedId",
    "duplicate_row",
    _("同一文件中来源标识“{value}”重复，只采用第一条"),
    "FALSE",
    column="sourced_id",
    spares_removals=False,
)


@dataclass(frozen=True)
class Clash:
    """Rows of one delivery that cannot stand together: the first stays.

    ``keys`` are columns of the judged rows; ``rule`` says why the others go back.
    """

    keys: tuple[str, ...]
    rule: Rule
    where: str = "result IN ('created', 'updated')"


@dataclass(frozen=True)
class Step:
    """One collection: how rows are found, resolved, ruled and written.

    ``stored`` selects the source's own rows (id, sourced_id, source_hash, removed_at
    and ``keeps``); ``resolved`` selects from ``fresh r`` what a row refers to, always
    with ``linked_id``. ``write`` puts the judged rows into the register; what there is
    to write is told by result and ``sorts``, expressions of the judged rows.
    """

    collection: str
    stored: str
    resolved: str
    rules: tuple[Rule, ...]
    write: Callable[["Delivery"], None]
    clashes: tuple[Clash, ...] = ()
    prepare: Callable[["Delivery"], None] | None = None
    prepare_fresh: Callable[["Delivery"], None] | None = None
    keeps: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ()
    order: str = ""
    others: str = ""
    all_rules: tuple[Rule, ...] = field(init=False)

    def __post_init__(self) -> None:
        rules = (*COMMON, *self.rules, TWICE, *(c.rule for c in self.clashes))
        object.__setattr__(self, "all_rules", rules)

    @property
    def all_clashes(self) -> tuple[Clash, ...]:
        """Return the clashes, the same identifier twice first."""
        return (Clash(("sourced_id",), TWICE, "result <> 'rejected'"), *self.clashes)


def unknown(field: str, what: object, when: str, column: str = "") -> Rule:
    """Return the rule that a reference must lead to something in the source's reach."""
    said = _("找不到%(what)s“{value}”，请先发送，或核对是否属于本地区") % {"what": what}
    return Rule(field, f"unknown_{column or field}", said, when, column=column)


GRADES = """
SELECT x.grades, CASE x.first WHEN 'IT' THEN 0 WHEN 'PR' THEN 1 WHEN 'PK' THEN 2
    WHEN 'TK' THEN 2 WHEN 'KG' THEN 3 ELSE
    CASE WHEN x.first ~ '^0?[1-9]$|^1[0-3]$' THEN x.first::int END END AS grade,
    x.first IN ('IT', 'PR', 'PK', 'TK', 'KG') AS is_kindergarten
FROM (SELECT DISTINCT grades, upper(trim(split_part(grades, ',', 1))) AS first
    FROM fresh) x
"""
"""The few lists of grades of a delivery: each is read once, and not row by row."""


def know_grades(delivery: "Delivery") -> None:
    """Make ``known_grade(grades, grade, is_kindergarten)`` of the rows to be judged.

    ``grade`` is the first of a list as a number, null when it is none.
    """
    table_as("known_grade", GRADES)


def stage_of(grade: str, is_kindergarten: str, taught: str) -> str:
    """Return SQL for the stage of a grade: one that the school teaches, if any does.

    ``taught`` is the stage found in the table of that name.
    """
    return (
        f"CASE WHEN {is_kindergarten} THEN 'KINDERGARTEN'"
        f" WHEN {grade} IS NULL THEN '' WHEN {taught} IS NOT NULL THEN {taught}"
        f" WHEN {grade} <= 6 THEN 'PRIMARY' WHEN {grade} <= 9 THEN 'JUNIOR'"
        f" ELSE 'SENIOR' END"
    )


def values_list(column: str) -> str:
    """Return SQL that turns a comma list into an array."""
    return (
        f"CASE WHEN {column} = '' THEN '{{}}'::varchar[]"
        f" ELSE regexp_split_to_array({column}, '\\s*,\\s*')::varchar[] END"
    )


def kept(name: str, value: str) -> str:
    """Return SQL that sets a column unless it is pinned."""
    return (
        f"{name} = CASE WHEN '{name}' = ANY (m.pinned) THEN m.{name} ELSE {value} END"
    )


STAMP = (
    "source = %(source)s, sourced_id = j.sourced_id, source_hash = j.mark,"
    " removed_at = NULL"
)
