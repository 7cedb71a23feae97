"""A count or sum over time as one deferred constraint trigger."""

from typing import Any

from django.db import models

TRIGGER = """
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    parent bigint;
    parents bigint[];
    worst record;
    floor_from date;
BEGIN
    IF TG_TABLE_NAME = '{parent_table}' THEN parents := ARRAY[NEW.id];
    ELSIF TG_OP = 'INSERT' THEN parents := ARRAY[NEW.{key}];
    ELSIF TG_OP = 'DELETE' THEN parents := ARRAY[OLD.{key}];
    ELSE parents := ARRAY[OLD.{key}, NEW.{key}];
    END IF;
    FOR parent IN SELECT DISTINCT p FROM unnest(parents) p
        WHERE p IS NOT NULL ORDER BY p
    LOOP
        PERFORM 1 FROM {quoted_parent} WHERE id = parent FOR NO KEY UPDATE;
        {maximum_check}
        {minimum_check}
    END LOOP;
    RETURN NULL;
END $body$;
"""

MAXIMUM = """
        SELECT d.day, sum({measure}) AS total INTO worst
        FROM (SELECT DISTINCT r.valid_from AS day FROM {quoted_table} r
              WHERE r.{key} = parent AND ({where})) d
        JOIN {quoted_table} r ON r.{key} = parent AND ({where})
            AND r.valid_from <= d.day AND (r.valid_to IS NULL OR r.valid_to > d.day)
        GROUP BY d.day HAVING sum({measure}) > {maximum} ORDER BY d.day LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION '{name}: % on %', worst.total, worst.day
                USING ERRCODE = '23514', CONSTRAINT = '{name}';
        END IF;
"""

MINIMUM = """
        SELECT GREATEST(p.{minimum_from}, DATE '0001-01-01') INTO floor_from
        FROM {quoted_parent} p WHERE p.id = parent AND ({parent_where});
        IF FOUND AND floor_from IS NOT NULL THEN
            SELECT d.day INTO worst
            FROM (SELECT floor_from AS day
                  UNION SELECT r.valid_to FROM {quoted_table} r
                  WHERE r.{key} = parent AND ({where}) AND r.valid_to > floor_from) d
            LEFT JOIN {quoted_table} r ON r.{key} = parent AND ({where})
                AND r.valid_from <= d.day AND (r.valid_to IS NULL OR r.valid_to > d.day)
            GROUP BY d.day
            HAVING coalesce(sum({measure}) FILTER (WHERE r.id IS NOT NULL), 0)
                < {minimum}
            ORDER BY d.day LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION '{name}: too few on %', worst.day
                    USING ERRCODE = '23514', CONSTRAINT = '{name}';
            END IF;
        END IF;
"""


class OverRange(models.BaseConstraint):
    """On every day one parent's rows sum to ``maximum`` at most, ``minimum`` at least.

    ``key`` is the foreign key to the parent, ``measure`` the SQL summed for a row
    (``1`` counts), ``where`` an SQL condition on alias ``r``. ``minimum`` holds from
    the parent's date column ``minimum_from`` on, while ``parent_where`` (SQL on alias
    ``p``) is true. Deferred to the commit; locks the parent, so a service that
    touches several parents locks them in id order first.
    """

    def __init__(
        self,
        *,
        name: str,
        key: str,
        measure: str = "1",
        where: str = "TRUE",
        maximum: str | int | None = None,
        minimum: str | int | None = None,
        minimum_from: str = "",
        parent_where: str = "TRUE",
        violation_error_message: Any = None,
    ) -> None:
        super().__init__(name=name, violation_error_message=violation_error_message)
        self.key = key
        self.measure = measure
        self.where = where
        self.maximum = maximum
        self.minimum = minimum
        self.minimum_from = minimum_from
        self.parent_where = parent_where

    def _parts(self, model: Any, editor: Any) -> dict[str, Any]:
        field = model._meta.get_field(self.key)
        parent = field.related_model
        quote = editor.quote_name
        return {
            "name": self.name,
            "function": quote(f"{self.name}_fn"),
            "key": quote(field.column),
            "measure": self.measure,
            "where": self.where,
            "maximum": self.maximum,
            "minimum": self.minimum,
            "minimum_from": self.minimum_from,
            "parent_where": self.parent_where,
            "quoted_table": quote(model._meta.db_table),
            "parent_table": parent._meta.db_table,
            "quoted_parent": quote(parent._meta.db_table),
        }

    def _statements(self, model: Any, editor: Any) -> list[str]:
        parts = self._parts(model, editor)
        parts["maximum_check"] = (
            MAXIMUM.format(**parts) if self.maximum is not None else ""
        )
        parts["minimum_check"] = (
            MINIMUM.format(**parts) if self.minimum is not None else ""
        )
        quoted = editor.quote_name(self.name)
        tail = (
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
            f"EXECUTE FUNCTION {parts['function']}()"
        )
        statements = [
            TRIGGER.format(**parts),
            f"CREATE CONSTRAINT TRIGGER {quoted} AFTER INSERT OR UPDATE OR DELETE "
            f"ON {parts['quoted_table']} {tail}",
        ]
        if self.minimum is not None:
            statements.append(
                f"CREATE CONSTRAINT TRIGGER {quoted} AFTER INSERT OR UPDATE "
                f"ON {parts['quoted_parent']} {tail}"
            )
        return statements

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
        kwargs: dict[str, Any] = {"name": self.name, "key": self.key}
        defaults = {"measure": "1", "where": "TRUE", "parent_where": "TRUE"}
        for option, default in defaults.items():
            if getattr(self, option) != default:
                kwargs[option] = getattr(self, option)
        for option in ("maximum", "minimum"):
            if getattr(self, option) is not None:
                kwargs[option] = getattr(self, option)
        if self.minimum_from:
            kwargs["minimum_from"] = self.minimum_from
        if self.violation_error_message != self.default_violation_error_message:
            kwargs["violation_error_message"] = self.violation_error_message
        return "core.constraints.OverRange", (), kwargs

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, OverRange) and self.deconstruct() == other.deconstruct()
        )

    def __hash__(self) -> int:
        return hash((self.name, self.key))
