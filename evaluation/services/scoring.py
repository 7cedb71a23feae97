"""Score by hand what the system cannot compute, and close assessments."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from bureau.parameters import parameter
from core.files import attach
from core.models import Attachment
from core.transitions import MoveRefused, move
from evaluation.choices import How, RubricLevel, Veto
from evaluation.models import Assessment, Score
from evaluation.permissions import can_score_leaf, can_veto
from evaluation.scoring.functions import half_up
from evaluation.scoring.leaf import hand_maximum, score_leaf


@transaction.atomic
def score_by_hand(
    score: Score,
    *,
    by: Any,
    level: str = "",
    points: Decimal | None = None,
    na_reason: str = "",
    comment: str = "",
) -> Score:
    """Give a rubric's level, or points, or N/A with its reason, to one leaf.

    MoveRefused when the leaf is not this person's to score; ValidationError when the
    level, the points or the words do not fit the leaf's rule.
    """
    assessment = _lock(score.assessment_id)
    score = Score.objects.select_related("indicator").get(pk=score.pk)
    score.assessment = assessment
    verdict = can_score_leaf(by, score)
    if not verdict:
        raise MoveRefused(verdict)
    hand = _hand(score, level, points, na_reason)
    if not comment.strip() and "na" not in hand:
        raise ValidationError({"comment": _("请写明评分依据")}, code="required")
    _write(score, hand, by=by, comment=comment)
    return score


def _lock(pk: int) -> Assessment:
    locked: Assessment = (
        Assessment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("cycle__region")
        .get(pk=pk)
    )
    return locked


def _hand(
    score: Score, level: str, points: Decimal | None, na_reason: str
) -> dict[str, str]:
    """Return the hand part of the snapshot; ValidationError when it does not fit."""
    if na_reason.strip():
        return _not_applicable(score, na_reason.strip())
    if has_rubric(score):
        if level not in RubricLevel.values:
            raise ValidationError({"level": _("请选择评定等级")}, code="required")
        return {"level": level}
    return {"points": _points(score, points)}


def has_rubric(score: Score) -> bool:
    """Tell whether a person gives this leaf a level and not points."""
    return any(
        not part["automatic"] and part["function"] == "RUBRIC"
        for part in score.snapshot["parts"]
    )


def may_be_na(score: Score) -> bool:
    """Tell whether the leaf has an N/A rule that only a person can answer."""
    rule = score.snapshot.get("na")
    return bool(rule) and not rule["automatic"]


def _not_applicable(score: Score, reason: str) -> dict[str, str]:
    if not may_be_na(score):
        raise ValidationError(
            {"na_reason": _("该指标没有不适用规则：缺少数据按 0 分计，不能列为不适用")},
            code="not_na",
        )
    return {"na": reason}


def _points(score: Score, points: Decimal | None) -> str:
    most = hand_maximum(score.snapshot)
    if points is None or not points.is_finite():
        raise ValidationError({"points": _("请填写得分")}, code="required")
    if not 0 <= points <= most:
        raise ValidationError(
            {"points": _("得分应在 0 和 %(most)s 之间") % {"most": half_up(most)}},
            code="range",
        )
    return format(half_up(points), "f")


def _write(score: Score, hand: dict[str, str], *, by: Any, comment: str) -> None:
    score.snapshot = {**score.snapshot, "hand": hand}
    scored = score_leaf(score.snapshot)
    score.manual_level = hand.get("level", "")
    score.manual_score = None if scored.hand is None else half_up(scored.hand)
    score.is_na, score.score = scored.is_na, scored.score
    score.comment = comment.strip() or hand.get("na", "")
    score.scored_by, score.scored_at = by, timezone.now()
    score.save(
        update_fields=[
            "snapshot",
            "manual_level",
            "manual_score",
            "is_na",
            "score",
            "comment",
            "scored_by",
            "scored_at",
        ]
    )
    record(
        "evaluation.score.by_hand",
        score.assessment,
        by=by,
        data={"code": score.indicator.code, "hand": hand, "score": str(score.score)},
    )


def finish_scoring(assessment: Assessment, *, by: Any, reason: str = "") -> Assessment:
    """Hand the scores on to be confirmed."""
    return move(assessment, "score", by=by, reason=reason, scored_by=by)


def reopen_assessment(assessment: Assessment, *, by: Any, reason: str) -> Assessment:
    """Open the scores again, with the reason."""
    return move(assessment, "reopen", by=by, reason=reason)


def confirm_assessment(
    assessment: Assessment, *, by: Any, reason: str = ""
) -> Assessment:
    """Confirm the scores of one subject."""
    return move(assessment, "confirm", by=by, reason=reason)


def exempt_assessment(assessment: Assessment, *, by: Any, reason: str) -> Assessment:
    """Leave a subject out of this cycle, with the reason."""
    return move(assessment, "exempt", by=by, reason=reason)


@transaction.atomic
def set_veto(
    assessment: Assessment,
    *,
    by: Any,
    kind: str,
    decision: str,
    cap: str = "",
    files: list[tuple[str, bytes]] | None = None,
) -> Assessment:
    """Enter a veto with its decision and evidence (一票否决).

    ``cap`` is the best grade left, the region's parameter when not given. MoveRefused
    for the wrong person or time, ValidationError without decision or evidence.
    """
    assessment = _lock(assessment.pk)
    verdict = can_veto(by, assessment)
    if not verdict:
        raise MoveRefused(verdict)
    _check_veto(assessment, kind, decision, files)
    assessment.veto_kind, assessment.veto_decision = kind, decision.strip()
    assessment.veto_cap = cap or parameter("grade.veto_cap", assessment.cycle.region)
    assessment.veto_by = by
    assessment.save(update_fields=["veto_kind", "veto_cap", "veto_decision", "veto_by"])
    for name, content in files or []:
        kind_of_file = Attachment.Kind.DOCUMENT
        attach(assessment, name, content, kind=kind_of_file, by=by, label="veto")
    record(
        "evaluation.assessment.veto",
        assessment,
        by=by,
        reason=decision,
        data={"kind": kind},
    )
    return assessment


def _check_veto(assessment: Assessment, kind: str, decision: str, files: Any) -> None:
    allowed = parameter("grade.veto_kinds", assessment.cycle.region)
    if kind not in allowed or kind not in Veto.values:
        raise ValidationError({"kind": _("请选择一票否决情形")}, code="kind")
    if not decision.strip():
        raise ValidationError({"decision": _("请写明决定文号和说明")}, code="required")
    held = Attachment.objects.about(assessment).filter(label="veto").exists()
    if not files and not held:
        raise ValidationError({"files": _("请上传认定一票否决的依据文件")}, code="file")


@transaction.atomic
def lift_veto(assessment: Assessment, *, by: Any, reason: str) -> Assessment:
    """Lift a veto that was entered in error."""
    assessment = _lock(assessment.pk)
    verdict = can_veto(by, assessment)
    if not verdict:
        raise MoveRefused(verdict)
    if not reason.strip():
        raise ValidationError({"reason": _("请填写事由")}, code="required")
    assessment.veto_kind = assessment.veto_cap = assessment.veto_decision = ""
    assessment.veto_by = None
    assessment.save(update_fields=["veto_kind", "veto_cap", "veto_decision", "veto_by"])
    record("evaluation.assessment.lift_veto", assessment, by=by, reason=reason)
    return assessment


def is_scored_by_hand(score: Score) -> bool:
    """Tell whether the leaf stands on the scoring desk."""
    return score.how != How.AUTO and not (score.is_na and not score.snapshot["hand"])
