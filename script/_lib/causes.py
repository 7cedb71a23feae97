"""Recognise why an installer failed, and say so in plain words."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from .say import Stop, tail

NO_DISK = re.compile(
    r"No space left on device|ENOSPC|Errno 28|Disk quota exceeded", re.IGNORECASE
)
NO_NETWORK = re.compile(
    r"Temporary failure in name resolution|Name or service not known"
    r"|NewConnectionError|NameResolutionError|ConnectTimeout|Connection refused"
    r"|Network is unreachable|ProxyError|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT"
    r"|\(from versions: none\)|ENETUNREACH|ECONNRESET|Could not resolve",
    re.IGNORECASE,
)
NOT_TRUSTED = re.compile(
    r"SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER|UNABLE_TO_VERIFY_LEAF"
    r"|CERTIFICATE_VERIFY_FAILED|certificate verify failed",
    re.IGNORECASE,
)
NO_RIGHT = re.compile(
    r"Permission denied|EACCES|Errno 13|Read-only file system|EROFS", re.IGNORECASE
)


def explain(what: str, output: str, place: Path, again: str) -> Stop:
    """The reason why `what` failed, read from the installer's output."""
    detail = tail(output)
    if NO_DISK.search(output):
        return Stop(
            f"the disk is full while {what}.",
            f"free some space for {place} and run {again} again.",
            detail,
        )
    if NOT_TRUSTED.search(output):
        return Stop(
            f"the package registry's certificate is not trusted while {what}.",
            "give the certificate of your network's authority: "
            f"PIP_CERT=/path/ca.crt NODE_EXTRA_CA_CERTS=/path/ca.crt {again}",
            detail,
        )
    if NO_NETWORK.search(output):
        return Stop(
            f"no network: the package registry cannot be reached while {what}.",
            f"check the connection and run {again} again "
            f"(behind a proxy: HTTPS_PROXY=http://HOST:PORT {again}).",
            detail,
        )
    if NO_RIGHT.search(output):
        return Stop(
            f"no right to write while {what}.",
            f"sudo chown -R \"$(id -un)\" '{place}'",
            detail,
        )
    return Stop(
        f"{what} failed.", f"read the details below, then run {again} again.", detail
    )


def require_space(place: Path, megabytes: int, what: str) -> None:
    """Stop early where the disk cannot hold what comes."""
    existing = place
    while not existing.exists():
        existing = existing.parent
    free = shutil.disk_usage(existing).free // 1_000_000
    if free < megabytes:
        raise Stop(
            f"the disk of {place} has {free} MB free, {what} needs {megabytes} MB.",
            f"free some space (look with: df -h '{existing}') and run it again.",
        )
