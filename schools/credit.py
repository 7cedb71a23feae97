"""The unified social credit code of GB 32100-2015 and its check character."""

from django.core.exceptions import ValidationError
from django.db.models import F, IntegerField, Q, Value
from django.db.models.functions import Mod, StrIndex, Substr
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _

ALPHABET = "0123456789" + "ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
CREDIT_SHAPE = rf"^[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}$"


def check_character(first: str) -> str:
    """Return the eighteenth character that belongs to the first seventeen."""
    total = sum(
        ALPHABET.index(sign) * weight
        for sign, weight in zip(first, WEIGHTS, strict=True)
    )
    return ALPHABET[-total % 31]


def is_credit_code(code: str) -> bool:
    """Tell whether the code has the right signs and its check character fits."""
    if len(code) != 18 or not set(code) <= set(ALPHABET) or not code[2:8].isdigit():
        return False
    return check_character(code[:17]) == code[17]


def validate_credit_code(code: str) -> None:
    """Refuse a code whose signs or check character are wrong."""
    if not is_credit_code(code):
        raise ValidationError(
            _("统一社会信用代码不正确：应为 18 位，且校验位须相符，请对照证照核对"),
            code="credit_code",
        )


def checks_out(field: str) -> Q:
    """Return the same rule as a condition that the database works out."""
    total = Value(0)
    for place, weight in enumerate((*WEIGHTS, 1), start=1):
        sign = StrIndex(Value(ALPHABET), Substr(F(field), place, 1))
        total = total + (sign - Value(1)) * Value(weight)
    return Q(**{f"{field}__regex": CREDIT_SHAPE}) & Q(
        Exact(Mod(total, Value(31), output_field=IntegerField()), Value(0))
    )
