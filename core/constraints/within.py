"""A dated row never outlasts the thing it belongs to."""

from typing import Any

from django.db import models

CHECK = """
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    parent bigint;
BEGIN
    IF TG_TABLE_NAME = '{parent_table}' THEN parent := NEW.id;
    ELSE parent := NEW.{key};
    END IF;
    PERFORM 1 FROM {quoted_parent} WHERE id = parent FOR NO KEY UPDATE;
    PERFORM 1 FROM {quoted_parent} p JOIN {quoted_table} r ON r.{key} = p.id
    WHERE p.id = parent AND p.{end} IS NOT NULL AND ({where})
        AND (r.valid_to IS NULL OR r.valid_to > p.{end});
    IF FOUND THEN
        RAISE EXCEPTION '{name}: a row outlasts what it belongs to'
            USING ERRCODE = '23514', CONSTRAINT = '{name}';
    END IF;
    RETURN NULL;
END $body$;
"""


class EndsWithParent(models.BaseConstraint):
    """A row ``[valid_from, valid_to)`` ends by the day its parent ends.

    ``key`` is the foreign key to the parent, ``end`` the parent's date column (the
    first day it is no more), ``where`` an SQL condition on alias ``r``. Deferred to
    the commit; locks the parent, so that both may be written side by side.
    """

    def __init__(
        self,
        *,
        name: str,
        key: str,
        end: str,
        where: str = "TRUE",
        violation_error_message: Any = None,
    ) -> None:
        super().__init__(name=name, violation_error_message=violation_error_message)
        self.key = key
        self.end = end
        self.where = where

    def _statements(self, model: Any, editor: Any) -> list[str]:
        field = model._meta.get_field(self.key)
        parent, quote = field.related_model, editor.quote_name
        function = quote(f"{self.name}_fn")
        end = quote(parent._meta.get_field(self.end).column)
        body = CHECK.format(
            function=function,
            name=self.name,
            key=quote(field.column),
            end=end,
            where=self.where,
            parent_table=parent._meta.db_table,
            quoted_parent=quote(parent._meta.db_table),
            quoted_table=quote(model._meta.db_table),
        )
        tail = (
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW {when}"
            f"EXECUTE FUNCTION {function}()"
        )
        name = quote(self.name)
        own, theirs = quote(model._meta.db_table), quote(parent._meta.db_table)
        return [
            body,
            f"CREATE CONSTRAINT TRIGGER {name} AFTER INSERT OR UPDATE "
            f"ON {own} {tail.format(when='')}",
            f"CREATE CONSTRAINT TRIGGER {name} AFTER UPDATE ON {theirs} "
            + tail.format(when=f"WHEN (NEW.{end} IS DISTINCT FROM OLD.{end}) "),
        ]

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        """Queue function and triggers for the end of the migration."""
        schema_editor.deferred_sql.extend(self._statements(model, schema_editor))

    constraint_sql = create_sql

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        """Return the statement that drops the function and, with it, the triggers."""
        function = schema_editor.quote_name(f"{self.name}_fn")
        return f"DROP FUNCTION IF EXISTS {function} CASCADE"

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Leave the check to the database."""

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, Any]]:
        """Return what a migration needs to build the constraint again."""
        kwargs: dict[str, Any] = {"name": self.name, "key": self.key, "end": self.end}
        if self.where != "TRUE":
            kwargs["where"] = self.where
        if self.violation_error_message != self.default_violation_error_message:
            kwargs["violation_error_message"] = self.violation_error_message
        return "core.constraints.EndsWithParent", (), kwargs

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, EndsWithParent)
            and self.deconstruct() == other.deconstruct()
        )

    def __hash__(self) -> int:
        return hash((self.name, self.key, self.end))
