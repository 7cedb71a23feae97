"""Run the benchmarks, each in its own process, and keep every figure."""

from __future__ import annotations

import os
import subprocess
import sys

from . import setup
from .embedded import services
from .paths import ROOT
from .say import Stop, say

APART = {"__init__", "ground", "harness", "roster_ground"}


def main(arguments: list[str]) -> int:
    """script/bench [name …] [--option …]; every one of them is given the options"""
    names = wanted([name for name in arguments if not name.startswith("--")])
    options = [name for name in arguments if name.startswith("--")]
    setup.ensure(development=True)
    setup.enter("bench", arguments)
    with services(dict(os.environ), "bench", durable=True) as env:
        env["DJANGO_SETTINGS_MODULE"] = "config.settings.dev"
        failed = [name for name in names if run(name, env, options)]
    say(f"\nFAIL: {', '.join(failed)}" if failed else f"\nPASS: {', '.join(names)}")
    return 1 if failed else 0


def wanted(arguments: list[str]) -> list[str]:
    """The named benchmarks, or all; `roster` names every `roster_….py` as well."""
    folder = ROOT / "benchmarks"
    known = sorted(path.stem for path in folder.glob("*.py") if path.stem not in APART)
    families = {name.partition("_")[0] for name in known if "_" in name}
    unknown = [name for name in arguments if name not in {*known, *families}]
    if unknown:
        raise Stop(
            f"there is no benchmark {', '.join(unknown)}.",
            f"script/bench {' '.join(known)}",
        )
    if not known:
        raise Stop("there is no benchmark yet.", "add one to benchmarks/")
    return [
        name
        for name in known
        if not arguments or name in arguments or name.partition("_")[0] in arguments
    ]


def run(name: str, env: dict[str, str], options: list[str]) -> int:
    """One benchmark; its exit status is not 0 when it missed a target."""
    say(f"\n== {name} ==")
    command = [sys.executable, "-m", f"benchmarks.{name}", *options]
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode
