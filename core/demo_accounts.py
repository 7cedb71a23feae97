"""The accounts a demo installation offers on its sign-in page."""

from collections.abc import Callable
from dataclasses import dataclass

from core.models import Installation


@dataclass(frozen=True)
class DemoAccount:
    """One account anybody may try: who, with which password, for what."""

    username: str
    password: str
    role: str
    scope: str


_source: Callable[[], list[DemoAccount]] = list


def register_demo_accounts(source: Callable[[], list[DemoAccount]]) -> None:
    """Say where the demo accounts come from (the demo room)."""
    global _source
    _source = source


def demo_accounts() -> list[DemoAccount]:
    """Return the accounts; none outside a demo installation."""
    installation = Installation.current()
    return _source() if installation and installation.is_demo else []
