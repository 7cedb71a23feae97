"""The page on which a school enters its classes of the year."""

from typing import Any

import pytest

from schools.models import ClassSection
from tests.schools.factories import ClassSectionFactory
from tests.schools.pages import page, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("class_lines")]


def class_rows(*rows: tuple[str, int, Any], total: int = 6, initial: int = 0) -> dict:
    data: dict[str, Any] = {
        "form-TOTAL_FORMS": max(total, len(rows)),
        "form-INITIAL_FORMS": initial,
    }
    for n, (grade, number, size) in enumerate(rows):
        data |= {
            f"form-{n}-grade": grade,
            f"form-{n}-number": number,
            f"form-{n}-headcount": size,
        }
    return data


@pytest.mark.clause("AK-1.2.1")
def test_clerk_enters_the_classes_of_the_year(world: Any, signed_in: Any) -> None:
    client, school = signed_in(world.here.clerk), world.here.school
    address = f"{url('class-update', school.pk)}?year={world.year.code}"
    assert "小学一年级" in page(
        client, url("class-update", school.pk), year=world.year.code
    )

    answer = client.post(
        address, class_rows(("PRIMARY:1", 1, 45), ("PRIMARY:1", 2, 57))
    )

    assert answer.status_code == 302
    kept = ClassSection.objects.of_year(world.year).filter(school=school)
    assert list(kept.values_list("number", "headcount")) == [(1, 45), (2, 57)]
    assert "大班额" in page(client, school.get_absolute_url(), tab="classes")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([("PRIMARY:1", 1, 45), ("PRIMARY:1", 1, 50)], "已有这个班号"),
        ([("PRIMARY:1", 1, "")], "填齐"),
        ([("PRIMARY:1", 1, 301)], "300"),
        ([("SENIOR:10", 1, 45)], "有效"),
    ],
)
def test_bad_classes_come_back_named_and_nothing_is_stored(
    world: Any, signed_in: Any, rows: list, told: str
) -> None:
    answer = signed_in(world.here.clerk).post(
        f"{url('class-update', world.here.school.pk)}?year={world.year.code}",
        class_rows(*rows),
    )

    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert not ClassSection.objects.exists()


def test_class_ticked_as_dissolved_goes(world: Any, signed_in: Any) -> None:
    ClassSectionFactory(school=world.here.school, year=world.year, number=1)

    signed_in(world.here.clerk).post(
        f"{url('class-update', world.here.school.pk)}?year={world.year.code}",
        {**class_rows(("PRIMARY:1", 1, 45), initial=1), "form-0-DELETE": "on"},
    )

    assert not ClassSection.objects.exists()
