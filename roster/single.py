"""One object of the roster at its address: read as the standard says, or written."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from roster.choices import Collection
from roster.inbound.views import SingleView
from roster.provider.declaring import V1P2, Version
from roster.provider.views import ObjectView

_write: Any = SingleView.as_view()


class WritableObjectView(ObjectView):
    """GET of the standard, with the documented PUT and DELETE beside it."""

    def put(self, request: HttpRequest, sourced_id: str) -> HttpResponseBase:
        """Create or change the object."""
        return self._written(request, sourced_id)

    def delete(self, request: HttpRequest, sourced_id: str) -> HttpResponseBase:
        """Mark the object as to be deleted."""
        return self._written(request, sourced_id)

    def _written(self, request: HttpRequest, sourced_id: str) -> HttpResponseBase:
        name = request.path.rstrip("/").split("/")[-2]
        answer: HttpResponseBase = _write(
            request, collection=name, sourced_id=sourced_id
        )
        return answer


def object_view(collection: str, version: Version) -> type[ObjectView]:
    """Return the view of single objects of a collection."""
    writable = version is V1P2 and collection in Collection.values
    return WritableObjectView if writable else ObjectView
