"""How the doors by which rosters come in stand in the OpenAPI description."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from core.api.problems import MEDIA_TYPE
from roster.choices import Collection, RowResult, RunState
from roster.inbound.sources import SCOPE
from roster.provider.declaring import V1P2
from roster.provider.discovery import problem_schema

Schema = dict[str, Any]
TAG = "sync"
WRITING = "/ims/oneroster/rostering/v1p2/{collection}/{sourcedId}"
STRING, NUMBER = {"type": "string"}, {"type": "integer"}
MOMENT = {"type": "string", "format": "date-time", "nullable": True}
COUNTS = {"type": "object", "additionalProperties": True}


def _object(properties: Schema, *optional: str) -> Schema:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


def _many(items: Schema) -> Schema:
    return {"type": "array", "items": items}


ROW = {
    "type": "object",
    "description": "an object of the collection as OneRoster 1.2 writes it",
    "properties": {
        "sourcedId": STRING,
        "status": {"type": "string", "enum": ["active", "tobedeleted"]},
        "dateLastModified": {"type": "string", "format": "date-time"},
    },
    "required": ["sourcedId"],
    "additionalProperties": True,
}
SENTENCE = _object(
    {"field": STRING, "code": STRING, "message": STRING, "level": STRING}, "level"
)
RESULT = {"type": "string", "enum": list(RowResult.values)}
VERDICT = _object(
    {
        "index": NUMBER,
        "sourcedId": STRING,
        "result": RESULT,
        "errors": _many(SENTENCE),
        "warnings": _many(SENTENCE),
    },
    "errors",
    "warnings",
)
VERDICTS = _object({"counts": COUNTS, "results": _many(VERDICT)})
VERDICTS["additionalProperties"] = True
KEPT_ROW = _object(
    {
        "collection": {"type": "string", "enum": list(Collection.values)},
        "row": NUMBER,
        "sourcedId": STRING,
        "result": RESULT,
        "errors": _many(SENTENCE),
    }
)
KEPT_ROWS = _object({"results": _many(KEPT_ROW), "after": NUMBER}, "after")
RUN = _object(
    {
        "id": NUMBER,
        "state": {"type": "string", "enum": [s.lower() for s in RunState.values]},
        "fileName": STRING,
        "sha256": STRING,
        "mode": {"type": "string", "enum": ["partial", "atomic"]},
        "counts": COUNTS,
        "heldFor": STRING,
        "failure": STRING,
        "faults": _many({}),
        "receivedAt": {"type": "string", "format": "date-time"},
        "finishedAt": MOMENT,
        "progress": STRING,
        "url": {"type": "string", "format": "uri"},
        "results": {"type": "string", "format": "uri"},
    }
)
PROBLEM = _object(
    {
        "type": STRING,
        "title": STRING,
        "status": NUMBER,
        "detail": STRING,
        "errors": _many({"type": "object", "additionalProperties": True}),
    }
)
REFUSALS = {
    400: "the request cannot be read",
    401: "no token, or one that is over",
    403: "the token may not send rosters, or the source is paused",
    404: "no such collection or delivery",
    409: "the Idempotency-Key came with another request",
    413: "too large",
    422: "the rows cannot be taken in",
    429: "too many requests",
}


def _refused(*statuses: int) -> dict[tuple[int, str], OpenApiResponse]:
    return {
        (status, MEDIA_TYPE): OpenApiResponse(PROBLEM, REFUSALS[status])
        for status in (401, 403, 429, *statuses)
    }


def _one_of(name: str, words: list[str], says: str) -> OpenApiParameter:
    return OpenApiParameter(
        name, OpenApiTypes.STR, enum=words, default=words[0], description=says
    )


MODE = _one_of("mode", ["partial", "atomic"], "atomic: one bad row keeps all out")
COLLECTION = OpenApiParameter(
    "collection", OpenApiTypes.STR, OpenApiParameter.PATH, enum=list(Collection.values)
)
KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "maxLength": 200},
    OpenApiParameter.HEADER,
    description="the same key and request again get the stored answer",
)

in_bulk = extend_schema(
    tags=[TAG],
    operation_id="sync_bulk",
    parameters=[
        COLLECTION,
        MODE,
        _one_of("dryRun", ["false", "true"], "true: judge, write nothing"),
        KEY,
    ],
    request={
        "application/json": _object({"rows": _many(ROW)}),
        "application/x-ndjson": {"type": "string", "description": "a row on each line"},
    },
    responses={
        200: OpenApiResponse(VERDICTS, "a verdict for each row"),
        **_refused(400, 404, 409, 413, 422),
    },
)
bundle_sent = extend_schema(
    tags=[TAG],
    operation_id="sync_bundle_create",
    parameters=[
        MODE,
        _one_of("preview", ["false", "true"], "true: wait for a person's word"),
        OpenApiParameter("name", OpenApiTypes.STR, description="what to call the file"),
    ],
    request={"application/zip": OpenApiTypes.BINARY},
    responses={
        200: OpenApiResponse(RUN, "known already: its first delivery"),
        202: OpenApiResponse(RUN, "taken in; follow it at Location"),
        **_refused(400, 413),
    },
)
bundle_told = extend_schema(
    tags=[TAG],
    operation_id="sync_bundle_retrieve",
    responses={200: OpenApiResponse(RUN, "where it stands"), **_refused(404)},
)
bundle_results_told = extend_schema(
    tags=[TAG],
    operation_id="sync_bundle_results",
    parameters=[
        OpenApiParameter("result", OpenApiTypes.STR, enum=list(RowResult.values)),
        OpenApiParameter("limit", {"type": "integer", "minimum": 1, "default": 100}),
        OpenApiParameter("after", {"type": "integer", "minimum": 0, "default": 0}),
        _one_of("as", ["json", "csv"], "csv: all rows as a file"),
    ],
    responses={
        (200, "application/json"): OpenApiResponse(KEPT_ROWS, "a page of rows"),
        (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "all rows"),
        **_refused(400, 404),
    },
)


def describe_single_writes(result: Schema, **kwargs: Any) -> Schema:
    """Enter the writes of one object, whose address lies in the roster service."""
    names = {"collection": list(Collection.values), "sourcedId": None}
    given = [
        {
            "in": "path",
            "name": name,
            "required": True,
            "schema": {"type": "string", **({"enum": words} if words else {})},
        }
        for name, words in names.items()
    ]
    common: Schema = {
        "tags": [TAG],
        "parameters": given,
        "security": [{"clientCredentials": [SCOPE]}],
    }
    body = {"content": {"application/json": {"schema": ROW}}, "required": True}
    said = {"200": "changed, or as it was", "201": "created"}
    result["paths"][WRITING] = {
        "put": {
            **common,
            "operationId": "sync_object_update",
            "requestBody": body,
            "responses": _answers(said),
        },
        "delete": {
            **common,
            "operationId": "sync_object_destroy",
            "responses": _answers({"200": said["200"]}),
        },
    }
    return result


def _answers(said: dict[str, str]) -> Schema:
    """The answers of a single write; refusals are in the words of the standard."""
    good = {"content": {"application/json": {"schema": VERDICT}}}
    answers: Schema = {
        code: {**good, "description": text} for code, text in said.items()
    }
    status = problem_schema(V1P2)
    for code in (400, 401, 403, 404, 413, 422, 429):
        answers[str(code)] = {
            "description": REFUSALS[code],
            "content": {"application/json": {"schema": status}},
        }
    return answers
