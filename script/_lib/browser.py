"""Debian's chromium for the browser tests."""

from __future__ import annotations

import os
import shutil
import subprocess

from .causes import explain
from .paths import ROOT
from .say import Stop, loud, step

PACKAGES = ("chromium", "fonts-noto-cjk")
NAMES = ("chromium", "chromium-browser", "google-chrome")


def path() -> str | None:
    """The browser of this machine."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def has_chinese() -> bool:
    """Whether pages would show Chinese and not boxes."""
    fc_list = shutil.which("fc-list")
    if fc_list is None:
        return False
    command = [fc_list, ":lang=zh-cn", "family"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return bool(said.strip())


def require() -> None:
    """Install what is missing."""
    if path() and has_chinese():
        return
    apt = shutil.which("apt-get")
    if apt is None:
        raise Stop(
            "the browser tests need chromium, and this machine has no apt-get.",
            "install chromium and a Chinese font, or run script/test without --browser",
        )
    with step("chromium and a Chinese font for the browser tests"):
        _apt(apt, "update", "-q")
        _apt(apt, "install", "-q", "-y", "--no-install-recommends", *PACKAGES)


def announce_missing() -> None:
    """Say loudly that a part of the tests does not run."""
    if path() is None:
        loud(
            "BROWSER TESTS ARE SKIPPED: there is no chromium on this machine.\n"
            "Install it with: script/test --browser"
        )
    elif not has_chinese():
        loud(
            "No Chinese font on this machine: screenshots will show boxes.\n"
            "Install one with: sudo apt install fonts-noto-cjk"
        )


def _apt(apt: str, *words: str) -> None:
    sudo = [] if os.geteuid() == 0 else [shutil.which("sudo") or "sudo"]
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    try:
        result = subprocess.run(
            [*sudo, apt, *words], env=env, capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise Stop(
            "installing chromium needs administrator rights.",
            f"as administrator: apt-get install {' '.join(PACKAGES)}",
        ) from error
    if result.returncode:
        output = result.stdout + result.stderr
        raise explain(
            "installing chromium with apt-get", output, ROOT, "script/test --browser"
        )
