"""Everything that refers to a school, in whatever room it stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pghistory
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models

from audit.models import Event
from schools.models import NotDuplicate, School, SchoolStage

OF_THE_SCHOOL_ITSELF = (SchoolStage, NotDuplicate)
"""Part of the entry: made and removed with it."""


@dataclass(frozen=True)
class Link:
    """One way in which rows refer to a school: a foreign key or a generic one."""

    model: type[models.Model]
    name: str
    id_column: str
    kind_column: str = ""

    def rows(self, school: models.Model | int) -> models.QuerySet[Any]:
        """Return the rows that refer to the school."""
        pk = school if isinstance(school, int) else school.pk
        found = self.model._base_manager.filter(**{self.id_column: pk})
        if self.kind_column:
            kind = ContentType.objects.get_for_model(School)
            found = found.filter(**{self.kind_column: kind})
        return found

    @property
    def label(self) -> str:
        """Return what the rows are called."""
        return str(self.model._meta.verbose_name)


def links() -> Iterator[Link]:
    """Yield every way in which rows of any room refer to a school.

    History is left out: it keeps what was true. So are events, which nobody changes.
    """
    for model in apps.get_models():
        if issubclass(model, pghistory.models.Event) or model is Event:
            continue
        for field in model._meta.get_fields():
            if (
                isinstance(field, (models.ForeignKey, models.OneToOneField))
                and field.related_model is School
            ):
                yield Link(model, field.name, field.attname)
        yield from _generic(model)


def _generic(model: type[models.Model]) -> Iterator[Link]:
    for field in model._meta.private_fields:
        if isinstance(field, GenericForeignKey):
            yield Link(model, field.name, field.fk_field, field.ct_field)


@dataclass(frozen=True)
class Reference:
    """How many rows of one kind refer to a school."""

    link: Link
    count: int

    def __str__(self) -> str:
        return f"{self.link.label} {self.count}"


def references(school: School) -> list[Reference]:
    """Return what refers to the school besides the parts of its own entry."""
    found = []
    for link in links():
        if link.model in OF_THE_SCHOOL_ITSELF:
            continue
        count = link.rows(school).count()
        if count:
            found.append(Reference(link, count))
    return found
