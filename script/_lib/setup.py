"""Make the environment: interpreter, requirements, front-end files."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import vendor
from .causes import explain, require_space
from .paths import ROOT, VAR, VENV, venv_python
from .say import Stop, say, step

OLDEST = (3, 11)
RUNTIME = "requirements.txt"
DEVELOPMENT = "requirements-dev.txt"
BUCKET = "requirements-s3.txt"
VENV_MEGABYTES = 1500


def ensure(*, development: bool = False) -> None:
    """Bring everything up to date; what is unchanged is not done again."""
    with alone():
        make_environment()
        install(RUNTIME)
        if os.environ.get("FILES_BUCKET"):
            install(BUCKET)
        if development:
            install(DEVELOPMENT)
        vendor.bring()
    # the web process looks here for collected files, which a checkout has none of
    (VAR / "static").mkdir(parents=True, exist_ok=True)


@contextmanager
def alone() -> Iterator[None]:
    """One set-up at a time in a checkout."""
    try:
        VAR.mkdir(parents=True, exist_ok=True)
        handle = os.open(VAR / "setup.lock", os.O_RDWR | os.O_CREAT, 0o666)
    except PermissionError as error:
        raise Stop(
            f"no right to write in {VAR}.", f"sudo chown -R \"$(id -un)\" '{VAR}'"
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is at work in this checkout; waiting for it.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def make_environment() -> None:
    """Create .venv, or create it anew when its interpreter does not run."""
    if environment_works():
        return
    require_space(VENV, VENV_MEGABYTES, "the environment")
    with step(f"environment in {VENV.name} (Python {sys.version.split()[0]})"):
        if VENV.exists():
            shutil.rmtree(VENV)
        result = run(sys.executable, "-m", "venv", str(VENV))
    output = result.stdout + result.stderr
    if result.returncode == 0 and environment_works():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if "ensurepip" in output or "No module named" in output:
        raise missing_venv(output)
    raise explain("creating the environment", output, VENV, "script/setup")


def missing_venv(output: str) -> Stop:
    """What to install when Python came without its venv module."""
    release = f"{sys.version_info.major}.{sys.version_info.minor}"
    return Stop(
        f"Python {release} has no venv module on this machine.",
        f"sudo apt install python3-venv   (or python{release}-venv)",
        output,
    )


def environment_works() -> bool:
    """Whether the environment has an interpreter that is new enough, and pip."""
    if not venv_python().exists():
        return False
    test = f"import sys, pip; sys.exit(sys.version_info < {OLDEST!r})"
    try:
        return run(str(venv_python()), "-c", test).returncode == 0
    except OSError:
        return False


def install(name: str) -> None:
    """Install one file of pinned requirements, unless it was installed unchanged."""
    stamp = VENV / f".installed-{name}"
    if stamp.exists() and stamp.read_text() == fingerprint(name):
        return
    require_space(VENV, VENV_MEGABYTES // 3, "installing the requirements")
    with step(f"requirements from {name} (a few minutes the first time)"):
        result = run(
            *(str(venv_python()), "-m", "pip", "install", "--no-input", "--quiet"),
            *("--disable-pip-version-check", "--progress-bar", "off"),
            *("-r", str(ROOT / name)),
        )
    if result.returncode:
        output = result.stdout + result.stderr
        raise explain("installing the requirements", output, VENV, "script/setup")
    stamp.write_text(fingerprint(name))


def fingerprint(name: str) -> str:
    """Identity of the requirements and of the interpreter they are for."""
    content = (ROOT / name).read_bytes() + (VENV / "pyvenv.cfg").read_bytes()
    return hashlib.sha256(content).hexdigest()


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the checkout and keep what it says."""
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


def inside() -> bool:
    """Whether this process already runs on the environment's interpreter."""
    return Path(sys.prefix).resolve() == VENV.resolve()


def enter(tool: str, arguments: list[str]) -> None:
    """Go on in the environment, as the same process."""
    if not inside():
        command = [str(venv_python()), str(ROOT / "script" / "_lib"), tool, *arguments]
        os.execv(command[0], command)  # noqa: S606 - our own interpreter


def main(arguments: list[str]) -> int:
    """script/setup [--dev]"""
    ensure(development="--dev" in arguments)
    say("The environment is ready. Start with: script/server")
    return 0
