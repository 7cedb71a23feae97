"""Chance that comes out the same every time."""

from random import Random

SEED = "990100"


def dice(*about: object) -> Random:
    """Return the dice of one thing: the same words throw the same numbers."""
    return Random(":".join([SEED, *map(str, about)]))  # noqa: S311 - no secret here
