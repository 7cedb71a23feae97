"""The site in English, whose words are longer, still fits its pages."""

from collections.abc import Iterator
from datetime import date

import pytest

from tests.browser.conftest import Enter
from tests.browser.job.town import Town, found_town
from tests.schools.factories import SchoolFactory, SchoolLabelFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KINDS = (
    ("TWELVE_YEAR", "PRIVATE"),
    ("VOCATIONAL_SECONDARY", "PUBLIC"),
    ("COMPLETE_SECONDARY", "PUBLIC"),
    ("KINDERGARTEN", "INCLUSIVE_PRIVATE"),
    ("NINE_YEAR", "PUBLIC"),
)

OUTSIDE = """() => {
  const table = document.querySelector('main table'), card = table.closest('.card');
  return table.getBoundingClientRect().right - card.getBoundingClientRect().right;
}"""
"""How far the table reaches past its card, in pixels."""


@pytest.fixture(scope="module")
def town(site: str) -> Iterator[Town]:
    """A city with schools of the kinds that have the longest names."""
    town = found_town()
    for number, (kind, ownership) in enumerate(KINDS):
        school = SchoolFactory(
            name=f"云洲区第{number}示范实验学校",
            region=town.county,
            type=kind,
            ownership=ownership,
            opened_on=date(2001, 9, 1),
        )
        for label in ("QUALITY", "NEW"):
            SchoolLabelFactory(school=school, label=label)
    yield town


def test_the_list_of_schools_fits_a_desk_and_a_phone(town: Town, enter: Enter) -> None:
    bureau = enter("bureau")
    chosen = {"name": "django_language", "value": "en", "url": bureau.site}
    bureau.context.add_cookies([chosen])

    bureau.go("/schools/")

    assert bureau.page.locator("html").get_attribute("lang") == "en"
    assert "Schools" in bureau.page.title()
    assert bureau.page.locator("tbody tr").count() == len(KINDS)
    assert bureau.page.evaluate(OUTSIDE) <= 0
    bureau.look("schools-in-english")
