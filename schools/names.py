"""School names made comparable: one form for matching, pinyin for sorting."""

import unicodedata

from django.db.models import CharField, Func
from pypinyin import Style, lazy_pinyin

UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ〔〕【】[]{}"
LOWER = "abcdefghijklmnopqrstuvwxyz()()()()"
DROPPED = " \t\n\r\v\f\u00a0\u2028\u2029\u200b\u200c\u200d\u2060\ufeff"
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


def pinyin_of(name: str) -> str:
    """Return the name in pinyin without tones, for sorting and searching."""
    return "".join(lazy_pinyin(normalize_name(name)))[:200]


def initials_of(name: str) -> str:
    """Return the first letters of the name's pinyin."""
    return "".join(lazy_pinyin(normalize_name(name), style=Style.FIRST_LETTER))[:100]
