"""What a result is worked out from, frozen so that it can be worked out again.

The inputs of each leaf stay in its score's snapshot, which the database freezes with
the result; the result's own data object holds the SHA-256 of every snapshot.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Func, QuerySet

from core.documents import digest
from evaluation.choices import AssessmentState
from evaluation.models import Assessment, Cycle, Indicator, Result, Score
from evaluation.scoring.functions import half_up
from evaluation.scoring.grades import Graded, Lines, band_of
from evaluation.scoring.leaf import score_leaf
from evaluation.scoring.totals import Total, total

FORMAT = 1
HELD = "held"
DIMENSION = ("dimension", "dimension_name", "dimension_name_en")
KEYS = (
    "grade.a_min",
    "grade.b_min",
    "grade.c_min",
    "grade.a_quota",
    "score.applicable_min",
    "no_member_left_behind",
    "no_member_left_behind.drop_max",
)
"""The parameters that totals and grades rest on."""


class JsonDigest(Func):
    """The SHA-256 of a JSON column as the database writes it, keys in its own order."""

    template = "encode(sha256(convert_to((%(expressions)s)::text, 'UTF8')), 'hex')"
    output_field = CharField()


@dataclass(frozen=True)
class Rules:
    """The region's parameters that grades rest on, read once."""

    values: Mapping[str, Any]

    @property
    def lines(self) -> Lines:
        """Return the lowest scores of the grades."""
        return Lines(*(self.values[f"grade.{name}_min"] for name in "abc"))

    @property
    def quota(self) -> Decimal:
        """Return the highest share of grade A per county."""
        return Decimal(self.values["grade.a_quota"])

    @property
    def minimum(self) -> Decimal:
        """Return the least applicable weight, in per cent."""
        return Decimal(self.values["score.applicable_min"])

    @property
    def drop(self) -> Decimal | None:
        """Return the fall of a member that bars grade A, or None when it does not."""
        if not self.values["no_member_left_behind"]:
            return None
        return Decimal(self.values["no_member_left_behind.drop_max"])


@dataclass(frozen=True)
class Sheet:
    """One assessment with its leaves and what they add up to."""

    assessment: Assessment
    leaves: list[dict[str, Any]]
    total: Total
    dimensions: list[dict[str, Any]]

    @property
    def score(self) -> Decimal:
        """Return the renormalised score."""
        assert self.total.score is not None  # noqa: S101 - checked as scorable before
        return self.total.score


def sheets_of(cycle: Cycle) -> Iterator[Sheet]:
    """Yield the confirmed assessments with their leaves, read in three queries."""
    assessments = Assessment.objects.filter(
        cycle=cycle, state=AssessmentState.CONFIRMED
    ).order_by("pk")
    tree = tree_of(cycle.framework_id)
    fields = ("assessment_id", "indicator_id", "how", "comment", "is_na", "score")
    rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
    scores = with_digests(Score.objects.filter(assessment__in=assessments))
    # fetched whole: the digests are worked out by several processes of the database,
    # which a cursor would not allow
    for row in scores.values_list(*fields, HELD):
        assessment, indicator, how, comment, is_na, score, held = row
        points = None if is_na else _or_nothing(score)
        leaf = _leaf(tree, indicator, how, comment, points, held)
        rows[assessment].append(leaf)
    for found in assessments:
        yield add_up(found, rows.get(found.pk, []))


def _or_nothing(score: Decimal | None) -> Decimal:
    """Count a missing score as nothing, written like every other: to 0.01."""
    return half_up(score or Decimal(0))


def with_digests(scores: QuerySet[Score]) -> QuerySet[Score]:
    """Annotate each score with the digest of its snapshot."""
    return scores.annotate(**{HELD: JsonDigest("snapshot")})


def tree_of(framework: int) -> dict[int, Indicator]:
    """Return the indicators of a framework by key."""
    return {row.pk: row for row in Indicator.objects.filter(framework=framework)}


def _leaf(
    tree: Mapping[int, Indicator],
    indicator: int,
    how: str,
    comment: str,
    points: Decimal | None,
    held: str,
) -> dict[str, Any]:
    leaf = tree[indicator]
    dimension = tree[tree[leaf.parent_id or 0].parent_id or 0]
    return {
        "code": leaf.code,
        "position": leaf.position,
        "dimension": dimension.code,
        "dimension_name": dimension.name_zh,
        "dimension_name_en": dimension.name_en,
        "weight": format(leaf.weight, "f"),
        "score": None if points is None else format(points, "f"),
        "how": how,
        "comment": comment,
        "snapshot": held,
    }


