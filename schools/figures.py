"""Which figures each stage returns, and what is wrong with those given."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from schools.choices import Stage
from schools.models.returns import BANDS, LABELS, PARTS

CLASS_BANDS = BANDS
TEACHERS = ("above_degree", "backbone", "pe_arts")
CONDITIONS = ("teaching_area", "sports_area", "equipment_value", "multimedia_rooms")
COHORT = ("cohort", "retained")
FITNESS = ("fitness_tested", "fitness_exc_good")
ZONES = ("in_zone", "out_of_zone")
KINDER = (
    "days_due",
    "days_attended",
    "zone_applicants",
    "zone_admitted",
    "indoor_area",
    "play_area",
    "is_full_day",
)

STAFF = ("staff", "full_time")
_PUPILS = ("students", "classes", *CLASS_BANDS, "seats", "new_intake")
_LATER = (*COHORT, *STAFF, *TEACHERS, *CONDITIONS, *FITNESS)
BY_STAGE: dict[str, tuple[str, ...]] = {
    Stage.KINDERGARTEN: (
        *("students", "classes", "seats", "new_intake"),
        *(*STAFF, "backbone", *KINDER),
    ),
    Stage.PRIMARY: (*_PUPILS, *ZONES, *_LATER),
    Stage.JUNIOR: (*_PUPILS, *ZONES, *_LATER),
    Stage.SENIOR: (*_PUPILS, *_LATER),
    Stage.VOCATIONAL: (*_PUPILS, *_LATER),
}
"""The figures that a return of each stage holds; all are needed before submitting."""


def missing_figures(return_: Any) -> list[str]:
    """Return the names of the figures still missing from a return."""
    return [n for n in BY_STAGE[return_.stage] if getattr(return_, n) is None]


def faults_of(values: Mapping[str, Any]) -> dict[str, str]:
    """Return field → message for parts above totals and bands that do not add up."""
    faults: dict[str, str] = {}
    for parts, total in PARTS.values():
        given = [values.get(name) for name in (*parts, total)]
        if None not in given and sum(given[:-1]) > given[-1]:  # type: ignore[arg-type]
            faults[parts[0]] = _(
                "“%(part)s”不能大于“%(total)s”（%(sum)s > %(all)s）"
            ) % {
                "part": " + ".join(str(LABELS[name]) for name in parts),
                "total": LABELS[total],
                "sum": sum(given[:-1]),  # type: ignore[arg-type]
                "all": given[-1],
            }
    faults.update(_band_fault(values))
    return faults


def sums_of(stage: str) -> list[dict[str, Any]]:
    """Return the rules of a stage for whoever counts along while figures are typed.

    Each has ``parts``, their ``total``, whether they must be ``exact``, and ``words``
    in which ``{sum}`` and ``{all}`` stand for the two numbers.
    """
    held = set(BY_STAGE[stage])
    numbers = {"sum": "{sum}", "all": "{all}"}
    found = [
        {
            "parts": parts,
            "total": total,
            "exact": False,
            "words": _("“%(part)s”不能大于“%(total)s”（%(sum)s > %(all)s）")
            % {
                "part": " + ".join(str(LABELS[name]) for name in parts),
                "total": LABELS[total],
                **numbers,
            },
        }
        for parts, total in PARTS.values()
        if {*parts, total} <= held
    ]
    if set(BANDS) <= held:
        words = _("各人数段班级数之和 %(sum)s 应等于班级数 %(all)s") % numbers
        found.append(
            {"parts": BANDS, "total": "classes", "exact": True, "words": words}
        )
    return found


def _band_fault(values: Mapping[str, Any]) -> dict[str, str]:
    bands = [values.get(name) for name in BANDS]
    given = [band for band in bands if band is not None]
    if not given:
        return {}
    if len(given) < len(BANDS):
        return {BANDS[bands.index(None)]: _("请填齐五个人数段的班级数，没有的填 0")}
    if values.get("classes") is None:
        return {"classes": _("填写人数段前请先填写班级数")}
    if sum(given) != values["classes"]:
        message = _("各人数段班级数之和 %(sum)s 应等于班级数 %(all)s")
        return {"classes": message % {"sum": sum(given), "all": values["classes"]}}
    return {}
