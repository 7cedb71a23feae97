"""The scoring functions: each turns one figure into the share of a leaf's weight."""

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal

ZERO, ONE = Decimal(0), Decimal(1)
CENT = Decimal("0.01")
LEVELS = ("A", "B", "C", "D", "E")
"""Levels of a rubric; E stands for “none of them” and is worth nothing."""
RUBRIC_SHARES = {"A": "1.0", "B": "0.8", "C": "0.6", "D": "0.3"}
Args = Mapping[str, str]


def half_up(value: Decimal) -> Decimal:
    """Round half up to 0.01, as every leaf and total is."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def clamp(value: Decimal) -> Decimal:
    """Keep a share within 0 and 1."""
    return min(ONE, max(ZERO, value))


def cap(x: Decimal, args: Args) -> Decimal:
    """CAP(x, T): min(1, x / T)."""
    return clamp(x / Decimal(args["target"]))


def band(x: Decimal, args: Args) -> Decimal:
    """BAND(x, low, high): clamp((x − low) / (high − low), 0, 1)."""
    low, high = Decimal(args["low"]), Decimal(args["high"])
    return clamp((x - low) / (high - low))


def down(x: Decimal, args: Args) -> Decimal:
    """DOWN(x, good, bad): clamp((bad − x) / (bad − good), 0, 1)."""
    good, bad = Decimal(args["good"]), Decimal(args["bad"])
    return clamp((bad - x) / (bad - good))


def share(x: Decimal, args: Args) -> Decimal:
    """SHARE(a/b): the ratio itself."""
    return clamp(x)


def improve(x: Decimal, args: Args) -> Decimal:
    """IMPROVE(Δ, target): clamp(Δ / target, 0, 1)."""
    return clamp(x / Decimal(args["target"]))


def boolean(x: Decimal, args: Args) -> Decimal:
    """BOOL(c): all or nothing, from ``min`` (1 when not given) on."""
    return ONE if x >= Decimal(args.get("min", "1")) else ZERO


def report(x: Decimal, args: Args) -> Decimal:
    """REPORT: the points of an accepted report over its scale."""
    return clamp(x / Decimal(args.get("scale", "100")))


FUNCTIONS: dict[str, Callable[[Decimal, Args], Decimal]] = {
    "CAP": cap,
    "BAND": band,
    "DOWN": down,
    "SHARE": share,
    "IMPROVE": improve,
    "BOOL": boolean,
    "SAT": band,
    "REPORT": report,
}


def fraction(function: str, x: Decimal | None, args: Args) -> Decimal:
    """Return the share of the weight that a figure earns, 0 to 1, unrounded.

    A figure without a value earns nothing in every function, DOWN too: withholding
    data never pays.
    """
    return ZERO if x is None else FUNCTIONS[function](x, args)


def rubric(level: str, args: Args, capped_at: str = "") -> Decimal:
    """Return the share of a rubric's level; ``capped_at`` is the best level allowed."""
    if capped_at and level < capped_at:
        level = capped_at
    return Decimal(args.get(level, "0"))


def rule_text(function: str, args: Args) -> str:
    """Write the rule with its numbers, ``BAND(x, 0.30, 0.55)``."""
    names = {
        "CAP": ("target",),
        "BAND": ("low", "high"),
        "SAT": ("low", "high"),
        "DOWN": ("good", "bad"),
        "IMPROVE": ("target",),
        "BOOL": ("min",),
        "REPORT": ("scale",),
    }.get(function, ())
    values = [args[name] for name in names if name in args]
    return f"{function}({', '.join(['x', *values])})"
