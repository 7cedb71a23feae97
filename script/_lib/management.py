"""Run the product's own commands from a script."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg2

from .paths import ROOT
from .say import Stop, tail


@dataclass(frozen=True)
class Installed:
    """What the database says this installation is."""

    region_code: str
    is_demo: bool


def run(env: Mapping[str, str], *words: str, verbosity: str = "1") -> str:
    """Run `manage.py WORDS` and return what it prints."""
    command = [sys.executable, str(ROOT / "manage.py"), *words, "-v", verbosity]
    result = subprocess.run(
        command, cwd=ROOT, env=dict(env), capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise Stop(
            f"manage.py {words[0]} failed.",
            f".venv/bin/python manage.py {' '.join(words)}",
            tail(result.stdout + result.stderr, 25),
        )
    return result.stdout


def installation(database_url: str) -> Installed | None:
    """The installation's one row, or None before it was set up."""
    connection = psycopg2.connect(database_url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('core_installation')")
            if cursor.fetchone() == (None,):
                return None
            cursor.execute("SELECT region_code, is_demo FROM core_installation")
            row = cursor.fetchone()
    finally:
        connection.close()
    return Installed(*row) if row else None
