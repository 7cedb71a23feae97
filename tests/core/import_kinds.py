"""A small kind of import for the tests: departments of a region."""

from collections.abc import Iterator
from typing import Any

from bureau.choices import DepartmentKind
from core.imports import Check, Column, ImportKind, Preset, Question, Row
from core.models import ImportRun
from core.registries import import_kinds

KEY = "tests.department"


class DepartmentImport(ImportKind):
    """Departments by region and name."""

    key = KEY
    title = "部门名录"
    permission = "bureau.view_department"
    scope = "bureau.region"
    model = "bureau.Department"
    columns = (
        Column(
            "name", "部门名称", aliases=("名称", "单位"), required=True, max_length=80
        ),
        Column(
            "kind",
            "部门类别",
            aliases=("类别",),
            kind="choice",
            required=True,
            choices={str(label): value for value, label in DepartmentKind.choices},
        ),
        Column("source", "来源"),
        Column("noted_on", "登记日期", kind="date"),
    )
    presets = (Preset("机构编制表", {"name": "机构全称", "kind": "机构性质"}),)
    natural_keys = (("region_id", "name"),)
    duplicates = "ask"

    def context(self, run: ImportRun) -> Any:
        """Keep the region."""
        return run.scope_id

    def prepare(self, row: Row, context: Any) -> None:
        """Place the department in the region of the run."""
        row.values["region_id"] = context
        if row.get("source") == "外地":
            row.reject("source", "out_of_scope", "外地单位不登记")
        if row.get("source") == "待查":
            row.note("source", "to_confirm", "来源待确认")

    def checks(self, run: ImportRun) -> Iterator[Check]:
        """Refuse a name that ends with a digit, set-based."""
        yield Check(
            "name",
            "ends_with_digit",
            "“{detail}”不是单位全称，请写全称",
            r"SELECT t.row_number, t.name FROM typed t WHERE t.name ~ '\d$'",
        )

    def questions(self, run: ImportRun) -> Iterator[Question]:
        """Ask about a department of the same name in another region."""
        yield Question(
            "homonym",
            "name",
            "别处有同名单位，是同一个吗？",
            "SELECT t.row_number, d.id, d.name FROM typed t JOIN bureau_department d"
            " ON d.name = t.name AND d.region_id <> %(scope)s"
            " WHERE t.row_target IS NULL",
        )


if KEY not in import_kinds:
    import_kinds.register(KEY, DepartmentImport())
