"""Refusals in the words of the standard."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.http import HttpResponse

from roster.provider.declaring import V1P1, Version

MINORS = {
    400: "invaliddata",
    401: "unauthorisedrequest",
    403: "forbidden",
    404: "unknownobject",
    405: "invaliddata",
    422: "invaliddata",
    429: "server_busy",
    500: "internal_server_error",
}
OLD_MINORS = {"invaliddata": "invalid_data", "unauthorisedrequest": "unauthorized"}
MINORS_1P2 = (
    *("fullsuccess", "invalid_filter_field", "invalid_selection_field"),
    *("invaliddata", "unauthorisedrequest", "forbidden", "server_busy"),
    *("unknownobject", "internal_server_error"),
)
MINORS_1P1 = (
    *("full_success", "unknown_object", "unknownobject", "invalid_data"),
    *("unauthorized", "invalid_sort_field", "invalid_filter_field"),
    *("invalid_selection_field", "forbidden", "server_busy"),
    "internal_server_error",
)


class Problem(Exception):
    """A request that is refused: its status, the standard's word and the reason."""

    def __init__(self, status: int, reason: str, minor: str = "", **headers: str):
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.minor = minor or MINORS[status]
        self.headers = {k.replace("_", "-"): v for k, v in headers.items()}


def payload(problem: Problem, version: Version) -> dict[str, Any]:
    """Return the body of a refusal as a version of the standard writes it."""
    minor = problem.minor
    if version is V1P1:
        minor = OLD_MINORS.get(minor, minor)
    elif minor == "invalid_sort_field":
        minor = "invaliddata"
    body: dict[str, Any] = {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": problem.reason,
        "imsx_CodeMinor": {
            "imsx_codeMinorField": [
                {
                    "imsx_codeMinorFieldName": "TargetEndSystem",
                    "imsx_codeMinorFieldValue": minor,
                }
            ]
        },
    }
    if version is V1P1:
        body["imsx_messageRefIdentifier"] = str(uuid.uuid4())
    return body


def answer(problem: Problem, version: Version) -> HttpResponse:
    """Return the response to a refused request."""
    return HttpResponse(
        json.dumps(payload(problem, version), ensure_ascii=False),
        status=problem.status,
        content_type="application/json",
        headers=problem.headers,
    )
