"""External services: that they are there, new enough and usable."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import psycopg2
import redis

from .say import Stop

OLDEST_POSTGRES = 140000


def require(env: Mapping[str, str]) -> None:
    """Stop with the reason when an external service cannot be used."""
    if not env.get("REDIS_URL"):
        raise Stop(
            "DATABASE_URL is set and REDIS_URL is not; "
            "beside an external database nothing is embedded.",
            "REDIS_URL=redis://HOST:6379/0 script/server",
        )
    require_postgres(env["DATABASE_URL"])
    require_redis(env["REDIS_URL"])


def require_postgres(url: str) -> None:
    """The database exists, answers and speaks PostgreSQL 14 or newer."""
    name = urlsplit(url).path.strip("/") or "portal"
    try:
        connection = psycopg2.connect(url, connect_timeout=10)
    except psycopg2.Error as error:
        said = str(error)
        if "does not exist" in said:
            raise Stop(
                "the database of DATABASE_URL does not exist.", f"createdb {name}", said
            ) from error
        raise Stop(
            "PostgreSQL does not answer at DATABASE_URL.",
            "start the server or correct "
            "DATABASE_URL=postgres://USER:PASSWORD@HOST:5432/NAME",
            said,
        ) from error
    version = connection.server_version
    connection.close()
    if version < OLDEST_POSTGRES:
        raise Stop(
            f"PostgreSQL {version // 10000} is too old.",
            "use PostgreSQL 14 or newer, or leave DATABASE_URL out.",
        )


def require_redis(url: str) -> None:
    """The broker answers."""
    try:
        with redis.Redis.from_url(url, socket_timeout=10) as client:
            client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        raise Stop(
            "Redis does not answer at REDIS_URL.",
            "start the server or correct REDIS_URL=redis://HOST:6379/0",
            str(error),
        ) from error
