"""Answering requests: who asks, what for, and the answer in the standard's words."""

from __future__ import annotations

import logging
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from roster.provider.asking import Asked, read_fields, read_list
from roster.provider.callers import CORE, FULL, PEOPLE, Caller, caller_of
from roster.provider.declaring import V1P2, Version
from roster.provider.discovery import document
from roster.provider.endpoints import Listing, Nested
from roster.provider.pace import slow_down
from roster.provider.people import DEMOGRAPHICS
from roster.provider.problems import Problem, answer
from roster.provider.reading import Page, Reader

logger = logging.getLogger(__name__)
SAFE_IN_LINK = "-._~"


def base_url(request: HttpRequest, version: Version) -> str:
    """Return the absolute address under which a version is served."""
    site = settings.SITE_URL.rstrip("/") or request.build_absolute_uri("/").rstrip("/")
    return f"{site}{version.prefix}"


@method_decorator((login_not_required, csrf_exempt), name="dispatch")
class RosterView(View):
    """Base: every answer, refusals and failures too, has the standard's shape."""

    version: ClassVar[Version] = V1P2
    scopes: ClassVar[tuple[str, ...]] = (FULL,)

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Answer, or say in the standard's words why not."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except Problem as problem:
            return answer(problem, self.version)
        except Exception:
            logger.exception("OneRoster request failed: %s", request.path)
            reason = _("系统出错，已记录。请稍后重试；若仍不行，请联系系统管理员。")
            return answer(Problem(500, reason), self.version)

    def http_method_not_allowed(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """405: the address has no such method."""
        names = (name for name in self.http_method_names if hasattr(self, name))
        allowed = ", ".join(name.upper() for name in names)
        problem = Problem(405, _("该地址只支持 %s") % allowed, Allow=allowed)
        return answer(problem, self.version)

    def caller(self, request: HttpRequest, *names: str) -> Caller:
        """Return the calling program, which must have one of the scopes."""
        caller = caller_of(request.headers.get("Authorization", ""))
        if not caller.may(*(names or self.scopes)):
            wanted = " ".join(self.version.scopes + n for n in names or self.scopes)
            raise Problem(403, _("访问令牌没有所需的权限范围：%s") % wanted)
        slow_down(caller)
        return caller

    def reader(self, request: HttpRequest) -> Reader:
        """Return what reads for the calling program."""
        caller = self.caller(request)
        return Reader(caller, self.version, base_url(request, self.version))


def json_response(text: str, **headers: str) -> HttpResponse:
    """Return JSON text that the database has written."""
    return HttpResponse(
        text,
        content_type="application/json",
        headers={k.replace("_", "-"): v for k, v in headers.items()},
    )


def links(request: HttpRequest, url: str, asked: Asked, total: int) -> str:
    """Return the Link header: first, last, and the pages beside this one."""
    kept = [
        (name, value)
        for name, values in request.GET.lists()
        for value in values
        if name not in {"limit", "offset"}
    ]
    last = (total - 1) // asked.limit * asked.limit if total else 0
    places = {"first": 0, "last": last}
    if asked.offset + asked.limit < total:
        places["next"] = asked.offset + asked.limit
    if asked.offset > 0:
        places["prev"] = max(0, min(asked.offset - asked.limit, last))

    def link(offset: int) -> str:
        more = [("limit", str(asked.limit)), ("offset", str(offset))]
        return f"{url}?{urlencode([*kept, *more], quote_via=quote, safe=SAFE_IN_LINK)}"

    return ", ".join(f'<{link(at)}>; rel="{rel}"' for rel, at in places.items())


class ListView(RosterView):
    """A page of a list."""

    def respond(
        self,
        request: HttpRequest,
        reader: Reader,
        listing: Listing,
        asked: Asked,
        page: Page,
    ) -> HttpResponse:
        """Return the page with its headers."""
        site = reader.base.removesuffix(self.version.prefix)
        url = site + quote(request.path)
        return json_response(
            f'{{"{listing.collection.name}":[{page.text}]}}',
            X_Total_Count=str(page.total),
            Link=links(request, url, asked, page.total),
        )


def scopes_of(listing: Listing) -> tuple[str, ...]:
    """Return the scopes one of which opens a collection and its objects."""
    return (PEOPLE,) if listing.collection is DEMOGRAPHICS else (CORE, FULL)


class CollectionView(ListView):
    """All of a collection that the caller reaches."""

    listing: ClassVar[Listing]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return a page."""
        reader = self.reader(request)
        asked = read_list(request.GET, self.listing, self.version)
        page = reader.page(self.listing, asked)
        return self.respond(request, reader, self.listing, asked, page)


class ObjectView(RosterView):
    """One object by its identifier; writers of the same address add their methods."""

    listing: ClassVar[Listing]

    def get(self, request: HttpRequest, sourced_id: str) -> HttpResponse:
        """Return the object."""
        reader = self.reader(request)
        fields = read_fields(request.GET, self.listing, self.version)
        text = None
        if "\0" not in sourced_id:
            text = reader.single(self.listing, sourced_id, Asked(fields=fields))
        if text is None:
            raise missing()
        return json_response(f'{{"{self.listing.collection.singular}":{text}}}')


class NestedView(ListView):
    """A list below one object."""

    nested: ClassVar[Nested]

    def get(self, request: HttpRequest, **names: str) -> HttpResponse:
        """Return a page."""
        reader = self.reader(request)
        listing = self.nested.listing
        asked = read_list(request.GET, listing, self.version)
        given = list(names.values())
        if any("\0" in name for name in given):
            raise missing()
        page = reader.nested(self.nested, given, asked)
        if page is None:
            raise missing()
        return self.respond(request, reader, listing, asked, page)


class DiscoveryView(RosterView):
    """The description of the service; open to all, as it holds no data."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the document with this server's addresses."""
        return json_response(document(self.version, base_url(request, self.version)))


class UnknownView(RosterView):
    """Any other address below the prefix."""

    def http_method_not_allowed(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """404: there is no such address, whatever the method."""
        return answer(Problem(404, _("没有这个地址")), self.version)


def missing() -> Problem:
    """Return the refusal of an object that is not there, or not to be seen."""
    return Problem(404, _("没有这个对象，或不在可读取的范围内"))
