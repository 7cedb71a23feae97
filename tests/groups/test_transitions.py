"""Every move of groups against every state it does not lead out of."""

from datetime import date
from typing import Any

import pytest
from django.db import transaction

from core.registries import transition_tables
from core.transitions import MoveRefused, effects_of, move
from groups.models import CaseTask, Document, EducationGroup, GroupCase
from groups.services import MOVES
from tests.groups.factories import (
    Bureau,
    famous_draft,
    papers_on_file,
    standing_group,
    under_review,
)

MODELS = {
    "groups.groupcase": GroupCase,
    "groups.casetask": CaseTask,
    "groups.educationgroup": EducationGroup,
    "groups.document": Document,
}
ILLEGAL = [
    (label, name, state)
    for label, model in MODELS.items()
    for name, move_ in transition_tables.get(label).moves.items()
    for state, _label in model._meta.get_field("state").choices
    if state not in move_.from_states
]


def an_object(label: str, bureau: Bureau) -> Any:
    if label == "groups.groupcase":
        return famous_draft(bureau)
    if label == "groups.casetask":
        return famous_draft(bureau).tasks.first()
    group = standing_group(bureau.county)
    return (
        group if label == "groups.educationgroup" else papers_on_file(bureau, group)[0]
    )


def test_every_move_has_its_verb_and_every_verb_its_move() -> None:
    for label in MODELS:
        moves = transition_tables.get(label).moves
        offered = {name for name, move_ in moves.items() if not move_.by_system}
        assert offered == set(MOVES[label]), label


FACTS = {
    "DISSOLVED": {"dissolved_on": date(2024, 1, 1)},
    "SUPERSEDED": {"valid_to": date(2099, 1, 1)},
}


@pytest.mark.parametrize("label", MODELS)
def test_a_move_out_of_another_state_is_refused(bureau: Bureau, label: str) -> None:
    obj, person = an_object(label, bureau), bureau.person("DISTRICT_EDU")
    rows = type(obj).objects.filter(pk=obj.pk)

    for _label, name, state in (x for x in ILLEGAL if x[0] == label):
        with transaction.atomic():
            rows.update(state=state, **FACTS.get(state, {}), **_someone(obj, person))
            with pytest.raises(MoveRefused, match="当前状态"):
                move(obj, name, by=person, reason="理由")
            transaction.set_rollback(True)


def _someone(obj: Any, person: Any) -> dict[str, Any]:
    return {"submitted_by": person} if isinstance(obj, GroupCase) else {}


@pytest.mark.parametrize(
    "name", ["submit", "withdraw", "review", "return", "approve", "defer", "reject"]
)
def test_each_move_of_a_case_says_what_it_will_do(bureau: Bureau, name: str) -> None:
    case = under_review(bureau)

    told = effects_of(bureau.person("LEADING_GROUP"), case, name)

    assert told.immediately and isinstance(told.told, list)


@pytest.mark.parametrize(
    "name", list(transition_tables.get("groups.educationgroup").moves)
)
def test_each_move_of_a_group_says_what_it_will_do(bureau: Bureau, name: str) -> None:
    group = standing_group(bureau.county)

    assert effects_of(bureau.person("DISTRICT_EDU"), group, name).immediately
