"""Ways past every form: what the database itself refuses, and by which rule."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core.constraints import violated_name


@contextmanager
def refused(name: str) -> Iterator[None]:
    """Expect the database to refuse, by the rule with this name."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert violated_name(caught.value) == name, caught.value


def sql(statement: str, *values: Any) -> None:
    """Run raw SQL, as somebody with a console would."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
