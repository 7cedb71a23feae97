"""Files of objects: served only to those who may know of the object."""

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from core.models import Attachment
from core.views.page import SIGNED_IN, Page

FILE_POLICY = (
    "default-src 'none'; img-src 'self' data:; object-src 'self';"
    " style-src 'unsafe-inline'; frame-ancestors 'self'"
)
"""A file runs nothing; the browser's own viewer of documents may open it."""
SHOWN_IN_PLACE = {"application/pdf", "image/jpeg", "image/png"}


class AttachmentFile(Page):
    """One attachment, shown in place with ``?show=1`` where safe, else downloaded.

    The permission is that of the subject: who may see it may read its files.
    """

    permission = SIGNED_IN

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send the file, or 404 when its subject is hidden."""
        attachment = (
            Attachment.objects.select_related("subject_type")
            .filter(pk=kwargs["pk"])
            .first()
        )
        if attachment is None or not self._may_know(attachment):
            raise Http404(_("没有找到该文件，或您无权查看。"))
        shown = "show" in request.GET and attachment.mime in SHOWN_IN_PLACE
        response = FileResponse(
            default_storage.open(attachment.path),
            as_attachment=not shown,
            filename=attachment.name,
            content_type=attachment.mime,
        )
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = FILE_POLICY
        return response

    def _may_know(self, attachment: Attachment) -> bool:
        model = attachment.subject_type.model_class()
        rows = getattr(getattr(model, "_default_manager", None), "visible_to", None)
        if rows is None:
            return bool(attachment.uploaded_by_id == self.request.user.pk)
        return bool(rows(self.request.user).filter(pk=attachment.subject_id).exists())
