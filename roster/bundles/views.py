"""Bundles over the API: sent, followed, their results read."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from roster.bundles.receiving import MAX_MB, receive_bundle
from roster.bundles.results import results_response, row_as_dict
from roster.choices import RowResult
from roster.inbound.describing import (
    bundle_results_told,
    bundle_sent,
    bundle_told,
)
from roster.inbound.views import Refused, SyncDoor, body_of, choice_of
from roster.models import SyncRun
from roster.verdicts import Verdicts

PAGE, MAX_PAGE = 100, 1_000


def as_dict(run: SyncRun, request: Request) -> dict[str, Any]:
    """Return a run for JSON."""

    def address(name: str) -> str:
        return request.build_absolute_uri(reverse(f"sync:{name}", args=[run.pk]))

    return {
        "id": run.pk,
        "state": run.state.lower(),
        "fileName": run.file_name,
        "sha256": run.file_sha256,
        "mode": "atomic" if run.is_atomic else "partial",
        "counts": run.counts,
        "heldFor": run.held_for,
        "failure": run.failure,
        "faults": run.manifest.get("faults", []),
        "receivedAt": run.received_at,
        "finishedAt": run.finished_at,
        "progress": run.job.message if run.job and not run.job.is_over else "",
        "url": address("bundle"),
        "results": address("bundle-results"),
    }


class BundleListView(SyncDoor):
    """``POST /api/sync/v1/bundles``."""

    @bundle_sent
    def post(self, request: Request) -> Response:
        """Take a zip in: 202 and where to follow it; 200 for one already known."""
        preview = choice_of(request, "preview", ("false", "true")) == "true"
        atomic = choice_of(request, "mode", ("partial", "atomic")) == "atomic"
        source = self.source
        content = body_of(request, MAX_MB << 20)
        if not content.startswith(b"PK"):
            raise Refused(400, _("请求体应为 zip 数据包"), "not_zip")
        name = request.query_params.get("name", "")[:180] or _("数据包")
        try:
            run, is_new = receive_bundle(
                source,
                name if name.endswith(".zip") else f"{name}.zip",
                content,
                preview=preview,
                atomic=atomic,
            )
        except ValidationError as error:
            raise Refused(400, "；".join(error.messages), "not_zip") from error
        run.refresh_from_db()
        answer = as_dict(run, request)
        response = Response(answer, status=202 if is_new else 200)
        response["Location"] = answer["url"]
        return response


class BundleView(SyncDoor):
    """``GET /api/sync/v1/bundles/{id}``."""

    def get_run(self, pk: int) -> SyncRun:
        """Return a run of the caller's own source; 404 for any other."""
        runs = SyncRun.objects.filter(source=self.source).select_related("job")
        found: SyncRun | None = runs.filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    @bundle_told
    def get(self, request: Request, pk: int) -> Response:
        """Tell where the bundle stands."""
        return Response(as_dict(self.get_run(pk), request))


class BundleResultsView(BundleView):
    """``GET /api/sync/v1/bundles/{id}/results?result=rejected&format=csv``."""

    @bundle_results_told
    def get(self, request: Request, pk: int) -> Any:
        """Tell what became of the rows, page by page, or all of it as CSV."""
        run = self.get_run(pk)
        wanted = choice_of(request, "result", ("", *RowResult.values))
        rows = Verdicts(run, wanted)
        if choice_of(request, "as", ("json", "csv")) == "csv":
            return results_response(run, rows, "csv")
        limit = min(_number(request, "limit", PAGE, 1), MAX_PAGE)
        after = _number(request, "after", 0, 0)
        page = rows.page(after, limit + 1)
        answer: dict[str, Any] = {"results": [row_as_dict(row) for row in page[:limit]]}
        if len(page) > limit:
            answer["after"] = after + limit
        return Response(answer)


def _number(request: Request, name: str, otherwise: int, least: int) -> int:
    given = request.query_params.get(name, str(otherwise))
    if not given.isascii() or not given.isdigit() or len(given) > 15:
        raise Refused(400, _("参数 %s 应为数字") % name, "bad_parameter")
    return max(int(given), least)
