"""The doors of the API: rows in bulk, single writes, bundles and their results."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.clients import ClientCaller, ClientTokenAuthentication
from core.api.problems import MEDIA_TYPE, problem
from core.imports.errors import ImportRefused
from roster.choices import Collection, RowResult, RunKind
from roster.inbound.describing import in_bulk
from roster.inbound.objects import Unreadable, read_body
from roster.inbound.receiving import (
    MAX_BYTES,
    MAX_ROWS,
    KeyReused,
    SourcePaused,
    Wish,
    answer_once,
    digest_of,
    receive_rows,
)
from roster.inbound.sources import SCOPE, source_of_client
from roster.models import Source

LINES = {"application/x-ndjson", "application/ndjson", "application/jsonl"}
SINGULAR = {
    Collection.ORGS: "org",
    Collection.SESSIONS: "academicSession",
    Collection.COURSES: "course",
    Collection.CLASSES: "class",
    Collection.USERS: "user",
    Collection.ENROLLMENTS: "enrollment",
}


class Refused(APIException):
    """A refusal with its own status and words."""

    def __init__(self, status: int, detail: str, code: str = "refused") -> None:
        super().__init__(detail, code)
        self.status_code = status


class HasSyncScope(BasePermission):
    """Ask for a program's token with the scope of sending rosters."""

    message = _("令牌没有写入名册的权限范围（roster.createput）")

    def has_permission(self, request: Request, view: Any) -> bool:
        """Tell whether the caller is such a program."""
        token = request.auth
        return isinstance(request.user, ClientCaller) and SCOPE in (
            getattr(token, "scope", "").split()
        )


class LeftUnread(BaseParser):
    """Leaves the body where it is: the doors read it themselves, within limits."""

    media_type = "*/*"

    def parse(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return nothing and read nothing."""
        return {}


class SyncDoor(APIView):
    """What every door has: the token, the scope, the source of the program."""

    permission = SCOPE
    token_scope = SCOPE
    authentication_classes = (ClientTokenAuthentication,)
    permission_classes = (HasSyncScope,)
    parser_classes = (LeftUnread,)

    @property
    def source(self) -> Source:
        """Return the source of the calling program; 403 while it is paused."""
        caller: Any = self.request.user
        found = source_of_client(caller.client)
        if found.paused_at is not None:
            raise Refused(403, _("该来源已停用，不接收数据"), "paused")
        return found


def body_of(request: Request, limit: int) -> bytes:
    """Return the body, 413 when it is larger than the limit."""
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if declared.isdigit() and int(declared) > limit:
        raise Refused(413, _("内容过大，最多 %s MiB") % (limit >> 20), "too_large")
    body: bytes = request._request.read(limit + 1)
    if len(body) > limit:
        raise Refused(413, _("内容过大，最多 %s MiB") % (limit >> 20), "too_large")
    return body


def collection_of(name: str) -> str:
    """Return the collection of an address; 404 when there is none."""
    if name not in Collection.values:
        raise Http404
    return name


def choice_of(request: Request, name: str, words: tuple[str, ...]) -> str:
    """Return a parameter that is one of some words; the first when not given."""
    given = request.query_params.get(name, words[0])
    if given not in words:
        said = _("参数 %(name)s 应为 %(words)s") % {
            "name": name,
            "words": "、".join(filter(None, words)),
        }
        raise Refused(400, said, "bad_parameter")
    return given


def told(refusal: Exception, status: int, code: str) -> Response:
    """Return a problem document."""
    answer = problem(status, str(refusal))
    answer["errors"] = [{"code": code, "detail": str(refusal), "attr": None}]
    return Response(answer, status=status, content_type=MEDIA_TYPE)


class BulkView(SyncDoor):
    """``POST /api/sync/v1/{collection}:bulk``."""

    @in_bulk
    def post(self, request: Request, collection: str) -> Response:
        """Take rows in and answer with a verdict for each."""
        name = collection_of(collection)
        wish = Wish(
            is_atomic=choice_of(request, "mode", ("partial", "atomic")) == "atomic",
            is_dry=choice_of(request, "dryRun", ("false", "true")) == "true",
        )
        key = request.headers.get("Idempotency-Key", "")
        if len(key) > 200 or "\0" in key:
            raise Refused(400, _("Idempotency-Key 最多 200 个字符"), "bad_key")
        body = body_of(request, MAX_BYTES)
        rows = self._rows(body)
        source = self.source
        asked = digest_of(name.encode(), b"%d%d" % (wish.is_atomic, wish.is_dry), body)

        def work() -> tuple[int, dict[str, Any]]:
            return 200, receive_rows(source, name, rows, wish)

        try:
            status, answer, again = answer_once(source.client, key, asked, work)
        except KeyReused:
            said = _("该 Idempotency-Key 已用于另一请求，请更换")
            return told(Refused(409, said), 409, "key_reused")
        except ImportRefused as refusal:
            return told(refusal, 422, refusal.code)
        except SourcePaused as paused:
            raise Refused(403, _("该来源已停用，不接收数据"), "paused") from paused
        response = Response(answer, status=status)
        if again:
            response["Idempotency-Replayed"] = "true"
        return response

    def _rows(self, body: bytes) -> list[Any]:
        kind = (self.request.content_type or "").partition(";")[0].strip().lower()
        try:
            rows = read_body(body, kind in LINES)
        except Unreadable as error:
            raise Refused(400, str(error), "unreadable") from error
        if not rows:
            raise Refused(400, _("没有数据行"), "no_rows")
        if len(rows) > MAX_ROWS:
            raise Refused(413, _("一次最多 %s 行") % MAX_ROWS, "too_many_rows")
        return rows


class SingleView(SyncDoor):
    """``PUT`` and ``DELETE /ims/oneroster/rostering/v1p2/{collection}/{sourcedId}``."""

    def put(self, request: Request, collection: str, sourced_id: str) -> Response:
        """Create (201) or change (200) one object; 422 with every error."""
        name = collection_of(collection)
        value = self._object(body_of(request, MAX_BYTES), name)
        given = value.get("sourcedId", sourced_id)
        if given != sourced_id:
            raise Refused(400, _("sourcedId 与地址不一致"), "id_differs")
        return self._write(name, {**value, "sourcedId": sourced_id})

    def delete(self, request: Request, collection: str, sourced_id: str) -> Response:
        """Mark one object as to be deleted; 404 when the source has none such."""
        row = {"sourcedId": sourced_id, "status": "tobedeleted"}
        return self._write(collection_of(collection), row)

    def _object(self, body: bytes, name: str) -> dict[str, Any]:
        try:
            value = read_body(b'{"rows": [' + body + b"]}", False)
        except Unreadable as error:
            raise Refused(400, _("内容不是 JSON 对象"), "unreadable") from error
        if len(value) != 1 or not isinstance(value[0], dict):
            raise Refused(400, _("内容应为一个对象"), "not_object")
        inner = value[0].get(SINGULAR[Collection(name)], value[0])
        if not isinstance(inner, dict):
            raise Refused(400, _("内容应为一个对象"), "not_object")
        return inner

    def _write(self, name: str, row: dict[str, Any]) -> Response:
        try:
            answer = receive_rows(self.source, name, [row], Wish(kind=RunKind.SINGLE))
        except ImportRefused as refusal:
            return told(refusal, 422, refusal.code)
        result = answer["results"][0]
        if any(w["code"] == "unknown_removed" for w in result.get("warnings", ())):
            raise Http404
        status = {RowResult.CREATED: 201, RowResult.REJECTED: 422}
        return Response(result, status=status.get(result["result"], 200))
