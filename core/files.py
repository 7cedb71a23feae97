"""Store files by the hash of their content, after sniffing type and size."""

import hashlib
from typing import Any

import filetype
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models
from django.utils.translation import gettext as _

from audit.services import record
from core.models import Attachment
from core.scanning import refuse_infected

MEGABYTE = 1024 * 1024
DEFAULT_MAX_MB = 20
ACCEPTED = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "zip": "application/zip",
    "csv": "text/csv",
    "txt": "text/plain",
}
OFFICE = {"docx", "xlsx", "pptx", "zip"}


def sniff(name: str, content: bytes) -> str:
    """Return the MIME type of a file; ValidationError when name and content differ."""
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if extension not in ACCEPTED:
        raise ValidationError(
            _("不接受“%(name)s”：请上传 PDF、图片、Word、Excel、PPT、压缩包或文本文件")
            % {"name": name}
        )
    guess = filetype.guess(content)
    found = guess.extension if guess else _text_kind(content)
    same = found == extension or {found, extension} == {"jpg", "jpeg"}
    if not (
        same
        or (extension in OFFICE and found in OFFICE)
        or (extension in {"csv", "txt"} and found == "text")
    ):
        raise ValidationError(
            _("不接受“%(name)s”：文件内容与扩展名不符，请另存为正确格式后再上传")
            % {"name": name}
        )
    return ACCEPTED[extension]


def _text_kind(content: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return "" if b"\x00" in content else "text"
    return ""


def store_content(content: bytes) -> str:
    """Keep the content under its SHA-256 and return the digest; equal content once."""
    digest = hashlib.sha256(content).hexdigest()
    path = f"{digest[:2]}/{digest[2:4]}/{digest}"
    if not default_storage.exists(path):
        default_storage.save(path, ContentFile(content))
    return digest


def attach(
    subject: models.Model,
    name: str,
    content: bytes,
    *,
    kind: str,
    by: Any = None,
    label: str = "",
    max_mb: int = DEFAULT_MAX_MB,
) -> Attachment:
    """Attach a file; ValidationError for a bad type or size, or malicious content."""
    if not content:
        raise ValidationError(_("“%(name)s”是空文件，请重新选择") % {"name": name})
    if len(content) > max_mb * MEGABYTE:
        raise ValidationError(
            _("“%(name)s”超过 %(limit)s MB，请压缩后再上传")
            % {"name": name, "limit": max_mb}
        )
    mime = sniff(name, content)
    refuse_infected(name, content)
    attachment = Attachment.objects.create(
        subject_type=ContentType.objects.get_for_model(subject),
        subject_id=subject.pk,
        kind=kind,
        label=label,
        name=name,
        sha256=store_content(content),
        size=len(content),
        mime=mime,
        uploaded_by=by if getattr(by, "pk", None) else None,
    )
    record(
        "core.attach_file",
        subject,
        by=by,
        data={"file": name, "sha256": attachment.sha256},
    )
    return attachment


def read(attachment: Attachment) -> bytes:
    """Return the content of an attachment."""
    with default_storage.open(attachment.path) as stored:
        content: bytes = stored.read()
    return content


def drop_content(attachment: Attachment) -> None:
    """Remove the content of a deleted attachment unless another one refers to it."""
    if not Attachment.objects.filter(sha256=attachment.sha256).exists():
        default_storage.delete(attachment.path)
