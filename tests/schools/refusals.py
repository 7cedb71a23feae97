"""Writes past every form, and the rule by which the database refuses them."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from core.constraints import violated_name


def settle() -> None:
    """Check the deferred rules now, as a commit would."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def refused(rule: str, write: Any) -> None:
    """Expect that the database refuses the write by this rule."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        write()
        settle()
    assert violated_name(caught.value) == rule


def sql(statement: str, *params: Any) -> Any:
    """Return a raw statement to be run."""

    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, params)

    return run
