"""Stages kept in step with the types that a list of schools gives."""

from typing import Any

from schools.choices import ALLOWED_STAGES, DEFAULT_STAGES


def _pairs(table: dict[str, tuple[Any, ...]]) -> str:
    rows = [f"('{t.value}', '{s.value}')" for t, ss in table.items() for s in ss]  # type: ignore[attr-defined]
    return ", ".join(rows)


_CHANGED = """
    FROM typed t JOIN schools_school m ON m.id = t.row_target
    WHERE t.verdict = 'UPDATED' AND t.type IS NOT NULL AND t.type <> m.type
        AND NOT 'type' = ANY (m.pinned)
"""
STAGES_THAT_GO = f"""
    SELECT c.row_number, s.id
    FROM (SELECT t.row_number, t.row_target, t.type {_CHANGED}) c
    JOIN schools_schoolstage s ON s.school_id = c.row_target
    WHERE (c.type, s.stage) NOT IN (VALUES {_pairs(ALLOWED_STAGES)})
"""  # noqa: S608 - built from the project's own choices
STAGES_OF_A_NEW_TYPE = f"""
    SELECT c.row_number, c.row_target AS school_id, d.stage, c.type AS school_type
    FROM (SELECT t.row_number, t.row_target, t.type {_CHANGED}) c
    JOIN (VALUES {_pairs(DEFAULT_STAGES)}) AS d(type, stage) ON d.type = c.type
    WHERE NOT EXISTS (SELECT 1 FROM schools_schoolstage s
        WHERE s.school_id = c.row_target AND s.stage = d.stage)
"""  # noqa: S608 - built from the project's own choices
STAGES_OF_NEW_SCHOOLS = f"""
    SELECT t.row_number, t.row_target AS school_id, d.stage, t.type AS school_type
    FROM typed t JOIN (VALUES {_pairs(DEFAULT_STAGES)}) AS d(type, stage)
        ON d.type = t.type
    WHERE t.verdict = 'CREATED'
"""  # noqa: S608 - built from the project's own choices
