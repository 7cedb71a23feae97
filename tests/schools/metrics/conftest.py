"""The parameters, the school years and a kind of subject for the figures."""

from collections.abc import Iterator
from typing import Any

import pytest

from core.metrics import GROUP
from core.registries import metrics
from schools.metrics import subject_schools
from tests.bureau.factories import (
    AcademicYearFactory,
    CountyFactory,
    PolicyParameterFactory,
)
from tests.schools.metrics.figures import LINES, VALUES

UNION = """
    SELECT i.id AS subject_id, s.id AS school_id, s.name LIKE '%%龙头%%' AS is_lead,
        coalesce(s.opened_on, '2024-09-01'::date) AS joined_on, NULL::jsonb AS baseline
    FROM unnest(%(ids)s::bigint[]) AS i(id) JOIN schools_school s ON TRUE
"""


@pytest.fixture(autouse=True)
def _parameters(db: None) -> None:
    for key, value in VALUES.items():
        PolicyParameterFactory(key=key, value=value)
    for name, pair in LINES.items():
        for stage, line in zip(("primary", "junior"), pair, strict=True):
            PolicyParameterFactory(key=f"balance.{stage}.{name}", value=line)
    PolicyParameterFactory(key="score.base_year", value="JOIN", kind="text")


@pytest.fixture
def year() -> Any:
    return AcademicYearFactory(first=2025)


@pytest.fixture
def last_year() -> Any:
    return AcademicYearFactory(first=2024)


@pytest.fixture
def county() -> Any:
    return CountyFactory()


@pytest.fixture
def union() -> Iterator[str]:
    """A kind of subject to which every school belongs; the lead is named 龙头."""
    subject_schools._entries["UNION"] = UNION
    kept = dict(metrics.items())
    for key, entry in kept.items():
        if GROUP in entry.subjects:
            fields = {**entry.__dict__, "subjects": entry.subjects | {"UNION"}}
            metrics._entries[key] = type(entry)(**fields)
    yield "UNION"
    metrics._entries.update(kept)
    del subject_schools._entries["UNION"]
