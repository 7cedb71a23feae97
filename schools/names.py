"""School names made comparable: one form for matching, pinyin for sorting."""

import unicodedata
from functools import cache

from django.db.models import CharField, Func
from pypinyin import lazy_pinyin

UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ〔〕【】[]{}"
LOWER = "abcdefghijklmnopqrstuvwxyz()()()()"
DROPPED = " \t\n\r\v\f\u00a0\u2028\u2029\u200b\u200c\u200d\u2060\ufeff"
AS_IS = "\0"
_TABLE = str.maketrans(UPPER, LOWER, DROPPED)


def normalize_name(name: str) -> str:
    """Return the name in NFKC form, without blanks, with one kind of bracket.

    The database computes ``School.normalized_name`` by the same rule.
    """
    return unicodedata.normalize("NFKC", name).translate(_TABLE)


class NormalName(Func):
    """The same form computed by the database."""

    output_field = CharField()
    template = (
        "translate(normalize(%(expressions)s, NFKC), "
        f"'{UPPER}' || '{DROPPED}', '{LOWER}')"
    )


def spell(name: str) -> tuple[str, str]:
    """Return the name in pinyin without tones, and the first letters of that.

    What is no Chinese character stays as it is in both.
    """
    pieces = lazy_pinyin(normalize_name(name), errors=lambda text: f"{AS_IS}{text}")
    letters = (p[1:] if p.startswith(AS_IS) else p[:1] for p in pieces)
    return "".join(pieces).replace(AS_IS, "")[:200], "".join(letters)[:100]


def spell_quickly(name: str) -> tuple[str, str]:
    """Return the same character by character, each looked up once.

    For lists of many names of people: a reading that only a phrase shows is not found.
    """
    pairs = [_spelled(sign) for sign in normalize_name(name)]
    letters = "".join(letter for _piece, letter in pairs)
    return "".join(piece for piece, _letter in pairs)[:200], letters[:100]


@cache
def _spelled(sign: str) -> tuple[str, str]:
    return spell(sign)
