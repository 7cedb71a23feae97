"""What nobody has confirmed is marked wherever a score or a grade rests on it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bureau.models import PolicyParameter
from evaluation.models import Cycle
from evaluation.reports import compile_now, runs_of
from evaluation.services import confirm_assessment, finish_scoring
from tests.evaluation.factories import (
    RUBRIC,
    World,
    area,
    framework_of,
    get,
    leaf,
    score_all,
    system,
    text_of,
)

SignIn = Callable[[Any], Any]
LINE, GRADE = "class.large_min", "grade.a_min"
LARGE = leaf(
    "T-A1.1",
    80,
    method="AUTO",
    parts=system("schools.large_class_share", "BAND", low="0", high="1"),
    rubric=None,
)


@pytest.fixture
def cycle(world: World) -> Cycle:
    """A published cycle with a leaf that is computed with a parameter."""
    tree = [
        area("T-A", area("T-A1", LARGE), level=1),
        area("T-C", area("T-C1", RUBRIC), level=1),
    ]
    world.framework = framework_of(world.region, tree)
    return world.published()


def pages_of(cycle: Cycle) -> dict[str, tuple[str, str]]:
    """Return page → (address, key of the parameter it rests on)."""
    assessment = cycle.assessments.get(group__name="甲集团")
    score = assessment.scores.get(indicator__code="T-A1.1")
    return {
        "framework": (cycle.framework.get_absolute_url(), LINE),
        "score": (reverse("evaluation:score-detail", args=[score.pk]), LINE),
        "desk": (reverse("evaluation:score-desk", args=[score.pk]), LINE),
        "result": (assessment.get_absolute_url(), GRADE),
        "cycle": (f"{cycle.get_absolute_url()}?tab=results", GRADE),
    }


def mark_of(key: str) -> str:
    """Return the mark of a parameter as a page has it."""
    row = PolicyParameter.objects.get(key=key)
    return f'href="{row.get_absolute_url()}" title="取值来自'


@pytest.mark.parametrize("page", ["framework", "score", "desk", "result", "cycle"])
def test_a_page_marks_what_it_rests_on_until_somebody_confirms_it(
    page: str, world: World, cycle: Cycle, signed_in: SignIn
) -> None:
    client = signed_in(world.bureau)
    url, key = pages_of(cycle)[page]

    before = text_of(client.get(url))
    PolicyParameter.objects.filter(key=key).update(verified=True)
    after = text_of(client.get(url))

    assert mark_of(key) in before
    assert mark_of(key) not in after


def test_reports_name_what_is_not_confirmed(world: World, cycle: Cycle) -> None:
    compile_now(cycle)
    meanings = [PolicyParameter.objects.get(key=k).meaning for k in (LINE, GRADE)]

    for run in runs_of(cycle):
        told = [s for s in run.data["sources"] if s.startswith("尚未核实的参数：")]
        assert len(told) == 1
        assert all(meaning in told[0] for meaning in meanings)


def test_reports_say_nothing_once_all_is_confirmed(world: World, cycle: Cycle) -> None:
    PolicyParameter.objects.update(verified=True)

    compile_now(cycle)

    for run in runs_of(cycle):
        assert not [s for s in run.data["sources"] if "尚未核实" in s]


def test_working_out_results_warns_of_lines_nobody_confirmed(
    world: World, signed_in: SignIn
) -> None:
    cycle = world.reviewing()
    for assessment in cycle.assessments.all():
        score_all(assessment, by=world.bureau)
        confirm_assessment(finish_scoring(assessment, by=world.bureau), by=world.bureau)
    client = signed_in(world.bureau)

    told = text_of(get(client, "cycle-move", cycle.pk, "consolidate"))

    assert "尚未核实的参数：" in told
    assert PolicyParameter.objects.get(key=GRADE).meaning in told


def test_the_marks_of_a_tree_take_one_query(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.bureau)
    counted = []
    for leaves in (1, 12):
        many = [{**LARGE, "code": f"T-A1.{n}", "weight": 1} for n in range(leaves)]
        made = framework_of(
            world.region, [area("T-A", area("T-A1", *many), level=1)], publish=False
        )
        client.get(made.get_absolute_url())
        with CaptureQueriesContext(connection) as asked:
            client.get(made.get_absolute_url())
        counted.append(len(asked))

    assert counted[0] == counted[1] <= 25
