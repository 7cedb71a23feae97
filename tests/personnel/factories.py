"""Smallest valid teachers and identity numbers that nobody carries."""

from __future__ import annotations

import itertools
from typing import Any

import factory
from django.apps import apps
from django.db import connection

from personnel import identity
from personnel.models import Teacher
from tests.schools.factories import SchoolFactory

_numbers = itertools.count(1)


def identity_number(
    born: str = "19850614", order: int | None = None, area: str = "990113"
) -> str:
    """Return a number with a right check sign in an area that does not exist."""
    order = next(_numbers) % 1000 if order is None else order
    first = f"{area}{born}{order:03d}"
    return first + identity.check_sign(first)


def tables_holding(text: str) -> list[str]:
    """Return the tables in which some row holds the text."""
    models = apps.get_models(include_auto_created=True)
    names = {m._meta.db_table for m in models if m._meta.managed}
    found = []
    with connection.cursor() as cursor:
        for name in sorted(names & set(connection.introspection.table_names())):
            cursor.execute(
                f'SELECT EXISTS (SELECT 1 FROM "{name}" r WHERE r::text LIKE %s)',
                [f"%{text}%"],
            )
            found += [name] if cursor.fetchone()[0] else []
    return found


class TeacherFactory(factory.django.DjangoModelFactory):
    """A teacher on the establishment; ``identity_number`` seals one."""

    class Meta:
        model = Teacher

    name = factory.Sequence(lambda n: f"测试教师{n}")
    school = factory.SubFactory(SchoolFactory)
    employment = "ESTABLISHMENT"

    identity_number: Any = ""

    @classmethod
    def _create(cls, model_class: type[Teacher], *args: Any, **kwargs: Any) -> Teacher:
        number = kwargs.pop("identity_number")
        teacher = model_class(*args, **kwargs)
        if number:
            teacher.set_identity(number)
        teacher.save(force_insert=True)
        return teacher
