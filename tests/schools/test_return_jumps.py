"""Figures that jump against last year's: flagged, explained, refused unexplained."""

import io
from typing import Any

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from bureau.models.region import BEGINNING
from bureau.services import set_parameter
from core.imports import run_import
from core.transitions import MoveRefused
from schools.jumps import as_lines, from_lines, jumps_of, limits_of
from schools.models import SchoolReturn
from schools.models.returns import LABELS
from schools.services import save_figures, submit_return
from tests.bureau.factories import PolicyParameterFactory
from tests.schools.factories import (
    FullReturnFactory,
    SchoolReturnFactory,
    complete_figures,
)

pytestmark = pytest.mark.django_db
WHY = "学校合并了一个教学点"


@pytest.fixture
def limits(db: None) -> None:
    """The shipped limits: a fifth and ten."""
    for key, value in (("return.jump_ratio", "0.20"), ("return.jump_floor", "10")):
        PolicyParameterFactory(key=key, value=value, unit="figure")


@pytest.fixture
def draft(world: Any, limits: None) -> SchoolReturn:
    """A complete draft with a third more pupils than last year."""
    FullReturnFactory(school=world.here.school, year=world.last_year, students=300)
    return SchoolReturnFactory(
        school=world.here.school, year=world.year, **complete_figures()
    )


def test_a_figure_beyond_share_and_floor_is_a_jump(draft: SchoolReturn) -> None:
    jumps = jumps_of(draft)

    assert list(jumps) == ["students"]
    assert (jumps["students"].now, jumps["students"].before) == (450, 300)
    assert jumps["students"].share == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("before", "now", "is_jump"),
    [
        (10, 20, False),
        (10, 21, True),
        (100, 120, False),
        (100, 79, True),
        (0, 11, True),
    ],
)
def test_both_share_and_floor_must_be_exceeded(
    world: Any, limits: None, before: int, now: int, is_jump: bool
) -> None:
    found = limits_of(world.here.county)

    assert found is not None
    assert found.exceeded(now, before) is is_jump


@pytest.mark.clause("AK-1.2.1")
def test_an_unexplained_jump_is_not_submitted(world: Any, draft: SchoolReturn) -> None:
    with pytest.raises(MoveRefused, match="变动较大") as refused:
        submit_return(draft, by=world.here.clerk)

    assert "在校生数" in refused.value.verdict.reason
    assert refused.value.verdict.clause == "AK-1.2.1"
    assert "变动原因" in refused.value.verdict.remedy


def test_an_explained_jump_is_submitted(world: Any, draft: SchoolReturn) -> None:
    save_figures(draft, by=world.here.clerk, explanations={"students": WHY})

    submitted = submit_return(draft, by=world.here.clerk)

    assert submitted.state == "SUBMITTED"
    assert submitted.explanations == {"students": WHY}


def test_the_database_refuses_an_unexplained_jump(draft: SchoolReturn) -> None:
    rows = SchoolReturn.objects.filter(pk=draft.pk)

    for state in ("SUBMITTED", "CONFIRMED", "ACCEPTED"):
        with (
            pytest.raises(IntegrityError, match="jumps against last year"),
            transaction.atomic(),
        ):
            rows.update(state=state)
    rows.update(explanations={"students": " "})
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(state="SUBMITTED")
    rows.update(explanations={"students": WHY})
    assert rows.update(state="SUBMITTED") == 1


