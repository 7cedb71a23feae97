"""Roles of people in a file of their own (1.2): of several the primary one counts."""

from collections.abc import Mapping
from typing import Any

from core.imports.lane import rows_of, run, table_as
from roster.choices import Collection
from roster.inbound.staging import kept_columns

ROLES = """
SELECT user_ref, role_type <> 'primary' AS is_other, role, org
FROM raw_roles WHERE status <> 'tobedeleted'
"""
SAID = (
    "CASE WHEN {o}.is_other THEN '1' ELSE '0' END || {o}.role || chr(31) || {o}.{org}"
)
"""A role as a text: the least of somebody's roles is the one that counts."""
HAS_ONE_EACH = """
SELECT (SELECT count(*) FROM fresh) = (SELECT count(*) FROM raw_users)
    AND NOT EXISTS ({stored})
"""
"""Whether everybody has one role at most: nothing was stored, so that no row dropped
out, and none came twice out of the join with the roles."""
FIRST = f"""
SELECT user_ref, min({SAID.format(o="o", org="org")}) AS said FROM ({ROLES}) o
WHERE user_ref IN (
    SELECT sourced_id FROM fresh WHERE target_id IS NOT NULL
    UNION ALL SELECT sourced_id FROM fresh WHERE row_no IN (
        SELECT row_no FROM fresh GROUP BY 1 HAVING count(*) > 1))
GROUP BY 1 HAVING count(*) > 1
"""
"""The role that counts of who has several: the primary one.

Somebody new has them all in ``fresh``; of others those equal to what is stored are not.
"""
OTHERS = f"""
DELETE FROM fresh f USING role_of o WHERE f.sourced_id = o.user_ref
    AND {SAID.format(o="f", org="role_org")} <> o.said
"""
TWINS = """
DELETE FROM fresh f USING fresh b, role_of o WHERE f.sourced_id = o.user_ref
    AND b.sourced_id = o.user_ref AND f.row_no = b.row_no AND f.ctid > b.ctid
"""


def with_roles() -> str:
    """Return the SELECT of staged users with each of their roles.

    Most have one: who has more is brought to one row when all others have dropped out.
    """
    own = {
        "role": "coalesce(o.role, u.role)",
        "role_org": "coalesce(o.org, u.role_org)",
    }
    names = ("row_no", *kept_columns(Collection.USERS), "problems")
    cells = ", ".join(f"{own.get(n, f'u.{n}')} AS {n}" for n in names)
    return (
        f"SELECT {cells}, o.is_other FROM raw_users u"
        f" LEFT JOIN ({ROLES}) o ON o.user_ref = u.sourced_id"
    )


def leave_one_role(stored: str, params: Mapping[str, Any]) -> None:
    """Leave one of the fresh rows of each person: the one of the role that counts.

    ``stored`` selects the people that the source has brought before.
    """
    if rows_of(HAS_ONE_EACH.format(stored=stored), params)[0][0]:
        return
    if table_as("role_of", FIRST):
        run(OTHERS)
        run(TWINS)
