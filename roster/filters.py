"""Filters of sources and deliveries."""

from core.filters import FilterSet
from roster.models import Source, SyncRun


class SyncRunFilter(FilterSet):
    """Find deliveries by state, source and door."""

    class Meta:
        model = SyncRun
        fields = ("state", "kind")
        search_fields = ("file_name", "source__name", "source__code")


class SourceFilter(FilterSet):
    """Find sources by name, code and region."""

    class Meta:
        model = Source
        fields: tuple[str, ...] = ()
        search_fields = ("name", "code", "region__name")