def test_an_explanation_is_not_taken_away_after_submission(draft: SchoolReturn) -> None:
    rows = SchoolReturn.objects.filter(pk=draft.pk)
    rows.update(explanations={"students": WHY})
    rows.update(state="SUBMITTED")

    with (
        pytest.raises(IntegrityError, match="jumps against last year"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE schools_schoolreturn SET explanations = '{}' WHERE id = %s",
            [draft.pk],
        )


def test_the_county_sets_how_much_is_a_jump(world: Any, draft: SchoolReturn) -> None:
    set_parameter(
        "return.jump_ratio",
        world.here.county,
        "0.60",
        by=None,
        reason="新区学校增长快",
        valid_from=BEGINNING,
    )

    assert submit_return(draft, by=world.here.clerk).state == "SUBMITTED"


def test_an_explanation_of_what_does_not_jump_is_not_kept(
    world: Any, draft: SchoolReturn
) -> None:
    save_figures(
        draft,
        by=world.here.clerk,
        students=310,
        explanations={"students": WHY, "staff": WHY},
    )

    draft.refresh_from_db()
    assert draft.explanations == {}


def test_the_first_return_has_nothing_to_jump_against(world: Any, limits: None) -> None:
    first = SchoolReturnFactory(
        school=world.here.school, year=world.year, **complete_figures()
    )

    assert jumps_of(first) == {}
    assert submit_return(first, by=world.here.clerk).state == "SUBMITTED"


def test_the_form_asks_beside_the_figure_and_keeps_the_answer(
    world: Any, draft: SchoolReturn, signed_in: Any
) -> None:
    client = signed_in(world.here.clerk)
    url = reverse("schools:return-update", args=[draft.pk])

    page = client.get(url).content.decode()

    assert 'data-before="300"' in page
    assert "较上年增加 150（50.0 %）" in page
    assert "未核实" in page
    given = {**complete_figures(), "why_students": WHY}
    answer = client.post(url, given)
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert draft.explanations == {"students": WHY}


def test_the_bureau_reads_the_explanation_on_the_return(
    world: Any, draft: SchoolReturn, signed_in: Any
) -> None:
    url = reverse("schools:return-detail", args=[draft.pk])
    before = signed_in(world.here.bureau).get(url).content.decode()
    SchoolReturn.objects.filter(pk=draft.pk).update(explanations={"students": WHY})

    after = signed_in(world.here.bureau).get(url).content.decode()

    assert "还没有说明" in before
    assert f"说明：{WHY}" in after
    assert "均已说明" in after


def test_lines_of_a_cell_name_their_figures() -> None:
    text = as_lines({"students": WHY, "classes": "扩班: 两个"})

    assert text == f"在校生数：{WHY}\n班级数：扩班: 两个"
    assert from_lines(text) == ({"students": WHY, "classes": "扩班: 两个"}, [])
    assert from_lines("没有项目\n人数：多了")[1] == ["没有项目", "人数：多了"]


def _workbook(client: Any, year: Any, told: str) -> bytes:
    answer = client.get(reverse("schools:return-prefill"), {"year": year.pk})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    heads, row = list(book["填报"].iter_rows())[:2]
    at = {head.value: cell for head, cell in zip(heads, row, strict=True)}
    at["差异说明"].value = told
    at[str(LABELS["students"])].value = 460
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _take_in(world: Any, content: bytes) -> Any:
    return run_import(
        "schools.return_own",
        ("报表.xlsx", content),
        scope=world.here.school,
        by=world.here.clerk,
    )


def test_explanations_go_out_and_come_back_with_the_workbook(
    world: Any, draft: SchoolReturn, signed_in: Any
) -> None:
    client = signed_in(world.here.clerk)

    _take_in(world, _workbook(client, world.year, f"在校生数：{WHY}"))

    draft.refresh_from_db()
    assert (draft.students, draft.explanations) == (460, {"students": WHY})
    answer = client.get(reverse("schools:return-prefill"), {"year": world.year.pk})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cells = [cell.value for row in book["填报"].iter_rows() for cell in row]
    assert f"在校生数：{WHY}" in cells


def test_a_line_that_names_no_figure_rejects_the_row(
    world: Any, draft: SchoolReturn, signed_in: Any
) -> None:
    content = _workbook(signed_in(world.here.clerk), world.year, "人多了")

    _take_in(world, content)

    draft.refresh_from_db()
    assert draft.students == 450
