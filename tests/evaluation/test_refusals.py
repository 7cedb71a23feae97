"""What services and permissions of appraisal refuse."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from core.transitions import MoveRefused
from evaluation.models import Assessment
from evaluation.services import lift_veto, set_veto
from tests.evaluation.factories import World


def enter_veto(assessment: Assessment, by: Any) -> Assessment:
    return set_veto(
        assessment,
        by=by,
        kind="FORGED_DATA",
        decision="示督〔2025〕1号",
        files=[("决定.txt", "认定".encode())],
    )


def test_a_principal_neither_enters_nor_lifts_a_veto(world: World) -> None:
    assessment = world.reviewing().assessments.get(label="甲集团")

    with pytest.raises(MoveRefused, match="的主管部门可以办理"):
        enter_veto(assessment, world.principal)
    vetoed = enter_veto(assessment, world.bureau)
    with pytest.raises(MoveRefused, match="的主管部门可以办理"):
        lift_veto(vetoed, by=world.principal, reason="认定有误")

    assessment.refresh_from_db()
    assert assessment.veto_kind == "FORGED_DATA"


def test_a_veto_is_not_lifted_without_a_reason(world: World) -> None:
    assessment = world.reviewing().assessments.get(label="甲集团")
    vetoed = enter_veto(assessment, world.bureau)

    with pytest.raises(ValidationError, match="请填写事由"):
        lift_veto(vetoed, by=world.bureau, reason="  ")

    assert lift_veto(vetoed, by=world.bureau, reason="认定有误").veto_kind == ""