def add_up(assessment: Assessment, leaves: Iterable[dict[str, Any]]) -> Sheet:
    """Add the leaves up, whole and by dimension."""
    ordered = sorted(leaves, key=lambda leaf: leaf["position"])
    pairs: list[tuple[Decimal, Decimal | None]] = []
    by_dimension: dict[tuple[str, ...], list[tuple[Decimal, Decimal | None]]] = {}
    for leaf in ordered:
        points = None if leaf["score"] is None else Decimal(leaf["score"])
        pair = (Decimal(leaf["weight"]), points)
        pairs.append(pair)
        key = tuple(leaf[name] for name in DIMENSION)
        by_dimension.setdefault(key, []).append(pair)
    dimensions = [_dimension(key, total(found)) for key, found in by_dimension.items()]
    return Sheet(assessment, ordered, total(pairs), dimensions)


def _dimension(key: tuple[str, ...], sums: Total) -> dict[str, Any]:
    return {
        **dict(zip(("code", "name", "name_en"), key, strict=True)),
        "weight": format(sums.full, "f"),
        "applicable": format(sums.applicable, "f"),
        "points": format(sums.raw, "f"),
        "score": None if sums.score is None else format(sums.score, "f"),
    }


def freeze(
    cycle: Cycle, sheet: Sheet, graded: Graded, rules: Rules, fallen: list[str]
) -> dict[str, Any]:
    """Return the result's data object: inputs, rules and what came of them."""
    assessment = sheet.assessment
    return {
        "format": FORMAT,
        "cycle": {
            "name": cycle.name,
            "year": cycle.year.code,
            "region": cycle.region.name,
            "framework": cycle.framework.code,
            "version": cycle.framework.version,
            "reference_day": cycle.reference_day.isoformat(),
        },
        "subject": {
            "kind": assessment.target,
            "label": assessment.label,
            "variant": assessment.variant,
            "facts": assessment.facts,
            "members": assessment.members,
        },
        "rules": {key: _exact(value) for key, value in rules.values.items()},
        "veto": {"kind": assessment.veto_kind, "cap": assessment.veto_cap},
        "leaves": sheet.leaves,
        "totals": _totals(sheet),
        "standing": {
            "band": graded.band,
            "grade": graded.grade,
            "limited_by": graded.limited_by,
            "fallen_members": fallen,
            "rank": graded.rank,
            "of": graded.of,
        },
    }


def _exact(value: Any) -> Any:
    return format(value, "f") if isinstance(value, Decimal) else value


def _totals(sheet: Sheet) -> dict[str, Any]:
    sums = sheet.total
    return {
        "raw": format(sums.raw, "f"),
        "applicable": format(sums.applicable, "f"),
        "full": format(sums.full, "f"),
        "score": format(sheet.score, "f"),
        "dimensions": sheet.dimensions,
    }


def replay(result: Result) -> dict[str, Any]:
    """Work a result out again from the snapshots of its scores.

    Every leaf is scored anew from its snapshot, whatever its row says; the same inputs
    give the same data object, hence the same digest.
    """
    assessment, frozen = result.assessment, result.frozen
    tree = tree_of(assessment.framework_id)
    rows = with_digests(Score.objects.filter(assessment=assessment))
    fields = ("indicator_id", "how", "comment", "snapshot")
    leaves = [
        _leaf(tree, indicator, how, comment, _scored_anew(snapshot), held)
        for indicator, how, comment, snapshot, held in rows.values_list(*fields, HELD)
    ]
    sheet = add_up(assessment, leaves)
    lines = Lines(*(Decimal(frozen["rules"][f"grade.{n}_min"]) for n in "abc"))
    standing = {**frozen["standing"], "band": band_of(sheet.score, lines)}
    return {
        **frozen,
        "leaves": sheet.leaves,
        "totals": _totals(sheet),
        "standing": standing,
    }


def _scored_anew(snapshot: Mapping[str, Any]) -> Decimal | None:
    scored = score_leaf(snapshot)
    if scored.is_na:
        return None
    return _or_nothing(scored.score)


def is_reproducible(result: Result) -> bool:
    """Tell whether a result can be worked out again with the same digest."""
    return digest(replay(result)) == result.digest
