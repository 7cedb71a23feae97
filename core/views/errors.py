"""Refusals and failures in plain words that say what to do next."""

from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from core.api.problems import MEDIA_TYPE, problem
from core.transitions import MoveRefused


def _page(
    request: HttpRequest, status: int, reason: str, **context: Any
) -> HttpResponse:
    if _is_api(request):
        return _problem(status, reason)
    context["reason"] = reason
    name = "components/error_note.html" if _is_htmx(request) else f"{status}.html"
    html = render_to_string(name, {"status": status, **context}, request=request)
    return HttpResponse(html, status=status)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith(("/api/", "/ims/"))


def _problem(status: int, detail: str) -> HttpResponse:
    """Answer a program, which cannot read a page."""
    return JsonResponse(
        problem(status, detail),
        status=status,
        content_type=MEDIA_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )


def _is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request could not be understood."""
    return _page(
        request, HTTPStatus.BAD_REQUEST, reason=_("提交的内容不完整或格式不对。")
    )


@login_not_required
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the reason, the clause, and what to do."""
    verdict = exception.verdict if isinstance(exception, MoveRefused) else None
    reason = str(exception) if isinstance(exception, PermissionDenied) else ""
    return _page(
        request,
        HTTPStatus.FORBIDDEN,
        reason=reason or _("您的账号没有打开这个页面的权限。"),
        verdict=verdict,
    )


@login_not_required
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: not there, or not to be known."""
    said = (
        exception.args[0] if isinstance(exception, Http404) and exception.args else ""
    )
    reason = said if isinstance(said, str) else ""
    return _page(
        request,
        HTTPStatus.NOT_FOUND,
        reason=reason or _("您要找的页面不存在，或您无权查看。"),
    )


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """500: a page that needs nothing but itself."""
    if _is_api(request):
        reason = _("系统出错，已记录。请稍后重试；若仍不行，请联系系统管理员。")
        return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, reason)
    html = render_to_string("500.html", {})
    return HttpResponse(html, status=HTTPStatus.INTERNAL_SERVER_ERROR)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form is older than the session."""
    return _page(
        request,
        HTTPStatus.FORBIDDEN,
        reason=_(
            "页面停留时间过长，或在别处退出过，为保护您的账号，这次提交没有办理。请返回上一页刷新后再提交。"
        ),
        verdict=None,
    )
