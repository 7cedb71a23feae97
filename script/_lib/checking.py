"""Everything that can be said about the code without running its tests."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from . import setup
from .embedded import services
from .paths import ROOT
from .say import Stop, say, tail

# rules and machinery are typed without exception; pages and forms where it helps
STRICT = ("audit", "core", "config", "script/_lib")
STRICT_FILES = ("services", "permissions", "transitions")
BASELINE = ".secrets.baseline"


@dataclass(frozen=True)
class Check:
    """One named check: a command that must end with 0."""

    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)


USAGE = """usage: script/check [--fix] [name …]

  --fix   first let the formatters put right what they can
Names: """


def main(arguments: list[str]) -> int:
    """script/check [--fix] [name …]"""
    setup.ensure(development=True)
    setup.enter("check", arguments)
    if "--help" in arguments or "-h" in arguments:
        say(USAGE + " ".join(one.name for one in all_checks()))
        return 0
    if "--fix" in arguments:
        arguments.remove("--fix")
        fix()
    checks = wanted(arguments)
    with services(dict(os.environ)) as env, ThreadPoolExecutor(os.cpu_count()) as pool:
        passed = list(pool.map(lambda one: passes(one, env), checks))
    failed = [one.name for one, fine in zip(checks, passed, strict=True) if not fine]
    if failed:
        say(f"\nFAIL: {', '.join(failed)}")
        return 1
    say(f"\nPASS: all {len(checks)} checks")
    return 0


def wanted(names: list[str]) -> list[Check]:
    """The named checks, or all."""
    every = all_checks()
    unknown = set(names) - {one.name for one in every}
    if unknown:
        known = " ".join(one.name for one in every)
        raise Stop(f"there is no check {', '.join(unknown)}.", f"script/check {known}")
    return [one for one in every if not names or one.name in names]


def fix() -> None:
    """Let the formatters write."""
    commands = (
        [tool("ruff"), "check", "--fix", "--quiet", "."],
        [tool("ruff"), "format", "--quiet", "."],
        [tool("djade"), *pages()],
    )
    for command in commands:
        subprocess.run(command, cwd=ROOT, capture_output=True, check=False)


def passes(check: Check, env: dict[str, str]) -> bool:
    """Run one check; show what it says only when it fails."""
    began = time.monotonic()
    result = subprocess.run(
        check.command,
        cwd=ROOT,
        env={**env, **check.env},
        capture_output=True,
        text=True,
        check=False,
    )
    passed = result.returncode == 0
    word = "PASS" if passed else "FAIL"
    told = f"{word}  {check.name:<14} {time.monotonic() - began:6.1f} s"
    said = "" if passed else f"\n{tail(result.stdout + result.stderr, 60)}\n"
    say(told + said)
    return passed


def all_checks() -> list[Check]:
    """The checks, quick ones first."""
    files = tracked()
    manage = [sys.executable, str(ROOT / "manage.py")]
    test = {"DJANGO_SETTINGS_MODULE": "config.settings.test"}
    return [
        Check("ruff", [tool("ruff"), "check", "."]),
        Check("format", [tool("ruff"), "format", "--check", "."]),
        Check("typos", [tool("typos"), *spelled(files)]),
        Check("templates", [tool("djade"), "--check", *pages()]),
        Check("pages", [tool("djlint"), "--lint", "--quiet", *pages()]),
        Check("imports", [tool("lint-imports"), "--no-cache"]),
        Check("types", [tool("mypy"), "--strict", *strict()], test),
        Check(
            "deploy",
            [*manage, "check", "--deploy", "--fail-level", "WARNING"],
            deployed(),
        ),
        Check("migrations", [*manage, "makemigrations", "--check", "--dry-run"], test),
        Check("secrets", [tool("detect-secrets-hook"), "--baseline", BASELINE, *files]),
        Check(
            "bandit",
            [tool("bandit"), "-q", "-ll", "-c", "pyproject.toml", *code(files)],
        ),
    ]


def tool(name: str) -> str:
    """A program of the environment."""
    return str(Path(sys.executable).parent / name)


def tracked() -> list[str]:
    """Files of the project: git's, or all but what is made on the spot."""
    git = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        result = subprocess.run(
            git, cwd=ROOT, capture_output=True, text=True, check=False
        )
        names = result.stdout.splitlines() if result.returncode == 0 else []
    except FileNotFoundError:
        names = []
    found = names or [str(path.relative_to(ROOT)) for path in ROOT.rglob("*")]
    made = (".venv/", "var/", "static/vendor/", ".git/")
    return sorted(
        name for name in found if (ROOT / name).is_file() and not name.startswith(made)
    )


def pages() -> list[str]:
    """The templates of pages."""
    found = (name for name in tracked() if name.endswith(".html"))
    return [name for name in found if name.startswith("templates/")]


def code(files: list[str]) -> list[str]:
    """The product's own Python files."""
    apart = ("tests/", "benchmarks/", "docs/")
    return [
        name for name in files if name.endswith(".py") and not name.startswith(apart)
    ]


def spelled(files: list[str]) -> list[str]:
    """What people wrote in words: no data, no locks, no catalogues."""
    written = (".py", ".md", ".html", ".toml", ".js", ".css")
    return [name for name in files if name.endswith(written)]


def strict() -> list[str]:
    """What is typed strictly."""
    named = [
        str(path.relative_to(ROOT))
        for name in STRICT_FILES
        for path in [*ROOT.glob(f"*/{name}.py"), *ROOT.glob(f"*/{name}/*.py")]
        if path.parts[len(ROOT.parts)] not in {"tests", ".venv", "var", *STRICT}
    ]
    return [*(name for name in STRICT if (ROOT / name).exists()), *sorted(named)]


def deployed() -> dict[str, str]:
    """The environment of a deployment, with secrets of this moment."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.prod",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "portal.example.org",
        "CSRF_TRUSTED_ORIGINS": "https://portal.example.org",
        "SITE_URL": "https://portal.example.org",
    }
