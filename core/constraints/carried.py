"""Composite foreign keys: copied columns that always equal the parent's."""

from collections.abc import Sequence
from typing import Any

from django.db import models


class CarriedKey(models.BaseConstraint):
    """These fields always equal those of one row of ``to`` (ON UPDATE CASCADE).

    ``fields`` and ``to_fields`` are field names in the same order; ``to`` is
    ``app.Model``, which must declare a UniqueConstraint over ``to_fields``. Carried
    columns should be NOT NULL: a null copy is not checked by the database.
    """

    def __init__(
        self,
        *,
        name: str,
        fields: Sequence[str],
        to: str,
        to_fields: Sequence[str],
        violation_error_message: Any = None,
    ) -> None:
        super().__init__(name=name, violation_error_message=violation_error_message)
        self.fields = tuple(fields)
        self.to = to
        self.to_fields = tuple(to_fields)

    def _columns(self, model: Any, names: Sequence[str]) -> list[str]:
        return [model._meta.get_field(name).column for name in names]

    def _sql(self, model: Any, editor: Any) -> str:
        parent = model._meta.apps.get_model(self.to)
        quote = editor.quote_name
        own = ", ".join(quote(c) for c in self._columns(model, self.fields))
        theirs = ", ".join(quote(c) for c in self._columns(parent, self.to_fields))
        return (
            f"ALTER TABLE {quote(model._meta.db_table)} "
            f"ADD CONSTRAINT {quote(self.name)} FOREIGN KEY ({own}) "
            f"REFERENCES {quote(parent._meta.db_table)} ({theirs}) "
            "ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED"
        )

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        """Queue the key for the end of the migration, after the parent's unique key."""
        schema_editor.deferred_sql.append(self._sql(model, schema_editor))

    constraint_sql = create_sql

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        """Return the statement that drops the key."""
        quote = schema_editor.quote_name
        return (
            f"ALTER TABLE {quote(model._meta.db_table)} "
            f"DROP CONSTRAINT IF EXISTS {quote(self.name)}"
        )

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Leave the check to the database."""

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, Any]]:
        """Return what a migration needs to build the constraint again."""
        kwargs: dict[str, Any] = {
            "name": self.name,
            "fields": self.fields,
            "to": self.to,
            "to_fields": self.to_fields,
        }
        if self.violation_error_message != self.default_violation_error_message:
            kwargs["violation_error_message"] = self.violation_error_message
        return "core.constraints.CarriedKey", (), kwargs

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, CarriedKey) and self.deconstruct() == other.deconstruct()
        )

    def __hash__(self) -> int:
        return hash((self.name, self.fields, self.to))
