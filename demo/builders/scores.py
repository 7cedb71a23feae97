"""What the bureau gives by hand for the leaves that the system cannot compute."""

from decimal import Decimal
from random import Random
from typing import Any

from django.utils import timezone

from accounts.models import User
from audit.services import record
from demo.chance import dice
from demo.data import tree
from demo.world import World
from evaluation.choices import RubricLevel
from evaluation.models import Assessment, Score
from evaluation.scoring.functions import half_up
from evaluation.scoring.leaf import hand_maximum, score_leaf
from evaluation.services import finish_scoring, score_by_hand
from evaluation.services.scoring import has_rubric, is_scored_by_hand

WORTH = (
    (RubricLevel.A, Decimal("1.0")),
    (RubricLevel.B, Decimal("0.8")),
    (RubricLevel.C, Decimal("0.6")),
    (RubricLevel.D, Decimal("0.3")),
)
HIGH, MIDDLE = Decimal("0.85"), Decimal("0.70")
SPREAD = 12
WHOLE = Decimal(1)
WRITTEN = (
    "snapshot",
    "manual_level",
    "manual_score",
    "is_na",
    "score",
    "comment",
    "scored_by",
    "scored_at",
)


class Scoring:
    """Scores leaves around the share that a group's or a school's story tells."""

    def __init__(self, world: World, told: dict[str, Any], *, by: User) -> None:
        self.world = world
        self.told = told
        self.by = by

    def whole(self, assessment: Assessment) -> None:
        """Score every waiting leaf, one by one, and hand the scores on."""
        for score in self._waiting(assessment):
            self._give(assessment, score)
        finish_scoring(assessment, by=self.by)

    def at_once(self, assessment: Assessment) -> None:
        """Write every waiting score together, as ``score_by_hand`` writes one."""
        listed = self._waiting(assessment)
        for score in listed:
            given, score.comment = self._given(assessment, score)
            self._fill(score, {name: str(value) for name, value in given.items()})
        Score.objects.bulk_update(listed, WRITTEN)
        about = {"leaves": len(listed)}
        record("evaluation.score.by_hand", assessment, by=self.by, data=about)
        self.world.ledger.note("hand_scores", True, len(listed))
        finish_scoring(assessment, by=self.by)

    def half(self, assessment: Assessment) -> None:
        """Score every other waiting leaf."""
        for score in self._waiting(assessment)[::2]:
            self._give(assessment, score)

    def _waiting(self, assessment: Assessment) -> list[Score]:
        rows = assessment.scores.with_leaf()
        return [row for row in rows if is_scored_by_hand(row)]

    def _share(self, assessment: Assessment, chance: Random) -> Decimal:
        told = self.told["shares"].get(assessment.label, self.told["share"])
        share = Decimal(told) + Decimal(chance.randint(-SPREAD, SPREAD)) / 100
        return min(max(share, Decimal(0)), WHOLE)

    def _given(
        self, assessment: Assessment, score: Score
    ) -> tuple[dict[str, Any], str]:
        """Return level or points, and the words with them."""
        year = self.told["year"]
        chance = dice("score", assessment.label, score.indicator.code, year)
        share = self._share(assessment, chance)
        given: dict[str, Any] = (
            {"level": level_of(share)}
            if has_rubric(score)
            else {"points": half_up(hand_maximum(score.snapshot) * share)}
        )
        return given, comment_of(share, chance)

    def _give(self, assessment: Assessment, score: Score) -> None:
        given, comment = self._given(assessment, score)
        score_by_hand(score, by=self.by, comment=comment, **given)
        self.world.ledger.note("hand_scores", True)

    def _fill(self, score: Score, hand: dict[str, str]) -> None:
        score.snapshot = {**score.snapshot, "hand": hand}
        scored = score_leaf(score.snapshot)
        score.manual_level = hand.get("level", "")
        score.manual_score = None if scored.hand is None else half_up(scored.hand)
        score.is_na, score.score = scored.is_na, scored.score
        score.scored_by, score.scored_at = self.by, timezone.now()


def level_of(share: Decimal) -> str:
    """Return the level whose worth is nearest to the share."""
    return min(WORTH, key=lambda pair: abs(pair[1] - share))[0]


def comment_of(share: Decimal, chance: Random) -> str:
    """Return words that fit the share."""
    kind = "high" if share >= HIGH else "middle" if share >= MIDDLE else "low"
    words: str = chance.choice(tree("texts.json")["score_comments"][kind])
    return words
