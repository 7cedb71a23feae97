"""Identity numbers: checked, encrypted at rest, matched by keyed hash, masked.

The number itself is never stored. ``seal`` is authenticated and deterministic
(AES-SIV), so that the same number always gives the same text and a repeated import
changes nothing; ``digest`` serves matching. Both keys derive from ``FIELD_KEY``: with
another key neither can be read or matched.
"""

import base64
import hashlib
import hmac
import re
import unicodedata
from datetime import date
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.days import today
from personnel.choices import Sex

SHAPE = re.compile(r"\d{17}[\dX]", re.ASCII)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_SIGNS = "10X98765432"
OLDEST = 1900
VERSION = "1:"
BOUND = [b"personnel.teacher.identity"]


class Unreadable(Exception):
    """The sealed number belongs to another key, or was changed."""


@lru_cache(maxsize=8)
def _derived(secret: str, use: str, length: int) -> bytes:
    info = f"personnel.identity.{use}".encode()
    return HKDF(SHA256(), length, None, info).derive(secret.encode())


def _key(use: str, length: int) -> bytes:
    return _derived(settings.FIELD_KEY, use, length)


def tidy(number: str) -> str:
    """Return a number as it is compared: half width, no blanks, X in capitals."""
    narrow = unicodedata.normalize("NFKC", number)
    return "".join(narrow.split()).upper()


def check_sign(first17: str) -> str:
    """Return the eighteenth sign that GB 11643 (mod 11-2) wants."""
    total = sum(
        int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True)
    )
    return CHECK_SIGNS[total % 11]


def clean(number: str) -> str:
    """Return the tidy number; ValidationError, never quoting it, when it is wrong."""
    text = tidy(number)
    if not SHAPE.fullmatch(text):
        raise ValidationError(
            _("身份证号应为 18 位，前 17 位是数字"), code="identity_shape"
        )
    if _born(text) is None:
        raise ValidationError(
            _("身份证号中的出生日期不存在，请核对后重新填写"), code="identity_born"
        )
    if check_sign(text[:17]) != text[17]:
        raise ValidationError(
            _("身份证号的校验码不符，请逐位核对后重新填写"), code="identity_check"
        )
    return text


def _born(text: str) -> date | None:
    try:
        day = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return None
    return day if day.year >= OLDEST and day <= today() else None


def birth_year(number: str) -> int:
    """Return the year of birth that a clean number tells."""
    return int(number[6:10])


def sex(number: str) -> str:
    """Return the sex that a clean number tells."""
    return Sex.MALE if int(number[16]) % 2 else Sex.FEMALE


def seal(number: str) -> str:
    """Return a clean number encrypted."""
    sealed = AESSIV(_key("seal", 64)).encrypt(number.encode(), BOUND)
    return VERSION + base64.urlsafe_b64encode(sealed).decode()


def unseal(sealed: str) -> str:
    """Return the number of a sealed text; Unreadable under another key."""
    try:
        raw = base64.urlsafe_b64decode(sealed.removeprefix(VERSION))
        return AESSIV(_key("seal", 64)).decrypt(raw, BOUND).decode()
    except (InvalidTag, ValueError) as error:
        raise Unreadable from error


def digest(number: str) -> str:
    """Return the keyed hash by which equal numbers are known."""
    return hmac.new(_key("match", 32), number.encode(), hashlib.sha256).hexdigest()


def mask(number: str) -> str:
    """Return the first three and the last two signs, the rest as stars."""
    return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}"
