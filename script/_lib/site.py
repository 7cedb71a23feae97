"""One running site: its services, its database, its processes, its greeting."""

from __future__ import annotations

import fcntl
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping

import psycopg2

from config.runtime import ServiceError, Services

from . import addresses, management
from .paths import ROOT, VAR
from .processes import Process, revive, stop_all
from .say import Stop, say, step, tail

START_SECONDS = 90
QUEUES = "interactive,reports,sync"


class Site:
    """Everything script/server starts, in order, and stops, in reverse."""

    def __init__(self, port: int, *, demo: bool) -> None:
        self.port = port
        self.host = os.environ.get("HOST", "") or "127.0.0.1"
        self.wants_demo = demo
        self.env = dict(os.environ)
        self.env.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
        self.embedded = not self.env.get("DATABASE_URL")
        self.services: Services | None = None
        self.processes: list[Process] = []
        self.lock: int | None = None

    @property
    def url(self) -> str:
        """What a person types."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104
        return f"http://{host}:{self.port}/"

    def start(self) -> None:
        """Services, database, demo data, processes; returns when the site answers."""
        self._only_one()
        self._find_services()
        with step("database"):
            management.run(self.env, "migrate", "--noinput", verbosity="0")
        self._fill()
        self._start_processes()

    def watch(self) -> None:
        """Keep every process running until a signal comes."""
        while True:
            for process in self.processes:
                if not process.alive():
                    revive(process)
            time.sleep(0.5)

    def stop(self) -> None:
        """Stop the processes, then the services nobody else uses."""
        stop_all(self.processes)
        if self.services is not None:
            self.services.stop()
        if self.lock is not None:
            os.close(self.lock)

    def greeting(self, seconds: float) -> str:
        """The address, the accounts, and what to do next."""
        parts = [
            "",
            f"The portal answers at {self.url}  (ready in {seconds:.0f} s)",
            "",
        ]
        installation = management.installation(self.env["DATABASE_URL"])
        if installation is None:
            parts.append(
                "No region is set up yet: "
                ".venv/bin/python manage.py init_bureau --region CODE"
            )
        elif installation.is_demo:
            parts.append(management.run(self.env, "demo_accounts").rstrip())
        parts += ["", f"Logs: {VAR / 'log'}   Stop: Ctrl-C", ""]
        return "\n".join(parts)

    def _only_one(self) -> None:
        """A second server of this checkout would run every schedule twice."""
        (VAR / "run").mkdir(parents=True, exist_ok=True)
        self.lock = os.open(VAR / "run" / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            running = os.read(self.lock, 200).decode()
            raise Stop(
                f"the server of this checkout is running already ({running}).",
                "stop it with Ctrl-C in its own window.",
            ) from error
        os.ftruncate(self.lock, 0)
        os.write(self.lock, f"process {os.getpid()} at {self.url}".encode())

    def _find_services(self) -> None:
        if not self.embedded:
            addresses.require(self.env)
            return
        with step("PostgreSQL and Valkey"):
            self.services = start_embedded(self.env)
        self.env["DATABASE_URL"] = self.services.database_url
        if not self.env.get("REDIS_URL"):
            self.env["REDIS_URL"] = self.services.redis_url

    def _fill(self) -> None:
        """The demo on the first run of an embedded database, or when asked for."""
        installation = management.installation(self.env["DATABASE_URL"])
        mark = VAR / "run" / "demo-loaded"
        if self.wants_demo and installation is not None and not installation.is_demo:
            raise Stop(
                "this installation holds real data; the demo is not mixed into it.",
                "script/server, or another database for the demo.",
            )
        fresh = installation is None or (installation.is_demo and not mark.exists())
        if self.wants_demo or (self.embedded and fresh):
            with step("demo data"):
                management.run(self.env, "load_demo")
            if self.embedded:
                mark.touch()

    def _start_processes(self) -> None:
        python = [sys.executable, "-m"]
        web = ["granian", "--interface", "wsgi", "config.wsgi:application"]
        web += ["--host", self.host, "--port", str(self.port), "--no-ws"]
        web += ["--workers", self.env.get("WORKERS") or "2", "--respawn-failed-workers"]
        celery = ["celery", "-A", "config"]
        worker = [*celery, "worker", "-Q", QUEUES, "-c", self.env.get("JOBS") or "2"]
        worker += ["--loglevel", "INFO", "--without-gossip", "--without-mingle"]
        beat = [*celery, "beat", "--loglevel", "INFO", "--pidfile", ""]
        with step("web, worker and beat"):
            for name, command in (("web", web), ("worker", worker), ("beat", beat)):
                self._launch(name, [*python, *command])
            self._wait()

    def _launch(self, name: str, command: list[str]) -> None:
        log = VAR / "log" / f"{name}.log"
        if log.exists() and log.stat().st_size > 20_000_000:
            log.replace(log.with_suffix(".old.log"))
        process = Process(name, command, log, self.env, ROOT)
        process.start()
        self.processes.append(process)

    def _wait(self) -> None:
        """Until the site answers and the worker takes jobs."""
        web, worker, _beat = self.processes
        deadline = time.monotonic() + START_SECONDS
        while not (answers(self.url, self.env) and " ready." in worker.said()):
            for process in self.processes:
                if not process.alive():
                    raise self._did_not_start(process)
            if time.monotonic() > deadline:
                late = worker if answers(self.url, self.env) else web
                raise self._did_not_start(late)
            time.sleep(0.1)

    def _did_not_start(self, process: Process) -> Stop:
        return Stop(
            f"the {process.name} process did not start.",
            f"read {process.log}",
            tail(process.said(), 25),
        )


def start_embedded(env: Mapping[str, str]) -> Services:
    """The embedded services, or their trouble in plain words."""
    try:
        return Services(VAR).start(broker=not env.get("REDIS_URL"))
    except ServiceError as error:
        raise Stop(error.problem, error.remedy, error.detail) from error
    except psycopg2.Error as error:
        raise Stop(
            "the embedded PostgreSQL refuses connections.",
            f"read {VAR / 'postgres' / 'server.log'}",
            str(error),
        ) from error


def answers(url: str, env: Mapping[str, str]) -> bool:
    """Whether the site gives an answer that is not its own failure."""
    hosts = env.get("ALLOWED_HOSTS", "").split(",")
    request = urllib.request.Request(f"{url}accounts/login/")  # noqa: S310
    if hosts[0].strip(" .*"):
        request.add_header("Host", hosts[0].strip())
    try:
        with urllib.request.urlopen(request, timeout=5):  # noqa: S310 - own address
            return True
    except urllib.error.HTTPError as error:
        if error.code < 500:
            return True
        say(f"  the site answers {error.code}; see {VAR / 'log' / 'web.log'}")
        time.sleep(2)
        return False
    except OSError:
        return False
