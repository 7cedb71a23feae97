"""Run the integration tests against the machine's own PostgreSQL and Redis."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from . import setup
from .say import say

HOST = "127.0.0.1"
NO_TESTS = 5


def main(arguments: list[str]) -> int:
    """Run, or say why not: only where both servers answer on their usual ports."""
    setup.ensure(development=True)
    setup.enter("integration", arguments)
    reason = why_not()
    if reason:
        say(f"Integration tests on the machine's own servers did NOT run: {reason}")
        return 0
    from .testing import pytest

    with database() as database_url, broker() as redis_url:
        say(f"Integration tests on PostgreSQL {HOST}:5432 and Redis {HOST}:6379")
        env = dict(os.environ, DATABASE_URL=database_url, REDIS_URL=redis_url)
        status = pytest(["-m", "integration", "--create-db", *arguments], env)
    if status == NO_TESTS:
        say("No test is marked integration.")
        return 0
    return status


def why_not() -> str:
    """The reason why these tests cannot run here, or nothing."""
    import psycopg2
    import redis

    try:
        psycopg2.connect(server("postgres"), connect_timeout=3).close()
    except psycopg2.Error as error:
        return f"PostgreSQL on {HOST}:5432: {str(error).strip().splitlines()[-1]}"
    try:
        redis.Redis(host=HOST, socket_timeout=3).ping()
    except (redis.RedisError, OSError) as error:
        return f"Redis on {HOST}:6379: {error}"
    return ""


def server(name: str) -> str:
    """The address of one database on the machine's server."""
    return f"postgres://postgres@{HOST}:5432/{name}"


@contextmanager
def database() -> Iterator[str]:
    """A database of this run only; the tests make theirs beside it."""
    name = f"portal_run_{os.getpid()}"
    _administer(f'CREATE DATABASE "{name}"')
    try:
        yield server(name)
    finally:
        for made in (f"test_{name}", name):
            _administer(f'DROP DATABASE IF EXISTS "{made}" WITH (FORCE)')


def _administer(statement: str) -> None:
    import psycopg2

    connection = psycopg2.connect(server("postgres"))
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


@contextmanager
def broker() -> Iterator[str]:
    """An empty database of the Redis server, emptied again afterwards."""
    import redis

    for number in range(15, 0, -1):
        client = redis.Redis(host=HOST, db=number)
        if client.dbsize() == 0:
            break
    try:
        yield f"redis://{HOST}:6379/{number}"
    finally:
        client.flushdb()
        client.close()
