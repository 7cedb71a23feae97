"""Start the product's processes, keep them running, stop them all."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .say import Stop, say, tail

PATIENCE = 25
TOO_OFTEN = 5
A_MINUTE = 60
PR_SET_PDEATHSIG = 1


@dataclass
class Process:
    """One long-running program with its log."""

    name: str
    command: list[str]
    log: Path
    env: dict[str, str]
    cwd: Path
    popen: subprocess.Popen[bytes] | None = None
    began: int = 0
    deaths: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start in an own session: Ctrl-C reaches only the one who supervises."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as out:
            self.began = out.tell()
            self.popen = subprocess.Popen(
                self.command,
                cwd=self.cwd,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent() if sys.platform == "linux" else None,
            )

    def alive(self) -> bool:
        """Whether it still runs."""
        return self.popen is not None and self.popen.poll() is None

    def said(self) -> str:
        """Its log since this start."""
        with self.log.open("rb") as log:
            log.seek(self.began)
            return log.read().decode(errors="replace")

    def signal(self, number: int) -> None:
        """Send a signal to the program, not to its children."""
        if self.popen is not None and self.alive():
            self.popen.send_signal(number)

    def kill_group(self) -> None:
        """End the program and everything it started."""
        if self.popen is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()


def die_with_parent() -> Callable[[], None]:
    """Even where the supervisor is killed, its processes end."""
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM) and None


def revive(process: Process) -> None:
    """Start a program again that ended by itself, but not for ever."""
    now = time.monotonic()
    process.deaths = [at for at in process.deaths if now - at < A_MINUTE] + [now]
    if len(process.deaths) > TOO_OFTEN:
        raise Stop(
            f"the {process.name} process ends again and again.",
            f"read {process.log}",
            tail(process.said()),
        )
    say(f"The {process.name} process ended; starting it again (log: {process.log}).")
    # what it had started would go on without it
    process.kill_group()
    process.start()


def stop_all(processes: list[Process]) -> None:
    """Ask all to finish, wait, then end what is left."""
    for process in processes:
        process.signal(signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and any(one.alive() for one in processes):
        time.sleep(0.1)
    for process in processes:
        process.kill_group()
