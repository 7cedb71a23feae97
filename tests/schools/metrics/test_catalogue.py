"""All figures together: their queries and parameters, and the baseline at joining."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bureau.models.region import BEGINNING
from core.metrics import REGION, SCHOOL, compute
from core.registries import metrics
from schools.metrics.baseline import baseline_of
from tests.schools.factories import (
    ClassSectionFactory,
    FullReturnFactory,
    QualityResultFactory,
    SchoolFactory,
    SchoolLabelFactory,
)
from tests.schools.metrics.figures import LINES, VALUES, period

pytestmark = pytest.mark.django_db


def test_every_metric_answers_every_subject_in_a_fixed_number_of_queries(
    union: str, county: Any, year: Any
) -> None:
    schools = [SchoolFactory(region=county) for _n in range(4)]
    for school in schools:
        FullReturnFactory(school=school, year=year)
        ClassSectionFactory(school=school, year=year)
    keys = [k for k in metrics if k.startswith("schools.")]

    for key in keys:
        for kind, ids in (
            (SCHOOL, [s.pk for s in schools]),
            (REGION, [county.pk, county.parent.pk]),
            (union, [7, 8]),
        ):
            if kind not in metrics.get(key).subjects:
                continue
            with CaptureQueriesContext(
                connection,
            ) as queries:
                found = compute(key, kind, ids, period(year), county)
            assert list(found) == ids, key
            assert len(queries) <= 4, key
    assert len(keys) == 27


def test_catalogue_names_only_known_parameters() -> None:
    named = {
        p for k, m in metrics.items() if k.startswith("schools.") for p in m.parameters
    }

    assert named <= {*VALUES, "score.base_year"} | {
        f"balance.{s}.{n}" for s in ("primary", "junior") for n in LINES
    }


def test_baseline_keeps_what_was_confirmed_at_joining(year: Any) -> None:
    school = SchoolFactory()
    SchoolLabelFactory(school=school, valid_from=BEGINNING)
    FullReturnFactory(school=school, year=year, seats=500)
    QualityResultFactory(school=school, year=year, mean=86)

    kept = baseline_of(school, date(2025, 10, 1))

    assert (kept["seats"], kept["quality_seats"], kept["students"]) == (500, 500, 450)
    assert Decimal(kept["quality"]["PRIMARY"]["z"]) == Decimal("0.5")
    assert kept["quality"]["PRIMARY"]["pupils"] == 450
    assert baseline_of(SchoolFactory(), date(2025, 10, 1)) == {
        "on": "2025-10-01",
        "quality": {},
    }
