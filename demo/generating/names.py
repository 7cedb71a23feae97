"""Invented names of people, many of them, with their pinyin."""

from functools import cache
from random import Random

from demo.data import tree
from schools.names import spell


def draw_name(chance: Random) -> tuple[str, str]:
    """Return a family name and a given name."""
    surnames, firsts, lasts = _pools()
    given = chance.choice(firsts) + chance.choice(lasts)
    return chance.choice(surnames), given


@cache
def spelled(name: str) -> tuple[str, str]:
    """Return pinyin and initials of a name; each name is worked out once."""
    return spell(name)


@cache
def _pools() -> tuple[list[str], list[str], list[str]]:
    pool = tree("names.json")
    firsts = sorted({given[0] for given in pool["given"]})
    lasts = sorted({given[-1] for given in pool["given"]})
    return pool["surnames"], firsts, lasts
