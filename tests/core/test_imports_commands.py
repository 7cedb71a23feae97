"""Import and undo from the command line: one JSON line, exit codes, plain words."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from bureau.models import Department
from core.imports import ImportCommand
from core.models import ImportRun
from tests.bureau.factories import CountyFactory
from tests.core.import_kinds import KEY
from tests.core.workbooks import HEADS, xlsx

pytestmark = pytest.mark.django_db


class ImportDepartments(ImportCommand):
    """The command an app would declare."""

    kind = KEY


@pytest.fixture
def county() -> Any:
    return CountyFactory()


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "名录.xlsx"
    path.write_bytes(xlsx(HEADS, ("教育局", "教育行政部门"), ("财政局", None)))
    return str(path)


def run(command: Any, *args: str) -> str:
    stream = io.StringIO()
    call_command(command, *args, stdout=stream)
    return stream.getvalue()


def failing(command: Any, *args: str) -> dict[str, Any]:
    stream = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(command, *args, stdout=stream)
    assert ended.value.code == 1
    assert stream.getvalue().count("\n") == 1
    return json.loads(stream.getvalue())


def test_json_is_one_line_with_counts_and_rows(county: Any, file: str) -> None:
    text = run(ImportDepartments(), file, "--region", county.code, "--json")

    told = json.loads(text)
    assert text.count("\n") == 1
    numbers = [
        told[k] for k in ("created", "updated", "unchanged", "rejected", "asked")
    ]
    assert numbers == [1, 0, 0, 1, 0]
    assert told["rows"] == [
        {
            "row": 3,
            "column": "类别",
            "code": "required",
            "message": "未填“部门类别”，请补填后重新导入",
        }
    ]
    assert told["run"] == ImportRun.objects.get().pk
    assert told["dry_run"] is False


def test_a_dry_run_keeps_nothing(county: Any, file: str) -> None:
    told = json.loads(
        run(ImportDepartments(), file, "--region", county.code, "--dry-run", "--json")
    )

    assert (told["created"], told["run"], told["dry_run"]) == (1, None, True)
    assert not ImportRun.objects.exists()


def test_people_read_sentences(county: Any, file: str) -> None:
    text = run(ImportDepartments(), file, "--region", county.code)

    assert "新增 1，变更 0，未变 0，退回 1" in text
    assert "第 3 行 类别：未填“部门类别”" in text


def test_an_unknown_region_and_an_unreadable_file_fail(
    county: Any, file: str, tmp_path: Path
) -> None:
    other = tmp_path / "a.pdf"
    other.write_bytes(b"%PDF-1.4 \x00")

    region = failing(ImportDepartments(), file, "--region", "000000", "--json")
    missing = failing(
        ImportDepartments(), "nowhere.xlsx", "--region", county.code, "--json"
    )
    unreadable = failing(
        ImportDepartments(), str(other), "--region", county.code, "--json"
    )

    assert region["code"] == "unknown_region"
    assert missing["code"] == "cannot_open"
    assert unreadable["code"] == "not_a_table"
    with pytest.raises(CommandError, match="没有代码为“000000”的行政区"):
        run(ImportDepartments(), file, "--region", "000000")
    assert not Department.objects.exists()


def test_questions_can_be_answered_on_the_line(
    county: Any, file: str, tmp_path: Path
) -> None:
    twins = tmp_path / "b.xlsx"
    rows = (HEADS, ("教育局", "教育行政部门"), ("教育局", "财政部门"))
    twins.write_bytes(xlsx(*rows))
    args = (str(twins), "--region", county.code, "--json")

    asked = json.loads(run(ImportDepartments(), *args, "--dry-run"))
    answered = json.loads(run(ImportDepartments(), *args, "--answer", "3=skip"))

    assert asked["questions"][0]["row"] == 3
    assert (answered["created"], answered["asked"], answered["skipped"]) == (1, 0, 1)


def test_undo_prints_one_line_and_fails_when_blocked(county: Any, file: str) -> None:
    first = json.loads(
        run(ImportDepartments(), file, "--region", county.code, "--json")
    )
    Department.objects.update(source="人工")

    blocked = failing("undo_import", str(first["run"]), "--json")
    assert blocked["code"] == "blocked"
    assert blocked["blocks"] == ["第 2 行：部门“教育局”导入后又有改动"]
    with pytest.raises(CommandError, match="不能撤销"):
        run("undo_import", str(first["run"]))

    Department.objects.update(source="")
    undone = json.loads(run("undo_import", str(first["run"]), "--json"))
    assert (undone["run"], undone["removed"], undone["restored"]) == (
        first["run"],
        1,
        0,
    )
    assert failing("undo_import", str(first["run"]), "--json")["code"] == "not_applied"
    assert failing("undo_import", "999999", "--json")["code"] == "unknown_run"


def test_undo_tells_people_what_it_did(county: Any, file: str) -> None:
    first = json.loads(
        run(ImportDepartments(), file, "--region", county.code, "--json")
    )

    assert "移除 1，恢复 0" in run("undo_import", str(first["run"]))
