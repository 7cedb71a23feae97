"""The servers that tests and measurements run on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .paths import VAR
from .say import step


@contextmanager
def services(
    env: dict[str, str], home: str = "test", *, durable: bool = False
) -> Iterator[dict[str, str]]:
    """The environment with both addresses, embedded where they are not given."""
    from config.runtime import Services

    if env.get("DATABASE_URL") and env.get("REDIS_URL"):
        yield env
        return
    embedded = Services(VAR / home, durable=durable)
    try:
        with step(f"PostgreSQL and Valkey in var/{home}"):
            embedded.start(
                database=not env.get("DATABASE_URL"), broker=not env.get("REDIS_URL")
            )
        env["DATABASE_URL"] = env.get("DATABASE_URL") or embedded.database_url
        env["REDIS_URL"] = env.get("REDIS_URL") or embedded.redis_url
        yield env
    finally:
        embedded.stop()
