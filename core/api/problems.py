"""Errors as problem details (RFC 9457): one shape, plain words, every field named."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _
from drf_standardized_errors.handler import exception_handler
from rest_framework import exceptions
from rest_framework.response import Response

from core.constraints import explain
from core.transitions import MoveRefused

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: _("请求内容有误"),
    401: _("未登录或令牌无效"),
    403: _("没有权限或当前不能办理"),
    404: _("未找到"),
    405: _("不支持该操作"),
    406: _("不支持所要求的格式"),
    409: _("与已有记录冲突"),
    413: _("内容过大"),
    415: _("不支持该内容类型"),
    429: _("请求过于频繁，请稍后再试"),
}


def _converted(exc: Exception) -> Exception:
    if isinstance(exc, MoveRefused):
        return exceptions.PermissionDenied(detail=str(exc))
    if isinstance(exc, IntegrityError):
        exc = explain(exc)
    if isinstance(exc, ValidationError):
        if hasattr(exc, "error_dict"):
            return exceptions.ValidationError(exc.message_dict)
        return exceptions.ValidationError({"non_field_errors": exc.messages})
    return exc


def problem(status: int, detail: str, errors: Sequence[Any] = ()) -> dict[str, Any]:
    """Return the members of a problem document."""
    return {
        "type": "about:blank",
        "title": str(TITLES.get(status, _("处理失败"))),
        "status": status,
        "detail": detail,
        "errors": errors,
    }


def problem_handler(exc: Exception, context: Any) -> Response | None:
    """Turn an exception into a problem response, or None to let it be a 500."""
    verdict = getattr(exc, "verdict", None)
    response = exception_handler(_converted(exc), context)
    if response is None or not isinstance(response.data, dict):
        return response
    errors = response.data.get("errors", [])
    detail = "；".join(str(e["detail"]) for e in errors)
    response.data = problem(response.status_code, detail, errors)
    if verdict is not None:
        response.data["clause"] = verdict.clause
        response.data["remedy"] = str(verdict.remedy)
    response.content_type = MEDIA_TYPE
    return response
