"""What the browser counts along is what the server judges."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schools.choices import Stage
from schools.figures import BY_STAGE, faults_of, sums_of
from schools.models.returns import BANDS, PARTS


def counted_along(stage: str, values: dict[str, Any]) -> set[str]:
    """Return the fields beside which the browser would speak."""
    told = set()
    for rule in sums_of(stage):
        total, summed = values[rule["total"]], sum(values[p] for p in rule["parts"])
        if summed != total if rule["exact"] else summed > total:
            told.add("classes" if rule["exact"] else rule["parts"][0])
    return told


@pytest.mark.parametrize("stage", Stage.values)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_browser_and_server_find_the_same_faults(stage: str, data: Any) -> None:
    names = sorted({n for p, t in PARTS.values() for n in (*p, t)} | {*BANDS})
    held = [n for n in (*names, "classes") if n in BY_STAGE[stage]]
    values = {name: data.draw(st.integers(0, 20), label=name) for name in held}

    assert counted_along(stage, values) == set(faults_of(values))


def test_words_leave_room_for_the_two_numbers() -> None:
    for rule in sums_of(Stage.PRIMARY):
        assert "{sum}" in rule["words"]
        assert "{all}" in rule["words"]
