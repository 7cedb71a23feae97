"""script/clauses: which clauses have a test."""

import json
from pathlib import Path

import pytest

from script._lib import clauses
from script._lib.say import Stop

LIST = """clause_id,area,priority,key_terms_zh
BN-1,groups,M,集团
BN-2,groups,M,成员校
BN-3,groups,S,交流
BN-4,funding,M,经费
"""
TESTS = """
import pytest
pytestmark = [pytest.mark.clause("BN-2")]
@pytest.mark.clause("BN-1")
def test_one(): ...
@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.clause("BN-1"))])
def test_two(x): ...
"""


@pytest.fixture
def places(tmp_path: Path) -> list[str]:
    """A short clause list and a folder with one test file."""
    (tmp_path / "clauses.csv").write_text(LIST, encoding="utf-8")
    folder = tmp_path / "tests" / "groups"
    folder.mkdir(parents=True)
    (folder / "test_groups.py").write_text(TESTS, encoding="utf-8")
    (folder / "factories.py").write_text('pytest.mark.clause("BN-4")')
    tests = str(tmp_path / "tests")
    return ["--clauses", str(tmp_path / "clauses.csv"), "--tests", tests]


def test_an_area_whose_binding_clauses_all_have_tests_ends_with_0(
    places: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert clauses.main(["groups", *places]) == 0
    said = capsys.readouterr().out
    assert "2 of 3 clauses are shown by a test; 2 of 2 that must be." in said
    assert "集团" in said


def test_a_binding_clause_without_a_test_ends_with_1_and_is_named(
    places: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert clauses.main(places) == 1
    assert "No test yet: BN-4" in capsys.readouterr().out


def test_the_figures_come_as_one_line_of_json(
    places: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert clauses.main(["--json", *places]) == 1
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    figures = json.loads(said)
    assert figures["missing"] == ["BN-4"]
    assert figures["tests"] == {"BN-1": 2, "BN-2": 1, "BN-3": 0, "BN-4": 0}


def test_a_mark_that_names_no_clause_is_an_error(
    places: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "tests" / "test_wrong.py"
    wrong.write_text('@pytest.mark.clause("BN-9")\ndef test_x(): ...\n')
    assert clauses.main(["groups", *places]) == 1
    assert "Marks that name no clause: BN-9" in capsys.readouterr().out


def test_an_unknown_area_is_answered_with_the_areas(places: list[str]) -> None:
    with pytest.raises(Stop) as caught:
        clauses.main(["sports", *places])
    assert caught.value.remedy == "one of: funding, groups"
