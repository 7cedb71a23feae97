"""Whose processes they are: PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.embedded.errors import ServiceError

ACCOUNT = "pgserver"


@dataclass(frozen=True)
class Owner:
    """The operating-system account that runs a service; `switch` when it is another."""

    uid: int
    gid: int
    switch: bool = False
    options: dict[str, Any] = field(default_factory=dict)

    def run(self, command: list[str], **more: Any) -> subprocess.CompletedProcess[str]:
        """Run a command as this account, away from the caller's directory."""
        env = {"PATH": os.environ.get("PATH", os.defpath), "HOME": "/", "LC_ALL": "C"}
        return subprocess.run(  # noqa: S603 - commands come from this package
            command,
            text=True,
            cwd="/",
            env=env,
            check=False,
            umask=0o077,
            **self.options,
            **more,
        )

    def can_enter(self, place: Path) -> bool:
        """Whether this account may reach a directory through all of its parents."""
        shell = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(place)]
        return self.run(shell, capture_output=True).returncode == 0

    def take(self, place: Path) -> None:
        """Make a directory that only this account uses."""
        place.mkdir(parents=True, exist_ok=True)
        if self.switch:
            os.chown(place, self.uid, self.gid)
        elif place.stat().st_uid != self.uid:
            raise ServiceError(
                f"{place} belongs to another account.",
                f"run as that account, or move {place} away.",
            )
        place.chmod(0o700)


def find_owner() -> Owner:
    """The caller, or an ordinary account when the caller is root."""
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid())
    entry = _account(ACCOUNT) or _create(ACCOUNT) or _account("nobody")
    if entry is None:
        raise ServiceError(
            "PostgreSQL refuses to run as root and there is no other account.",
            f"useradd --system --shell /usr/sbin/nologin {ACCOUNT}",
        )
    options = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    return Owner(entry.pw_uid, entry.pw_gid, switch=True, options=options)


def _account(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _create(name: str) -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd:
        command = [useradd, "--system", "--no-create-home", "--user-group", name]
        subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    return _account(name)
