"""Composite foreign keys of tables that are filled by the hundred thousand."""

from typing import Any

from core.constraints.carried import CarriedKey

CHECKED = """
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM 1 FROM (
        WITH given AS MATERIALIZED (SELECT DISTINCT {owns} FROM fresh f WHERE {given}),
        held AS MATERIALIZED (
            SELECT {parents} FROM {parent} p WHERE ({parents}) IN (SELECT * FROM given)
            ORDER BY {parents} FOR KEY SHARE)
        SELECT 1 FROM given f WHERE NOT EXISTS (SELECT 1 FROM held p WHERE {same})
    ) missing;
    IF FOUND THEN
        RAISE EXCEPTION '{name}: a row carries what its parent does not have'
            USING ERRCODE = '23503', CONSTRAINT = '{name}', TABLE = '{table}';
    END IF;
    RETURN NULL;
END $body$;
"""
FOLLOWED = """
CREATE OR REPLACE FUNCTION {followed}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    UPDATE {quoted_table} f SET {moved} WHERE {old};
    RETURN NULL;
END $body$;
"""
KEPT = """
CREATE OR REPLACE FUNCTION {kept}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM 1 FROM {quoted_table} f WHERE {old}
        AND NOT EXISTS (SELECT 1 FROM {parent} p WHERE {same});
    IF FOUND THEN
        RAISE EXCEPTION '{name}: rows still belong to what is to be deleted'
            USING ERRCODE = '23503', CONSTRAINT = '{name}', TABLE = '{table}';
    END IF;
    RETURN NULL;
END $body$;
"""


class BulkCarriedKey(CarriedKey):
    """A carried key that asks once for a statement and not once for a row.

    It promises what ``CarriedKey`` promises: parents named by new rows are locked
    until the commit, a changed parent changes its rows, one with rows stays. Rows are
    checked at the end of their statement, parents to be deleted at the commit. For
    READ COMMITTED, as all transactions here are. PostgreSQL checks a foreign key row by
    row at 8 to 11 µs each, which is most of the time of a bulk load.
    """

    def _parts(self, model: Any, editor: Any) -> dict[str, str]:
        parent, quote = model._meta.apps.get_model(self.to), editor.quote_name
        own = [quote(c) for c in self._columns(model, self.fields)]
        theirs = [quote(c) for c in self._columns(parent, self.to_fields)]
        pairs = list(zip(own, theirs, strict=True))
        return {
            "name": self.name,
            "table": model._meta.db_table,
            "quoted_table": quote(model._meta.db_table),
            "parent": quote(parent._meta.db_table),
            "function": quote(f"{self.name}_fn"),
            "followed": quote(f"{self.name}_followed_fn"),
            "kept": quote(f"{self.name}_kept_fn"),
            "owns": ", ".join(f"f.{c}" for c in own),
            "parents": ", ".join(f"p.{c}" for c in theirs),
            "given": " AND ".join(f"f.{c} IS NOT NULL" for c in own),
            "same": " AND ".join(f"p.{t} = f.{o}" for o, t in pairs),
            "old": " AND ".join(f"f.{o} = OLD.{t}" for o, t in pairs),
            "moved": ", ".join(f"{o} = NEW.{t}" for o, t in pairs),
            "differs": " OR ".join(f"OLD.{t} IS DISTINCT FROM NEW.{t}" for t in theirs),
        }

    def _statements(self, model: Any, editor: Any) -> list[str]:
        parts, name = self._parts(model, editor), editor.quote_name(self.name)
        own = (
            f"CREATE TRIGGER {{name}} AFTER {{when}} ON {parts['quoted_table']}"
            " REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT"
            f" EXECUTE FUNCTION {parts['function']}()"
        )
        quote = editor.quote_name
        return [
            CHECKED.format(**parts),
            FOLLOWED.format(**parts),
            KEPT.format(**parts),
            own.format(name=name, when="INSERT"),
            own.format(name=quote(f"{self.name}_changed"), when="UPDATE"),
            f"CREATE TRIGGER {name} AFTER UPDATE ON {parts['parent']} FOR EACH ROW"
            f" WHEN ({parts['differs']}) EXECUTE FUNCTION {parts['followed']}()",
            f"CREATE CONSTRAINT TRIGGER {quote(f'{self.name}_kept')}"
            f" AFTER DELETE ON {parts['parent']} DEFERRABLE INITIALLY DEFERRED"
            f" FOR EACH ROW EXECUTE FUNCTION {parts['kept']}()",
        ]

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        """Queue functions and triggers for the end of the migration."""
        schema_editor.deferred_sql.extend(self._statements(model, schema_editor))

    constraint_sql = create_sql

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        """Return the statement that drops the functions with their triggers."""
        parts = self._parts(model, schema_editor)
        names = ", ".join(f"{parts[n]}()" for n in ("function", "followed", "kept"))
        return f"DROP FUNCTION IF EXISTS {names} CASCADE"

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, Any]]:
        """Return what a migration needs to build the constraint again."""
        _path, args, kwargs = super().deconstruct()
        return "core.constraints.BulkCarriedKey", args, kwargs
