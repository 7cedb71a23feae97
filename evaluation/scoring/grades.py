"""Grades of a whole population: bands, quota of the best grade, members, veto."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

A, B, C, D = "A", "B", "C", "D"


@dataclass(frozen=True)
class Lines:
    """The lowest score of grades A, B and C."""

    a: Decimal
    b: Decimal
    c: Decimal


@dataclass(frozen=True)
class Standing:
    """One subject before grading; ``county`` is where its quota counts."""

    key: int
    score: Decimal
    county: int = 0
    veto_cap: str = ""
    fallen_members: tuple[str, ...] = ()


@dataclass(frozen=True)
class Graded:
    """Band by score, grade after every limit, and what limited it."""

    key: int
    band: str
    grade: str
    limited_by: str
    rank: int
    of: int


def band_of(score: Decimal, lines: Lines) -> str:
    """Return the grade that the score alone earns."""
    if score >= lines.a:
        return A
    if score >= lines.b:
        return B
    return C if score >= lines.c else D


def places(count: int, quota: Decimal) -> int:
    """Return how many of ``count`` may be A: the share, cut off, at least one."""
    return max(1, int(count * quota)) if count and quota > 0 else 0


def grade_all(
    standings: Sequence[Standing], lines: Lines, quota: Decimal | None = None
) -> list[Graded]:
    """Grade and rank a population; ``quota`` of None leaves grade A unlimited.

    Veto and fallen members are looked at first, so that they free their place; the
    quota counts per county, and ties at its edge all pass.
    """
    allowed = _allowed(standings, lines, quota)
    ranks = rank_by_score([s.score for s in standings])
    return [
        _grade(s, lines, s.key in allowed, rank, len(standings))
        for s, rank in zip(standings, ranks, strict=True)
    ]


def rank_by_score(scores: Sequence[Decimal]) -> list[int]:
    """Return the place of each score, the highest first; equal scores share a place."""
    first: dict[Decimal, int] = {}
    for place, score in enumerate(sorted(scores, reverse=True), start=1):
        first.setdefault(score, place)
    return [first[score] for score in scores]


def _allowed(
    standings: Sequence[Standing], lines: Lines, quota: Decimal | None
) -> set[int]:
    candidates = [
        s
        for s in standings
        if band_of(s.score, lines) == A and not s.veto_cap and not s.fallen_members
    ]
    if quota is None:
        return {s.key for s in candidates}
    allowed: set[int] = set()
    for county in {s.county for s in standings}:
        size = sum(1 for s in standings if s.county == county)
        allowed |= _best(
            [s for s in candidates if s.county == county], places(size, quota)
        )
    return allowed


def _best(candidates: Iterable[Standing], number: int) -> set[int]:
    ordered = sorted(candidates, key=lambda s: s.score, reverse=True)
    if len(ordered) <= number:
        return {s.key for s in ordered}
    if not number:
        return set()
    edge = ordered[number - 1].score
    return {s.key for s in ordered if s.score >= edge}


def _grade(
    standing: Standing, lines: Lines, may_be_best: bool, rank: int, of: int
) -> Graded:
    band = band_of(standing.score, lines)
    grade, limited_by = band, ""
    if band == A and not may_be_best:
        grade = B
        limited_by = "MEMBER" if standing.fallen_members else "QUOTA"
    if standing.veto_cap and grade < standing.veto_cap:
        grade, limited_by = standing.veto_cap, "VETO"
    return Graded(standing.key, band, grade, limited_by, rank, of)
