"""Take row locks in one documented order: group < school < teacher < account."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import OperationalError, models, transaction

P = ParamSpec("P")
T = TypeVar("T")
DEADLOCK = "40P01"


def lock(*querysets: models.QuerySet[Any]) -> list[list[Any]]:
    """Lock the rows of each queryset in primary-key order and return them.

    Give the querysets in the order group, school, teacher, account.
    """
    return [
        list(qs.select_for_update(of=("self",), no_key=True).order_by("pk"))
        for qs in querysets
    ]


def retry_deadlock(function: Callable[P, T]) -> Callable[P, T]:
    """Run the function in a transaction and once more after a deadlock."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            with transaction.atomic():
                return function(*args, **kwargs)
        except OperationalError as error:
            if getattr(error.__cause__, "pgcode", "") != DEADLOCK:
                raise
            with transaction.atomic():
                return function(*args, **kwargs)

    return run
