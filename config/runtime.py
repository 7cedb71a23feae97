"""Where the services are: given by the environment, or embedded under var/.

Without DATABASE_URL and REDIS_URL a PostgreSQL and a Valkey are started from their
wheels, shared by every process of this checkout, and stopped by the last one that
leaves. Tests use a second, forgetful pair under var/test.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.embedded import ServiceError, Services

__all__ = ["ServiceError", "ServiceUrls", "Services", "secret", "service_urls"]

_services: dict[Path, Services] = {}


@dataclass(frozen=True)
class ServiceUrls:
    """The two addresses everything else is configured from."""

    database: str
    redis: str


def service_urls(
    base_dir: Path, environ: Mapping[str, str] = os.environ
) -> ServiceUrls:
    """The addresses from the environment, or those of the embedded services."""
    database = environ.get("DATABASE_URL", "")
    redis = environ.get("REDIS_URL", "")
    if database and redis:
        return ServiceUrls(database, redis)
    testing = environ.get("DJANGO_SETTINGS_MODULE", "").endswith(".test")
    if database and not testing:
        raise ServiceError(
            "DATABASE_URL is set and REDIS_URL is not; "
            "beside an external database nothing is embedded.",
            "REDIS_URL=redis://HOST:6379/0",
        )
    home = base_dir / "var" / "test" if testing else base_dir / "var"
    services = embedded(home, durable=not testing, database=not database)
    return ServiceUrls(database or services.database_url, redis or services.redis_url)


def embedded(home: Path, *, durable: bool = True, database: bool = True) -> Services:
    """This process's share in the services under `home`."""
    if home not in _services:
        services = Services(home, durable=durable)
        _services[home] = services.start(database=database)
    return _services[home]


def secret(base_dir: Path, name: str) -> str:
    """A random secret of this installation, made once and kept under var/."""
    path = base_dir / "var" / "secrets" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{name}.")
        with os.fdopen(handle, "w") as out:
            out.write(secrets.token_urlsafe(48))
        # a link never replaces: of two processes at once, the first one's stays
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(draft)
    return path.read_text().strip()
