"""What every verb of the register does before and while it writes."""

from typing import Any

from django.db import IntegrityError, transaction

from core.constraints import check_deferred, explain
from core.transitions import MoveRefused
from core.verdict import Verdict


def require(verdict: Verdict) -> None:
    """Raise MoveRefused with the reason unless the verdict allows."""
    if not verdict:
        raise MoveRefused(verdict)


def save(row: Any) -> None:
    """Save in the caller's transaction; say a violated rule in words."""
    row.full_clean()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise explain(error) from error


def settle() -> None:
    """Ask for the database's deferred answers now; say a refusal in words."""
    try:
        with transaction.atomic():
            check_deferred()
    except IntegrityError as error:
        raise explain(error) from error
