"""The pages on which a bureau confirms stages and records labels and honours."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schools.choices import Stage
from schools.models import School, SchoolLabel
from tests.schools.factories import SchoolLabelFactory, UnclearSchoolFactory
from tests.schools.pages import page, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("class_lines")]


# --- stages to confirm -------------------------------------------------------------


def test_work_list_holds_the_unclear_schools_of_the_county(
    world: Any, signed_in: Any
) -> None:
    mine = UnclearSchoolFactory(region=world.here.county, name="云洲中学")
    theirs = UnclearSchoolFactory(region=world.there.county, name="彼岸中学")

    html = page(signed_in(world.here.bureau), url("stage-worklist"))

    assert mine.name in html
    assert theirs.name not in html
    assert world.here.school.name not in html


def test_stages_are_confirmed_one_by_one(world: Any, signed_in: Any) -> None:
    one, two = (UnclearSchoolFactory(region=world.here.county) for _n in range(2))

    signed_in(world.here.bureau).post(
        url("stage-worklist"), {f"{one.pk}-type": "JUNIOR", f"{two.pk}-type": ""}
    )

    assert School.objects.get(pk=one.pk).stage_codes == [Stage.JUNIOR]
    assert list(School.objects.to_confirm()) == [two]


def test_ticked_schools_are_confirmed_together(world: Any, signed_in: Any) -> None:
    schools = [UnclearSchoolFactory(region=world.here.county) for _n in range(3)]

    signed_in(world.here.bureau).post(
        url("stage-worklist"),
        {
            "bulk": "1",
            "type": "COMPLETE_SECONDARY",
            "ticked": [schools[0].pk, schools[2].pk],
        },
    )

    assert list(School.objects.to_confirm()) == [schools[1]]


@pytest.mark.parametrize(
    "data", [{}, {"bulk": "1", "type": "JUNIOR"}, {"bulk": "1", "type": "X"}]
)
def test_confirming_nothing_says_what_to_do(
    world: Any, signed_in: Any, data: dict
) -> None:
    UnclearSchoolFactory(region=world.here.county)

    answer = signed_in(world.here.bureau).post(url("stage-worklist"), data)

    assert answer.status_code == 200
    assert School.objects.to_confirm().count() == 1


def test_work_list_needs_a_fixed_number_of_queries(world: Any, signed_in: Any) -> None:
    client = signed_in(world.here.bureau)

    def count(more: int) -> int:
        for _n in range(more):
            UnclearSchoolFactory(region=world.here.county)
        with CaptureQueriesContext(connection) as queries:
            client.get(url("stage-worklist"))
        return len(queries)

    count(0)
    assert count(3) == count(27)


# --- labels and honours ------------------------------------------------------------


@pytest.mark.clause("BN-4.1.1a")
def test_label_is_recorded_with_its_proof_and_ended(world: Any, signed_in: Any) -> None:
    client, school = signed_in(world.here.bureau), world.here.school
    assert "仅供内部使用" in page(client, url("label-create", school.pk))

    client.post(
        url("label-create", school.pk),
        {
            "label": "QUALITY",
            "decided_by": "云洲区教委",
            "valid_from": "2024-09-01",
            "proof": SimpleUploadedFile("认定.txt", "认定文件".encode()),
        },
    )
    label = SchoolLabel.objects.get(school=school)
    assert label.evidence.name == "认定.txt"
    assert page(client, url("label-end", label.pk))
    client.post(
        url("label-end", label.pk), {"valid_to": "2026-09-01", "because": "复评未通过"}
    )

    label.refresh_from_db()
    assert label.valid_to == date(2026, 9, 1)


def test_overlapping_label_comes_back_with_the_reason(
    world: Any, signed_in: Any
) -> None:
    SchoolLabelFactory(school=world.here.school)

    answer = signed_in(world.here.bureau).post(
        url("label-create", world.here.school.pk),
        {"label": "QUALITY", "decided_by": "区教委", "valid_from": "2025-09-01"},
    )

    assert "该标签在这段时间内已登记" in answer.content.decode()


def test_honour_is_recorded(world: Any, signed_in: Any) -> None:
    client, school = signed_in(world.here.bureau), world.here.school
    assert page(client, url("honour-create", school.pk))

    client.post(
        url("honour-create", school.pk),
        {"kind": "CIVILISED", "level": "CITY", "year": 2025, "awarded_by": "市文明办"},
    )

    assert school.honours.get().year == 2025
