"""Ask a clamd whether a file is clean, where the installation has one."""

import socket
import struct
from contextlib import closing

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SECONDS = 30
CHUNK = 64 * 1024
CLEAN = "stream: OK"


class ScannerUnavailable(Exception):
    """The scanner does not answer; what it should have judged is not taken in."""


def refuse_infected(name: str, content: bytes) -> None:
    """Raise ValidationError when the scanner finds something, or cannot be asked.

    Nothing is asked where ``CLAMD`` (``host:port`` or a socket's path) is empty.
    """
    if not settings.CLAMD:
        return
    try:
        answer = scan(content)
    except (OSError, ScannerUnavailable) as error:
        raise ValidationError(
            _("“%(name)s”未能通过安全检查：扫描服务没有响应，请稍后再上传")
            % {"name": name},
            code="unscanned",
        ) from error
    if answer != CLEAN:
        raise ValidationError(
            _("不接受“%(name)s”：发现恶意代码，请清理后再上传") % {"name": name},
            code="infected",
        )


def scan(content: bytes) -> str:
    """Return what clamd says of a stream (its command INSTREAM)."""
    with closing(_connect(settings.CLAMD)) as line:
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), CHUNK):
            piece = content[start : start + CHUNK]
            line.sendall(struct.pack("!L", len(piece)) + piece)
        line.sendall(struct.pack("!L", 0))
        answer = b""
        while not answer.endswith(b"\0"):
            said = line.recv(4096)
            if not said:
                break
            answer += said
    if not answer:
        raise ScannerUnavailable
    return answer.rstrip(b"\0").decode(errors="replace")


def _connect(address: str) -> socket.socket:
    host, _colon, port = address.rpartition(":")
    if host and port.isdigit():
        return socket.create_connection((host, int(port)), timeout=SECONDS)
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(SECONDS)
    line.connect(address)
    return line
