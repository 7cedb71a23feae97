"""What of rosters a region reaches: its own and those below."""

from collections.abc import Sequence

from django.db.models import Q

from accounts.roles import REGION
from core.registries import register_reach


@register_reach(REGION, "roster.source")
def _sources(ids: Sequence[int]) -> Q:
    return Q(region__lineage__overlap=list(ids))


@register_reach(REGION, "roster.syncrun")
def _runs(ids: Sequence[int]) -> Q:
    return Q(source__region__lineage__overlap=list(ids))


@register_reach(REGION, "roster.pupilroster")
def _pupil_rosters(ids: Sequence[int]) -> Q:
    return Q(region__lineage__overlap=list(ids))
