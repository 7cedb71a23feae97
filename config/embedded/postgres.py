"""The embedded PostgreSQL cluster."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg2

from config.embedded.errors import ServiceError, last_lines
from config.embedded.owner import Owner
from config.embedded.place import Place

DATABASE = "portal"
SETTINGS = "portal.conf"
START_SECONDS = 90
LARGEST_LOG = 20_000_000
# what a test cluster may lose when the machine fails is made again anyway
FAST = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"


@dataclass(frozen=True)
class Postgres:
    """One cluster in one place, run by one account."""

    place: Place
    owner: Owner
    durable: bool = True

    @property
    def url(self) -> str:
        """The address Django and psycopg2 understand."""
        return f"postgres://postgres@/{DATABASE}?host={quote(str(self.place.socket))}"

    def running(self) -> bool:
        """Whether a server answers on this cluster's own socket."""
        try:
            self._connect().close()
        except psycopg2.Error:
            return False
        return True

    def start(self) -> None:
        """Create the cluster where there is none, start it, ensure the database."""
        if not self.running():
            self._create()
            self._write_settings()
            self._shorten_log()
            self._pg_ctl("start")
        self._ensure_database()

    def stop(self) -> None:
        """Stop the server and wait until everything is on disk."""
        if (self.place.data / "postmaster.pid").exists():
            self._pg_ctl("stop", "-m", "fast")

    def _create(self) -> None:
        version = self.place.data / "PG_VERSION"
        if version.exists():
            self._check_version(version.read_text().strip())
            return
        # an interrupted creation leaves a directory that initdb refuses
        shutil.rmtree(self.place.data, ignore_errors=True)
        command = [str(self.place.bin / "initdb"), "-D", str(self.place.data)]
        command += ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        self._call([*command, *([] if self.durable else ["--no-sync"])], "create")

    def _check_version(self, written: str) -> None:
        output = self.owner.run(
            [str(self.place.bin / "postgres"), "--version"], capture_output=True
        ).stdout
        if f" {written}." not in output and not output.strip().endswith(f" {written}"):
            raise ServiceError(
                f"the data in {self.place.data} was written by PostgreSQL {written}, "
                f"the installed one is {output.strip()}.",
                f"install the requirements of the older release and make a backup, "
                f"or begin anew: mv {self.place.folder} {self.place.folder}.old",
            )

    def _write_settings(self) -> None:
        lines = "listen_addresses = ''\n"
        lines += f"unix_socket_directories = '{self.place.socket}'\n"
        lines += "max_connections = 200\n"
        lines += "" if self.durable else FAST
        self._write(self.place.data / SETTINGS, lines)
        main = self.place.data / "postgresql.conf"
        include = f"include '{SETTINGS}'\n"
        if include not in main.read_text():
            with main.open("a") as handle:
                handle.write(include)

    def _write(self, path: Path, text: str) -> None:
        path.write_text(text)
        path.chmod(0o644)

    def _shorten_log(self) -> None:
        log = self.place.log
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            log.replace(log.with_suffix(".old.log"))

    def _pg_ctl(self, verb: str, *more: str) -> None:
        command = [str(self.place.bin / "pg_ctl"), verb, "-D", str(self.place.data)]
        command += ["-w", "-t", str(START_SECONDS), "-s", *more]
        if verb == "start":
            command += ["-l", str(self.place.log)]
        self._call(command, verb)

    def _call(self, command: list[str], verb: str) -> None:
        # a file, not a pipe: the server inherits it and would keep a pipe open
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as out:
            result = self.owner.run(command, stdout=out, stderr=subprocess.STDOUT)
            out.seek(0)
            said = out.read()
        if result.returncode:
            raise self._trouble(verb, said)

    def _trouble(self, verb: str, said: str) -> ServiceError:
        log = self.place.log.read_text(errors="replace") if self._has_log() else ""
        detail = f"{last_lines(said)}\n{last_lines(log)}"
        if "No space left on device" in detail:
            return ServiceError(
                f"the disk is full: PostgreSQL cannot {verb} in {self.place.folder}.",
                "free some space and start again; the data is kept.",
                detail,
            )
        return ServiceError(
            f"PostgreSQL could not {verb} in {self.place.folder}.",
            f"read {self.place.log}, or use another server: DATABASE_URL=postgres://…",
            detail,
        )

    def _has_log(self) -> bool:
        return self.place.log.exists()

    def _connect(self, name: str = "postgres") -> psycopg2.extensions.connection:
        return psycopg2.connect(
            host=str(self.place.socket), user="postgres", dbname=name, connect_timeout=5
        )

    def _ensure_database(self) -> None:
        connection = self._connect()
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
                )
                if cursor.fetchone() is None:
                    cursor.execute(f"CREATE DATABASE {DATABASE}")
        finally:
            connection.close()
