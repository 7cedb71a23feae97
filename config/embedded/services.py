"""PostgreSQL and Valkey together, shared by every process of one checkout."""

from __future__ import annotations

import atexit
import os
from pathlib import Path
from types import TracebackType

from config.embedded.locks import Users
from config.embedded.owner import find_owner
from config.embedded.place import find_place
from config.embedded.postgres import Postgres
from config.embedded.valkey import Valkey


class Services:
    """Join the services under one directory; the last user to leave stops them."""

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.home = home.resolve()
        self.home.mkdir(parents=True, exist_ok=True)
        self.durable = durable
        self._users = Users(self.home / "run")
        self._running: list[Postgres | Valkey] = []
        self._pid = os.getpid()
        self._joined = False
        self.database_url = ""
        self.redis_url = ""

    def start(self, *, database: bool = True, broker: bool = True) -> Services:
        """Use what runs already, start what does not."""
        with self._users.gate():
            self._users.join()
            self._joined = True
            if database:
                self._start_database()
            if broker:
                self._start_broker()
        atexit.register(self.stop)
        return self

    def stop(self) -> None:
        """Leave; everything stops when nobody else uses it. Data stays."""
        if not self._joined or os.getpid() != self._pid:
            return
        self._joined = False
        atexit.unregister(self.stop)
        with self._users.gate():
            if self._users.leave():
                for service in reversed(self._running):
                    service.stop()

    def __enter__(self) -> Services:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _start_database(self) -> None:
        owner = find_owner()
        place = find_place(self.home, owner)
        postgres = Postgres(place, owner, durable=self.durable)
        self._running.append(postgres)
        postgres.start()
        self.database_url = postgres.url

    def _start_broker(self) -> None:
        valkey = Valkey(self.home / "valkey", durable=self.durable)
        self._running.append(valkey)
        valkey.start()
        self.redis_url = valkey.url
