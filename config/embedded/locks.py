"""Who is using the services: shared file locks, which the system drops at any death."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Users:
    """Everyone who uses one set of services holds a shared lock on one file."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._users = folder / "users.lock"
        self._gate = folder / "start.lock"
        self._handle: int | None = None

    @contextmanager
    def gate(self) -> Iterator[None]:
        """Starting and stopping happen one at a time."""
        handle = _open(self._gate)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def join(self) -> None:
        """Count me among the users. Call inside the gate."""
        self._handle = _open(self._users)
        fcntl.flock(self._handle, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """Count me out; whether I was the last. Call inside the gate."""
        if self._handle is None:
            return False
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            return False
        finally:
            os.close(self._handle)
            self._handle = None


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
