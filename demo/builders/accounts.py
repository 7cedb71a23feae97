"""People, their roles, and the passwords of the accounts that anybody may try."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.auth.hashers import get_hasher

from accounts.models import RoleGrant, User
from accounts.roles import REGION, SCHOOL
from accounts.services import grant_role
from demo.accounts import password_of
from demo.clock import on
from demo.people import Post, group_posts, offered_posts, standing_posts
from demo.world import World

SINCE = date(2018, 1, 1)
ITERATIONS = 60_000
"""Rounds of hashing: nobody guesses seventy random bits, so that few rounds do."""


def build_administrators(world: World) -> None:
    """Create system, security and audit administrators, before anybody is invited."""
    _appoint(world, [p for p in standing_posts() if not p.kind], SINCE)


def build_officials(world: World) -> None:
    """Create everybody whose post hangs on a region."""
    _appoint(world, [p for p in standing_posts() if p.kind == REGION], SINCE)


def build_school_people(world: World) -> None:
    """Create the principals, clerks and teachers of schools."""
    _appoint(world, [p for p in standing_posts() if p.kind == SCHOOL], SINCE)


def build_group_posts(world: World, group: Any, lead: str) -> None:
    """Give a group its head and its office from the day it was founded."""
    _appoint(world, group_posts(group.name, lead), group.founded_on)


def _appoint(world: World, posts: Iterable[Post], since: date) -> None:
    listed = list(posts)
    names = {post.username: post for post in listed}
    held = set(
        User.objects.filter(username__in=names).values_list("username", flat=True)
    )
    with on(since):
        User.objects.bulk_create(
            _user(post) for name, post in names.items() if name not in held
        )
        for is_new in (True, False):
            count = sum((name not in held) == is_new for name in names)
            world.ledger.note("users", is_new, count)
        _grant(world, listed, since)
    world.forget_grants()


def _user(post: Post) -> User:
    user = User(username=post.username, full_name=post.full_name, post_title=post.title)
    if post.is_offered:
        user.password = hashed(post.username)
    else:
        user.set_unusable_password()
    return user


def hashed(username: str) -> str:
    """Return the stored form of a demo account's password."""
    hasher: Any = get_hasher()
    extra = {"iterations": ITERATIONS} if hasattr(hasher, "iterations") else {}
    encoded: str = hasher.encode(password_of(username), hasher.salt(), **extra)
    return encoded


def _grant(world: World, posts: list[Post], since: date) -> None:
    held = {
        (g.user.username, g.role, g.scope_id)
        for g in RoleGrant.objects.standing().select_related("user")
    }
    for post in posts:
        scope = world.scope(post.kind, post.scope)
        key = (post.username, post.role, scope.pk if scope else None)
        world.ledger.note("role_grants", key not in held)
        if key not in held:
            user = world.person(post.username)
            grant_role(user, post.role, scope, by=None, valid_from=since)


def renew_passwords(world: World) -> None:
    """Set the passwords anew when the secret of the installation has changed."""
    names = [post.username for post in offered_posts()]
    probe = User.objects.filter(username=names[0]).first()
    if probe is None or probe.check_password(password_of(names[0])):
        return
    users = list(User.objects.filter(username__in=names))
    for user in users:
        user.password = hashed(user.username)
    User.objects.bulk_update(users, ["password"])
    world.ledger.note("passwords", True, len(users))
