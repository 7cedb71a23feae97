"""Which rows of appraisal a region, a group or a school reaches.

A region reaches what its own cycles and those above it say of its groups and schools.
A group and a school reach their assessments at once, scores once they are shown to
those appraised, and member schools their group's result once it is published.
"""

from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, Exists, OuterRef, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from bureau.models import Region
from bureau.reach import run_in
from core.registries import register_reach
from evaluation.choices import FrameworkState, ResultState
from evaluation.models import Assessment
from groups.models import EducationGroup
from schools.models import School

REGION, GROUP, SCHOOL = "bureau.region", "groups.educationgroup", "schools.school"
SHOWN = [ResultState.PUBLICISED, ResultState.PUBLISHED]
NONE = Q(pk__in=[])


def _regions_above(ids: Sequence[int]) -> list[int]:
    rows = Region.objects.filter(pk__in=ids).values_list("lineage", flat=True)
    return sorted({pk for lineage in rows for pk in lineage})


def _of_region(prefix: str, ids: Sequence[int]) -> Q:
    """The assessments of the regions' own cycles, groups and schools."""
    inside = list(ids)
    return (
        Q(**{f"{prefix}cycle__region__lineage__overlap": inside})
        | Q(**{f"{prefix}group__region__lineage__overlap": inside})
        | Q(**{f"{prefix}school__administered_by__lineage__overlap": inside})
    )


def _was_member(prefix: str, ids: Sequence[int]) -> Q:
    """The assessments of groups that the schools were in on the reference day."""
    return reduce(
        or_,
        (Q(**{f"{prefix}members__contains": [{"school": pk}]}) for pk in ids),
        NONE,
    )


@register_reach(REGION, "evaluation.Framework", **run_in("region"))
def _region_framework(ids: Sequence[int]) -> Q:
    above = _regions_above(ids)
    return Q(region__lineage__overlap=list(ids)) | Q(
        region__in=above, state__in=[FrameworkState.PUBLISHED, FrameworkState.RETIRED]
    )


@register_reach(GROUP, "evaluation.Framework")
def _group_framework(ids: Sequence[int]) -> Q:
    held = Assessment.objects.filter(group__in=list(ids))
    return Q(pk__in=held.values("framework"))


@register_reach(SCHOOL, "evaluation.Framework")
def _school_framework(ids: Sequence[int]) -> Q:
    held = Assessment.objects.filter(_of_school("", ids))
    return Q(pk__in=held.values("framework"))


def _of_school(prefix: str, ids: Sequence[int]) -> Q:
    return (
        Q(**{f"{prefix}school__in": list(ids)})
        | Q(**{f"{prefix}lead_school__in": list(ids)})
        | _was_member(prefix, ids)
    )


@register_reach(REGION, "evaluation.Cycle", **run_in("region"))
def _region_cycle(ids: Sequence[int]) -> Q:
    return Q(region__lineage__overlap=list(ids)) | Q(region__in=_regions_above(ids))


@register_reach(GROUP, "evaluation.Cycle")
def _group_cycle(ids: Sequence[int]) -> Q:
    held = Assessment.objects.filter(group__in=list(ids))
    return Q(pk__in=held.values("cycle"))


@register_reach(SCHOOL, "evaluation.Cycle")
def _school_cycle(ids: Sequence[int]) -> Q:
    held = Assessment.objects.filter(_of_school("", ids))
    return Q(pk__in=held.values("cycle"))


@register_reach(REGION, "evaluation.Assessment", **run_in("cycle__region"))
def _region_assessment(ids: Sequence[int]) -> Q:
    return _of_region("", ids)


@register_reach(GROUP, "evaluation.Assessment")
def _group_assessment(ids: Sequence[int]) -> Q:
    return Q(group__in=list(ids))


@register_reach(SCHOOL, "evaluation.Assessment")
def _school_assessment(ids: Sequence[int]) -> Q:
    own = Q(school__in=list(ids)) | Q(lead_school__in=list(ids))
    return own | (_was_member("", ids) & Q(result__state=ResultState.PUBLISHED))


@register_reach(REGION, "evaluation.Score", **run_in("assessment__cycle__region"))
def _region_score(ids: Sequence[int]) -> Q:
    return _of_region("assessment__", ids)


@register_reach(GROUP, "evaluation.Score")
def _group_score(ids: Sequence[int]) -> Q:
    return Q(assessment__group__in=list(ids), assessment__result__state__in=SHOWN)


@register_reach(SCHOOL, "evaluation.Score")
def _school_score(ids: Sequence[int]) -> Q:
    return _shown_to_school("assessment__", "assessment__result__", ids)


def _shown_to_school(prefix: str, result: str, ids: Sequence[int]) -> Q:
    """Own rows once shown, the group's once published."""
    own = Q(**{f"{prefix}school__in": list(ids)}) | Q(
        **{f"{prefix}lead_school__in": list(ids)}
    )
    shown = Q(**{f"{result}state__in": SHOWN})
    published = Q(**{f"{result}state": ResultState.PUBLISHED})
    return (own & shown) | (_was_member(prefix, ids) & published)


@register_reach(REGION, "evaluation.Result", **run_in("assessment__cycle__region"))
def _region_result(ids: Sequence[int]) -> Q:
    return _of_region("assessment__", ids)


@register_reach(GROUP, "evaluation.Result")
def _group_result(ids: Sequence[int]) -> Q:
    return Q(assessment__group__in=list(ids), state__in=SHOWN)


@register_reach(SCHOOL, "evaluation.Result")
def _school_result(ids: Sequence[int]) -> Q:
    return _shown_to_school("assessment__", "", ids)


@register_reach(
    REGION, "evaluation.PeriodicReport", **run_in("assessment__cycle__region")
)
def _region_report(ids: Sequence[int]) -> Q:
    return _of_region("assessment__", ids)


@register_reach(GROUP, "evaluation.PeriodicReport")
def _group_report(ids: Sequence[int]) -> Q:
    return Q(assessment__group__in=list(ids))


@register_reach(SCHOOL, "evaluation.PeriodicReport")
def _school_report(ids: Sequence[int]) -> Q:
    return Q(assessment__lead_school__in=list(ids))


def _about(model: type, ids: object) -> Q:
    kind = ContentType.objects.get_for_model(model)
    return Q(subject_type=kind, subject_id__in=ids)


@register_reach(REGION, "core.ReportRun")
def _region_run(ids: Sequence[int]) -> Q:
    inside = list(ids)
    groups = EducationGroup.objects.filter(region__lineage__overlap=inside)
    schools = School.objects.filter(administered_by__lineage__overlap=inside)
    return (
        _about(Region, Region.objects.under_ids(inside).values("pk"))
        | _about(EducationGroup, groups.values("pk"))
        | _about(School, schools.values("pk"))
    )


@register_reach(GROUP, "core.ReportRun")
def _group_run(ids: Sequence[int]) -> Q:
    return _about(EducationGroup, list(ids)) & Q(state="PUBLISHED")


@register_reach(SCHOOL, "core.ReportRun")
def _school_run(ids: Sequence[int]) -> Q:
    """The published reports of the schools and of the groups they were in."""
    cycle = Cast(KeyTextTransform("cycle", OuterRef("params")), BigIntegerField())
    held = Assessment.objects.filter(
        _of_school("", ids), group=OuterRef("subject_id"), cycle=cycle
    )
    of_group = _about(EducationGroup, EducationGroup.objects.values("pk"))
    mine = _about(School, list(ids)) | (of_group & Q(Exists(held)))
    return mine & Q(state="PUBLISHED")
