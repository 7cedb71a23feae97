"""Random tables and random bytes: refused in Chinese or imported whole, never half."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bureau.models import Department
from core.imports import ImportRefused, run_import, undo_import
from core.models import ImportEffect, ImportRun, StagingRow
from tests.bureau.factories import CountyFactory
from tests.core.import_kinds import KEY
from tests.core.workbooks import HEADS

pytestmark = pytest.mark.django_db

SMALL = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
words = st.sampled_from(
    [
        "教育局",
        "财政局",
        " 教育局　",
        "",
        "教育行政部门",
        "财政部门",
        "外地",
        "待查",
        "合计",
        "注：说明",
    ]
)
cells = st.one_of(
    words,
    st.text(max_size=20),
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.lists(st.integers(), max_size=2),
)
heads = st.lists(
    st.one_of(st.sampled_from(HEADS), st.text(max_size=6)), min_size=1, max_size=6
)


@pytest.fixture
def county() -> Any:
    return CountyFactory()


def imported_or_refused(source: Any, county: Any) -> None:
    """Whatever comes in: exact books, or a refusal that leaves nothing behind."""
    before = Department.objects.count()
    runs = ImportRun.objects.count()
    try:
        summary = run_import(KEY, source, scope=county)
    except ImportRefused as refusal:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in refusal.message)
        assert Department.objects.count() == before
        assert ImportRun.objects.count() == runs
        return
    assert Department.objects.count() == before + summary.created
    assert not StagingRow.objects.exists()
    for row in summary.rows:
        assert row["row"] > 0
        assert row["code"]
        assert row["message"]
    again = run_import(KEY, source, scope=county)
    assert (again.created, again.updated) == (0, 0)
    assert not ImportEffect.objects.filter(run_id=again.run_id).exists()
    undo_import(summary.run_id)
    assert Department.objects.count() == before


@SMALL
@given(rows=st.lists(st.fixed_dictionaries(dict.fromkeys(HEADS, cells)), max_size=8))
def test_random_records_are_imported_exactly_and_taken_back_exactly(
    county: Any, rows: list[dict[str, Any]]
) -> None:
    imported_or_refused(rows, county)


@SMALL
@given(top=heads, rows=st.lists(st.lists(st.text(max_size=8), max_size=6), max_size=8))
def test_random_csv_is_imported_or_refused_whole(
    county: Any, top: list[str], rows: list[list[str]]
) -> None:
    lines = [",".join(row) for row in [top, *rows]]
    content = "\n".join(lines).encode("utf-8", "replace")

    if content:
        imported_or_refused(("a.csv", content), county)


@SMALL
@given(
    content=st.binary(min_size=1, max_size=300),
    start=st.sampled_from([b"", b"PK\x03\x04", b"{"]),
)
def test_random_bytes_never_break_the_engine(
    county: Any, content: bytes, start: bytes
) -> None:
    imported_or_refused(("a.xlsx", start + content), county)
