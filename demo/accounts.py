"""The demo accounts: passwords come from a secret of the installation, never stored."""

import hashlib
import hmac

from django.conf import settings

from accounts.models import User
from accounts.roles import ROLES
from bureau.models import Region
from config.runtime import secret
from core.demo_accounts import DemoAccount
from demo.people import Post, offered_posts

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # pragma: allowlist secret
LENGTH = 14


def password_of(username: str, key: str | None = None) -> str:
    """Return the password of an account: an HMAC of its name, written legibly.

    ``key`` defaults to the secret under ``var/``. Fourteen signs of thirty-one are
    about seventy random bits.
    """
    if key is None:
        key = secret(settings.BASE_DIR, "demo_accounts")
    mac = hmac.new(key.encode(), f"demo:{username}".encode(), hashlib.sha256).digest()
    number, signs = int.from_bytes(mac), []
    for _place in range(LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[rest])
    return "".join(signs)


def demo_accounts() -> list[DemoAccount]:
    """Return the accounts of the demo that stand in the database, in shown order."""
    return [
        DemoAccount(
            username=post.username,
            password=password_of(post.username),
            role=str(ROLES[post.role].label),
            scope=scope,
        )
        for post, scope in standing_accounts()
    ]


def standing_accounts() -> list[tuple[Post, str]]:
    """Return the offered posts whose account exists, with the words of their scope."""
    posts = offered_posts()
    held = set(
        User.objects.filter(
            username__in=[post.username for post in posts], is_active=True
        ).values_list("username", flat=True)
    )
    names = dict(
        Region.objects.filter(code__startswith="99").values_list("code", "name")
    )
    return [
        (post, names.get(post.scope, post.scope))
        for post in posts
        if post.username in held
    ]
