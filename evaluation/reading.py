"""A leaf in words: rule → numbers → rows → clause, and how to gain its points."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core.metrics import Metric
from core.registries import metrics
from evaluation.choices import How
from evaluation.models import Score
from evaluation.scoring.conditions import holds
from evaluation.scoring.functions import ZERO, half_up
from evaluation.scoring.leaf import hand_maximum, known_values, part_fraction
from groups.choices import GroupState, Role
from schools.choices import INTERNAL_METRICS, Stage

TITLES = Path(__file__).parent / "data" / "metric_titles.json"
CODES: dict[str, Any] = {"stage": Stage, "role": Role, "state": GroupState}
"""Columns of source rows that hold codes, and the words of the codes."""
RESOURCES = {
    "above_degree": gettext_lazy("高于规定学历教师数"),
    "backbone": gettext_lazy("骨干教师数"),
    "pe_arts": gettext_lazy("体育艺术教师数"),
    "teaching_area": gettext_lazy("教学及辅助用房面积"),
    "sports_area": gettext_lazy("体育运动场馆面积"),
    "equipment_value": gettext_lazy("教学仪器设备值"),
    "multimedia": gettext_lazy("网络多媒体教室数"),
}
FRACTION = re.compile(r"-?\d+\.\d+")
FIRST_HEADS = ("school", "name", "note", "numerator", "denominator", "value")
HELD = ("rows", "figures", "known")
"""What a snapshot keeps by metric."""
FULL_AT = {
    "CAP": "target",
    "BAND": "high",
    "SAT": "high",
    "IMPROVE": "target",
    "BOOL": "min",
    "DOWN": "good",
}


def without_internal(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """Return a snapshot without what examinations say: that stays inside for ever."""
    found = dict(snapshot)
    for kind in HELD:
        held = found.get(kind, {})
        found[kind] = {n: v for n, v in held.items() if n not in INTERNAL_METRICS}
    return found


def is_internal(snapshot: Mapping[str, Any]) -> bool:
    """Tell whether a leaf was worked out from examinations."""
    return any(
        part.get("metric") in INTERNAL_METRICS for part in snapshot.get("parts", ())
    )


def number(value: Decimal | str | None, places: int = 4) -> str:
    """Write a figure with at most ``places`` decimals, without trailing noughts."""
    if value is None:
        return _("未填")
    rounded = round(Decimal(value), places)
    text = format(rounded, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def rule_words(function: str, args: Mapping[str, str]) -> str:
    """Say a rule in words with its numbers."""
    words = {
        "CAP": _("达到 %(target)s 得满分，不足的按比例得分"),
        "BAND": _("从 %(low)s 到 %(high)s 按比例得分"),
        "SAT": _("满意度从 %(low)s 到 %(high)s 按比例得分"),
        "DOWN": _("为 %(good)s 得满分，达到 %(bad)s 得 0 分，其间按比例"),
        "SHARE": _("按比例得分"),
        "IMPROVE": _("提高 %(target)s 得满分，不足的按比例得分"),
        "BOOL": _("达到 %(min)s 得满分，否则 0 分"),
        "RUBRIC": _("按 A %(A)s、B %(B)s、C %(C)s、D %(D)s 的权重折算"),
        "REPORT": _("报告得分除以 %(scale)s"),
    }
    defaults = {"min": "1", "scale": "100"}
    return words[function] % {**defaults, **args}


@dataclass(frozen=True)
class Condition:
    """A condition of a rule in words, and whether it holds."""

    text: str
    effect: str
    holds: bool


@dataclass(frozen=True)
class Part:
    """One automatic or hand part of a leaf, as a person reads it."""

    title: str
    rule: str
    automatic: bool
    numerator: str
    denominator: str
    value: str
    share: Decimal
    fraction: Decimal
    points: Decimal
    conditions: list[Condition]
    metric: str
    numerator_is: str = ""
    denominator_is: str = ""

    @property
    def formula(self) -> str:
        """Return the calculation in one line."""
        if not self.automatic:
            return ""
        ratio = (
            f"{self.numerator} ÷ {self.denominator} = {self.value}"
            if self.denominator
            else self.value
        )
        return _("x = %(ratio)s，得满分的 %(fraction)s%%，计 %(points)s 分") % {
            "ratio": ratio,
            "fraction": number(self.fraction * 100, 2),
            "points": number(self.points, 4),
        }

    @property
    def public_formula(self) -> str:
        """Return the calculation as a document may tell it."""
        if self.metric not in INTERNAL_METRICS:
            return self.formula
        return _("质量监测数据只在内部使用，此处不列")


class Leaf:
    """One leaf of one subject, read from its snapshot."""

    def __init__(
        self, snapshot: Mapping[str, Any], *, score: Decimal | None, **about: Any
    ) -> None:
        self.snapshot = snapshot
        self.score = score
        self.how: str = about.get("how", How.AUTO)
        self.comment: str = about.get("comment", "")
        self.clause: str = about.get("clause", "")
        self.dimension: str = about.get("dimension", "")
        self.dimension_name: str = about.get("dimension_name", "")
        self.is_na: bool = about.get("is_na", False)
        self.pk: int | None = about.get("pk")

    @classmethod
    def from_score(cls, row: Score) -> "Leaf":
        """Read a score row (loaded ``with_leaf``)."""
        dimension = row.indicator.parent.parent
        return cls(
            row.snapshot,
            score=row.score,
            is_na=row.is_na,
            how=row.how,
            comment=row.comment,
            clause=row.indicator.clause,
            dimension=dimension.code,
            dimension_name=dimension.name,
            pk=row.pk,
        )

    @property
    def code(self) -> str:
        """Return the indicator's code without the framework's prefix."""
        return str(self.snapshot["code"]).rsplit("-", 1)[-1]

    @property
    def name(self) -> str:
        """Return the indicator's name in its sector, in the reader's language."""
        if get_language() == "en" and self.snapshot.get("name_en"):
            return str(self.snapshot["name_en"])
        return str(self.snapshot["name"])

    @property
    def weight(self) -> Decimal:
        """Return the points that can be had."""
        return Decimal(self.snapshot["weight"])

    @property
    def lost(self) -> Decimal:
        """Return the points lost; nothing where the leaf does not apply."""
        return ZERO if self.is_na else self.weight - (self.score or ZERO)

    @property
    def ratio(self) -> Decimal:
        """Return the share of the points that was earned."""
        return (self.score or ZERO) / self.weight

    @property
    def how_words(self) -> str:
        """Say who scored: the system, a person, or both."""
        return str(How(self.how).label)

    @property
    def hand_maximum(self) -> Decimal:
        """Return the points a person gives."""
        return half_up(hand_maximum(self.snapshot))

    @property
    def hand(self) -> Mapping[str, str]:
        """Return what a person gave."""
        return self.snapshot.get("hand") or {}

    @cached_property
    def parts(self) -> list[Part]:
        """Return the parts with their figures."""
        known = known_values(self.snapshot)
        return [_part(self, part, known) for part in self.snapshot["parts"]]

    @property
    def rows(self) -> list[tuple[str, list[str], list[list[str]]]]:
        """Return the rows behind each figure: title, heads, cells."""
        return [
            (title_of(name), *_grid(found))
            for name, found in self.snapshot.get("rows", {}).items()
        ]

    @property
    def public_rows(self) -> list[tuple[str, list[str], list[list[str]]]]:
        """Return the rows that may leave the bureau."""
        return [
            (title_of(name), *_grid(found))
            for name, found in self.snapshot.get("rows", {}).items()
            if name not in INTERNAL_METRICS
        ]

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """Return the parameters in force, by key."""
        found: dict[str, str] = {}
        for values in self.snapshot.get("parameters", {}).values():
            found.update({key: str(value) for key, value in values.items()})
        return sorted(found.items())

    @property
    def not_connected(self) -> bool:
        """Tell whether the leaf has a metric that the system cannot compute yet."""
        return any(
            part.get("metric") and not part["automatic"]
            for part in self.snapshot["parts"]
        )

    @property
    def advice(self) -> str:
        """Say what would earn the lost points, or return an empty text."""
        if not self.lost:
            return ""
        for part in self.snapshot["parts"]:
            if part["automatic"]:
                return _advice(self, part)
        part = self.snapshot["parts"][0]
        if part["function"] == "RUBRIC":
            return _("由专家按标准评定：对照 A 级要求补充过程材料")
        return _("%(rule)s；请报送数据和佐证材料") % {
            "rule": rule_words(part["function"], part["args"])
        }


def _part(
    leaf: Leaf, part: Mapping[str, Any], known: Mapping[str, Decimal | str | None]
) -> Part:
    name = part.get("metric") or ""
    figure = leaf.snapshot.get("figures", {}).get(name, {})
    earned = part_fraction(part, known) if part["automatic"] else ZERO
    entry: Metric | None = metrics.find(name)
    share = Decimal(part["share"])
    return Part(
        title=part.get("label_zh") or title_of(name) or leaf.name,
        rule=rule_words(part["function"], part["args"]),
        automatic=part["automatic"],
        numerator=number(figure.get("numerator")) if figure.get("numerator") else "",
        denominator=_denominator(figure),
        value=number(known.get(name)) if name else "",
        share=share,
        fraction=earned,
        points=leaf.weight * share * earned,
        conditions=_conditions(part, known),
        metric=name,
        numerator_is=entry.numerator if entry else "",
        denominator_is=entry.denominator if entry else "",
    )


def _denominator(figure: Mapping[str, str | None]) -> str:
    held = figure.get("denominator")
    return number(held) if held else ""


def _conditions(
    part: Mapping[str, Any], known: Mapping[str, Decimal | str | None]
) -> list[Condition]:
    effects = {
        "zero_if": _("得 0 分"),
        "one_if": _("得满分"),
        "cap_if": _("最高评为 %(level)s 级")
        % {"level": part["args"].get("cap_level", "")},
    }
    return [
        Condition(condition_words(part["args"][kind]), effect, holds(text, known))
        for kind, effect in effects.items()
        if (text := part["args"].get(kind))
    ]


def condition_words(text: str) -> str:
    """Say a condition with the titles of its figures."""
    words = text
    for name in {word for word in text.split() if "." in word}:
        words = words.replace(name, title_of(name) or name)
    return words.replace(" and ", _("，且")).replace("==", "=").replace("!=", "≠")


def title_of(metric: str) -> str:
    """Return the title of a metric, also of one whose data is not connected yet."""
    entry: Metric | None = metrics.find(metric)
    return str(entry.title) if entry else _titles().get(metric, metric)


@cache
def _titles() -> dict[str, str]:
    """Return the titles of the metrics that the shipped frameworks name."""
    titles: dict[str, str] = json.loads(TITLES.read_text(encoding="utf-8"))
    return titles


def _grid(rows: list[Mapping[str, Any]]) -> tuple[list[str], list[list[str]]]:
    found = {key for row in rows for key in row if not key.endswith("_id")}
    heads = [head for head in FIRST_HEADS if head in found]
    heads += sorted(found - set(heads))
    return heads, [[_cell(head, row.get(head)) for head in heads] for row in rows]


def _cell(head: str, value: Any) -> str:
    if value is None:
        return _("未填")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return "、".join(map(str, value)) or "—"
    text = str(value)
    if head == "note":
        return _stage_words(text)
    if head in CODES and text in CODES[head].values:
        return str(CODES[head](text).label)
    if head == "indicator":
        return str(RESOURCES.get(text, text))
    return number(text) if FRACTION.fullmatch(text) else text


def _stage_words(text: str) -> str:
    """Say the codes of stages in a note in words."""
    for stage in Stage:
        text = text.replace(stage.value, str(stage.label))
    return text


def _advice(leaf: Leaf, part: Mapping[str, Any]) -> str:
    name, function, args = part["metric"], part["function"], part["args"]
    figure = leaf.snapshot.get("figures", {}).get(name, {})
    full = Decimal(args.get(FULL_AT.get(function, ""), "1"))
    value = known_values(leaf.snapshot).get(name)
    if not isinstance(value, Decimal):
        return _("尚无数据：补报“%(title)s”的来源数据") % {"title": title_of(name)}
    told = _("“%(title)s”现为 %(value)s，达到 %(full)s 可得满分") % {
        "title": title_of(name),
        "value": number(value),
        "full": number(full),
    }
    step = _missing_units(figure, value, full, function)
    return told + (_("（分子还差 %(step)s）") % {"step": step} if step else "")


def _missing_units(
    figure: Mapping[str, str | None], value: Decimal, full: Decimal, function: str
) -> str:
    top, bottom = figure.get("numerator"), figure.get("denominator")
    if not top or not bottom or Decimal(bottom) == 0 or function == "DOWN":
        return ""
    if abs(Decimal(top) / Decimal(bottom) - value) > Decimal("0.0001"):
        return ""
    needed = full * Decimal(bottom) - Decimal(top)
    if needed <= 0:
        return ""
    return number(needed.quantize(Decimal(1), rounding=ROUND_CEILING), 0)


def by_points_lost(leaves: Iterable[Leaf]) -> list[Leaf]:
    """Return the leaves that lost points, the most first."""
    return sorted((x for x in leaves if x.lost), key=lambda x: (-x.lost, x.code))


def strengths(leaves: Iterable[Leaf], count: int = 5) -> list[Leaf]:
    """Return the heaviest leaves among those that earned nine tenths or more."""
    strong = [x for x in leaves if not x.is_na and x.ratio >= Decimal("0.9")]
    return sorted(strong, key=lambda x: (-x.weight, -x.ratio, x.code))[:count]
