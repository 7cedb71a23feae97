"""The shipped data files hold together, and the builder makes them again."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from bureau.choices import Area, Priority, ValueKind
from bureau.data import FOLDER, build_regions, rows
from bureau.words import UNITS, value_word


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder as the national package has it, made from the shipped list."""
    kinds: dict[str, list[dict[str, str]]] = {"province": [], "city": [], "area": []}
    levels = {"PROVINCE": "province", "CITY": "city", "COUNTY": "area"}
    for row in rows("regions.csv"):
        if row["level"] in levels and not row["valid_to"]:
            entry = {"code": row["code"], "name": row["name"]}
            kinds[levels[row["level"]]].append(entry)
    kinds["city"].append({"code": "429000", "name": "湖北省-自治区直辖县级行政区划"})
    kinds["area"] += [
        {"code": "130101", "name": "市辖区"},
        {"code": "130171", "name": "石家庄高新技术产业开发区"},
        {"code": "610928", "name": "旬阳县"},
    ]
    for kind, entries in kinds.items():
        text = json.dumps(entries, ensure_ascii=False)
        (tmp_path / f"{kind}.json").write_text(text, encoding="utf-8")
    return tmp_path


def test_the_builder_makes_the_shipped_list(package: Path) -> None:
    assert build_regions.build(package) == rows("regions.csv")


def test_the_builder_writes_beside_itself(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = (FOLDER / "region_changes.csv").read_text("utf-8")
    (tmp_path / "region_changes.csv").write_text(changes, encoding="utf-8")
    monkeypatch.setattr(build_regions, "HERE", tmp_path)
    monkeypatch.setattr("sys.argv", ["build_regions.py", str(package)])

    build_regions.main()

    made = (tmp_path / "regions.csv").read_bytes()
    assert made == (FOLDER / "regions.csv").read_bytes()


def test_a_change_that_does_not_fit_the_list_stops_the_builder() -> None:
    row = build_regions.row("610981", "旬阳市", "COUNTY", "610900")
    change = {
        "kind": "RENAME",
        "old_code": "610928",
        "old_name": "旬阳县",
        "new_code": "610981",
        "new_name": "别的市",
        "changed_on": "2021-02-01",
    }

    with pytest.raises(SystemExit, match="别的市"):
        build_regions.apply_change({"610981": row}, change)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("安康市", "安康"),
        ("内蒙古自治区", "内蒙古"),
        ("恩施土家族苗族自治州", "恩施"),
        ("忠县", "忠县"),
        ("梅里斯达斡尔族区", "梅里斯"),
        ("大兴安岭地区", "大兴安岭"),
    ],
)
def test_short_names_leave_out_the_kind_of_unit(name: str, short: str) -> None:
    assert build_regions.short(name) == short


def test_every_clause_has_words_of_its_own() -> None:
    clauses = rows("clauses.csv")

    assert len({c["clause_id"] for c in clauses}) == 101
    assert len({c["summary_zh"] for c in clauses}) == 101
    for clause in clauses:
        assert clause["area"] in Area.values
        assert clause["priority"] in Priority.values
        assert clause["features_zh"]


def test_every_parameter_is_said_in_chinese() -> None:
    clauses = {c["clause_id"] for c in rows("clauses.csv")}

    for row in rows("parameters.csv"):
        assert row["type"] in ValueKind.values
        assert row["meaning_zh"]
        assert set(filter(None, row["clause"].split(";"))) <= clauses
        is_number = row["type"] == "decimal"
        assert not is_number or row["unit"] in UNITS, row["unit"]
        if row["type"] == "json":
            said = value_word(row["type"], json.loads(row["default"]))
            assert said.isupper() is False


SHARED = Path(FOLDER).parents[2] / "shared" / "domain"


def shared(name: str) -> list[dict[str, Any]]:
    """Return the lines of a reference file, or skip where it is not at hand."""
    path = SHARED / name
    if not path.exists():
        pytest.skip("the reference files are not at hand")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_no_clause_of_the_catalogue_is_missing() -> None:
    wanted = {(c["clause_id"], c["area"], c["priority"]) for c in shared("clauses.csv")}

    held = {(c["clause_id"], c["area"], c["priority"]) for c in rows("clauses.csv")}

    assert held == wanted


def test_no_parameter_of_the_catalogue_is_missing() -> None:
    names = ("key", "default", "type", "unit", "clause", "verified", "valid_from")
    wanted = [[row[n] for n in names] for row in shared("parameters.csv")]

    held = [[row[n] for n in names] for row in rows("parameters.csv")]

    assert [row for row in wanted if row not in held] == []
