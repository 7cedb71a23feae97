"""Scoring functions against figures worked out by hand, and their laws."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.scoring.conditions import holds, names_in, parse
from evaluation.scoring.functions import FUNCTIONS, fraction, half_up
from evaluation.scoring.grades import Lines, Standing, grade_all, places
from evaluation.scoring.leaf import hand_maximum, score_leaf
from evaluation.scoring.totals import total

LINES = Lines(Decimal(90), Decimal(80), Decimal(60))


def leaf(weight: str, function: str, value: str | None, **extra: Any) -> dict[str, Any]:
    """Build the snapshot of a leaf with one automatic part."""
    args = extra.pop("args", {})
    known = {"m": value, **extra.pop("known", {})}
    part = {
        "share": "1",
        "source": "SYSTEM",
        "metric": "m",
        "function": function,
        "args": args,
        "automatic": True,
    }
    return {"weight": weight, "parts": [part], "known": known, **extra}


def by_hand(weight: str, args: dict[str, str], **extra: Any) -> dict[str, Any]:
    """Build the snapshot of a leaf scored by a rubric."""
    part = {
        "share": "1",
        "source": "EXPERT",
        "metric": None,
        "function": "RUBRIC",
        "args": args,
        "automatic": False,
    }
    return {"weight": weight, "parts": [part], **extra}


RUBRIC = {"A": "1.0", "B": "0.8", "C": "0.6", "D": "0.3"}


@pytest.mark.clause("BN-4.3.3")
@pytest.mark.parametrize(
    ("weight", "function", "args", "value", "points"),
    [
        # 31.8 % fit pupils: (0.318 − 0.30) / 0.25 × 3 = 0.216
        ("3", "BAND", {"low": "0.30", "high": "0.55"}, "0.318", "0.22"),
        ("3", "BAND", {"low": "0.30", "high": "0.55"}, "0.29", "0.00"),
        ("5", "BAND", {"low": "-0.10", "high": "0.20"}, "0.05", "2.50"),
        # 4.5 % of teachers exchanged of 10 %: 4 × 0.45
        ("4", "CAP", {"target": "0.10"}, "0.045", "1.80"),
        ("4", "CAP", {"target": "0.10"}, "0.30", "4.00"),
        # 2 large classes of 96: (0.05 − 0.0208333) / 0.05 × 4 = 2.3333
        ("4", "DOWN", {"good": "0", "bad": "0.05"}, "0.02083333333333", "2.33"),
        ("4", "DOWN", {"good": "0", "bad": "0.05"}, "0", "4.00"),
        ("4", "IMPROVE", {"target": "0.05"}, "-0.02", "0.00"),
        ("4", "IMPROVE", {"target": "0.05"}, "0.0250", "2.00"),
        ("4", "SHARE", {}, "0.75", "3.00"),
        ("1", "BOOL", {"min": "1"}, "1", "1.00"),
        ("1", "BOOL", {"min": "0.90"}, "0.8999", "0.00"),
        ("4", "SAT", {"low": "0.70", "high": "0.95"}, "0.886", "2.98"),
        ("3", "REPORT", {"scale": "100"}, "83.5", "2.51"),
    ],
)
def test_each_function_gives_the_points_worked_out_by_hand(
    weight: str, function: str, args: dict[str, str], value: str, points: str
) -> None:
    assert score_leaf(leaf(weight, function, value, args=args)).score == Decimal(points)


def test_points_are_rounded_half_up_and_not_to_even() -> None:
    assert half_up(Decimal("0.125")) == Decimal("0.13")
    assert half_up(Decimal("2.505")) == Decimal("2.51")


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_missing_data_scores_nothing_in_every_function(function: str) -> None:
    args = {"target": "1", "low": "0", "high": "1", "good": "0", "bad": "1"}

    scored = score_leaf(leaf("4", function, None, args=args))

    assert (scored.score, scored.is_na) == (Decimal(0), False)


@given(
    function=st.sampled_from(sorted(FUNCTIONS)),
    value=st.decimals(-1000, 1000, places=6),
    weight=st.decimals("0.5", 20, places=2),
)
def test_points_always_lie_between_nothing_and_the_weight(
    function: str, value: Decimal, weight: Decimal
) -> None:
    args = {
        "target": "0.6",
        "low": "-0.1",
        "high": "0.2",
        "good": "0",
        "bad": "0.05",
        "min": "1",
        "scale": "100",
    }
    score = score_leaf(leaf(str(weight), function, str(value), args=args)).score

    assert score is not None
    assert 0 <= score <= weight
    assert score == half_up(score)


@given(
    function=st.sampled_from(["CAP", "BAND", "SHARE", "IMPROVE", "BOOL", "SAT"]),
    low=st.decimals(-2, 2, places=4),
    step=st.decimals(0, 2, places=4),
)
def test_a_better_figure_never_earns_less(
    function: str, low: Decimal, step: Decimal
) -> None:
    args = {"target": "0.6", "low": "-0.1", "high": "0.2", "min": "1"}

    assert fraction(function, low, args) <= fraction(function, low + step, args)


def test_one_class_past_the_oversize_line_costs_the_whole_leaf() -> None:
    args = {"good": "0", "bad": "0.05", "zero_if": "schools.oversize_class_count > 0"}
    known = {"schools.oversize_class_count": "1"}

    assert score_leaf(leaf("4", "DOWN", "0.01", args=args, known=known)).score == 0


def test_nothing_to_do_counts_as_all_done() -> None:
    args = {"one_if": "evaluation.rectification_due_count == 0"}
    known = {"evaluation.rectification_due_count": "0"}

    assert score_leaf(leaf("2", "SHARE", None, args=args, known=known)).score == 2


def test_a_factor_lowers_the_points() -> None:
    args = {"low": "0.70", "high": "0.95", "times": "funding.spending_compliance_rate"}
    known = {"funding.spending_compliance_rate": "0.9"}

    assert score_leaf(leaf("2", "BAND", "0.95", args=args, known=known)).score == (
        Decimal("1.80")
    )


def test_parts_are_rounded_together_and_not_one_by_one() -> None:
    part = {
        "share": "0.5",
        "source": "SYSTEM",
        "metric": "m",
        "function": "SHARE",
        "args": {},
        "automatic": True,
    }
    snapshot = {"weight": "1", "parts": [part, part], "known": {"m": "0.005"}}

    # two parts of 0.0025 each would round to nothing
    assert score_leaf(snapshot).score == Decimal("0.01")


def test_a_leaf_that_does_not_apply_has_no_points() -> None:
    rule = {"kind": "MODE", "when": "primary_mode != AK_EXTERNAL_LOCAL"}
    snapshot = leaf(
        "2",
        "CAP",
        "1",
        args={"target": "1"},
        na={**rule, "automatic": True},
        facts={"primary_mode": "AK_CORE_NEW"},
    )

    assert score_leaf(snapshot).is_na


@pytest.mark.parametrize(
    ("level", "points"),
    [("A", "2.00"), ("B", "1.60"), ("C", "1.20"), ("D", "0.60"), ("E", "0.00")],
)
@pytest.mark.clause("BN-4.3.2")
def test_a_rubric_gives_its_share_of_the_weight(level: str, points: str) -> None:
    scored = score_leaf(by_hand("2", RUBRIC, hand={"level": level}))

    assert scored.score == Decimal(points)


def test_a_rubric_is_capped_where_its_condition_holds() -> None:
    args = {**RUBRIC, "cap_if": "groups.without > 0", "cap_level": "D"}
    known = {"groups.without": "1"}

    scored = score_leaf(by_hand("2", args, hand={"level": "A"}, known=known))

    assert scored.score == Decimal("0.60")


def test_a_hand_leaf_waits_until_a_person_scored_it() -> None:
    assert score_leaf(by_hand("2", RUBRIC)).score is None


def test_a_mixed_leaf_adds_the_hand_half_to_the_automatic_half() -> None:
    parts = [
        {
            "share": "0.5",
            "source": "SYSTEM",
            "metric": "m",
            "function": "CAP",
            "args": {"target": "5"},
            "automatic": True,
        },
        {
            "share": "0.5",
            "source": "EXPERT",
            "metric": None,
            "function": "RUBRIC",
            "args": RUBRIC,
            "automatic": False,
        },
    ]
    snapshot = {"weight": "2", "parts": parts, "known": {"m": "3"}}

    waiting = score_leaf(snapshot)
    scored = score_leaf({**snapshot, "hand": {"level": "B"}})

    assert (waiting.score, waiting.automatic) == (None, Decimal("0.60"))
    assert hand_maximum(snapshot) == 1
    assert scored.score == Decimal("1.40")


def test_conditions_read_figures_and_words() -> None:
    text = "funding.pool_spent == 0 and funding.pool_agreed == 0"

    assert names_in(text) == ["funding.pool_spent", "funding.pool_agreed"]
    assert holds(text, {name: Decimal(0) for name in names_in(text)})
    assert not holds(text, {"funding.pool_spent": Decimal(0)})
    assert holds("mode != X", {"mode": "Y"})


@pytest.mark.parametrize("text", ["", "a", "a ~ 1", "a > b c", "mode > WORD"])
def test_a_broken_condition_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"condition|ordered"):
        parse(text)


def test_the_score_is_renormalised_over_the_leaves_that_apply() -> None:
    # 68 points of 85 applicable: 80.00
    leaves = [(Decimal(85), Decimal(68)), (Decimal(15), None)]

    whole = total(leaves)

    assert (whole.raw, whole.applicable, whole.score) == (68, 85, Decimal("80.00"))
    assert whole.is_scorable(Decimal(80))
    assert not total([(Decimal(79), Decimal(79)), (Decimal(21), None)]).is_scorable(
        Decimal(80)
    )


def test_a_school_needs_80_per_cent_of_its_own_weight() -> None:
    leaves = [(Decimal(60), Decimal(50)), (Decimal(10), None)]

    assert total(leaves).is_scorable(Decimal(80))


def grades(*scores: str, quota: str | None = "0.30", **marks: Any) -> list[str]:
    """Grade a population of one county; ``marks`` are of the first subject."""
    standings = [Standing(n, Decimal(s), 1) for n, s in enumerate(scores)]
    if marks:
        standings[0] = Standing(0, Decimal(scores[0]), 1, **marks)
    limit = None if quota is None else Decimal(quota)
    return [g.grade for g in grade_all(standings, LINES, limit)]


@pytest.mark.clause("BN-4.3.3")
def test_bands_give_the_grades() -> None:
    scores = ("90", "89.99", "80", "79.99", "60", "59.99")

    assert grades(*scores, quota=None) == ["A", "B", "B", "C", "C", "D"]


def test_at_most_30_per_cent_of_a_county_are_excellent() -> None:
    ten = [str(99 - n) for n in range(10)]

    # 99 … 90 all lie in the band, three of ten may be A
    assert grades(*ten) == ["A"] * 3 + ["B"] * 7


def test_ties_at_the_edge_of_the_quota_all_pass() -> None:
    assert grades("98", "97", "96", "96", "95", "91", "90", "90", "90", "90") == (
        ["A"] * 4 + ["B"] * 6
    )


def test_the_quota_counts_in_each_county_and_grants_one_place_to_small_ones() -> None:
    standings = [Standing(n, Decimal(95 - n), county=n // 2) for n in range(4)]

    graded = grade_all(standings, LINES, Decimal("0.30"))

    assert [g.grade for g in graded] == ["A", "B", "A", "B"]
    assert places(10, Decimal("0.30")) == 3
    assert places(3, Decimal("0.30")) == 1


@pytest.mark.clause("BN-2.2")
def test_a_group_with_a_member_that_fell_is_not_excellent_and_frees_its_place() -> None:
    result = grades("98", "97", fallen_members=("云岭小学",))

    assert result == ["B", "A"]


@pytest.mark.parametrize(("cap", "grade"), [("C", "C"), ("D", "D")])
def test_a_veto_limits_the_grade(cap: str, grade: str) -> None:
    assert grades("98", "70", veto_cap=cap) == [grade, "C"]


def test_a_veto_never_lifts_a_grade() -> None:
    assert grades("50", veto_cap="C") == ["D"]


def test_equal_scores_share_a_place() -> None:
    graded = grade_all([Standing(n, Decimal(80)) for n in (1, 2)], LINES)

    assert [(g.rank, g.of) for g in graded] == [(1, 2), (1, 2)]


@given(st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=30))
def test_grades_never_exceed_their_band_and_a_better_score_never_ranks_lower(
    scores: list[Decimal],
) -> None:
    graded = grade_all(
        [Standing(n, s, n % 3) for n, s in enumerate(scores)], LINES, Decimal("0.30")
    )

    assert all(g.grade >= g.band for g in graded)
    for one, score in zip(graded, scores, strict=True):
        assert one.rank == 1 + sum(other > score for other in scores)
