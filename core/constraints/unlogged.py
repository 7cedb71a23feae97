"""Tables whose rows can be made again: written without the write-ahead log."""

from typing import Any

from django.db import models


class Unlogged(models.BaseConstraint):
    """The table is UNLOGGED: quick to fill, empty after a crash of the server."""

    def __init__(self, *, name: str) -> None:
        super().__init__(name=name)

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        """Return the statement that takes the table out of the log."""
        table = schema_editor.quote_name(model._meta.db_table)
        return f"ALTER TABLE {table} SET UNLOGGED"

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """Queue the change for the end of the migration: it is no part of the table."""
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        """Return the statement that makes the table logged again."""
        table = schema_editor.quote_name(model._meta.db_table)
        return f"ALTER TABLE {table} SET LOGGED"

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to check on one row."""

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, Any]]:
        """Return what a migration needs to build the constraint again."""
        return "core.constraints.Unlogged", (), {"name": self.name}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unlogged) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)
