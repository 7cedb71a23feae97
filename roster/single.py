"""One object of the roster at its address: read as the standard says, or written."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from roster.choices import Collection
from roster.inbound.views import SingleView
from roster.provider.declaring import V1P2, Version
from roster.provider.problems import MINORS, Problem, answer
from roster.provider.views import ObjectView

_write: Any = SingleView.as_view()
KEPT_HEADERS = ("WWW-Authenticate", "Retry-After")


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
        given = _write(request, collection=name, sourced_id=sourced_id)
        if given.status_code < HTTPStatus.BAD_REQUEST:
            written: HttpResponseBase = given
            return written
        return _refused(given)


def _refused(given: Any) -> HttpResponseBase:
    """Return a refusal in the words of the standard, every error of the row named."""
    status = given.status_code
    errors = given.data.get("errors", ())
    told = [f"{e['field']}: {e['message']}" for e in errors if "message" in e]
    minor = MINORS.get(status, MINORS[HTTPStatus.BAD_REQUEST])
    problem = Problem(status, "；".join(told) or str(given.data["detail"]), minor)
    response = answer(problem, V1P2)
    for name in KEPT_HEADERS:
        if name in given.headers:
            response.headers[name] = given.headers[name]
    return response


def object_view(collection: str, version: Version) -> type[ObjectView]:
    """Return the view of single objects of a collection."""
    writable = version is V1P2 and collection in Collection.values
    return WritableObjectView if writable else ObjectView
