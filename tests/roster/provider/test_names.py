"""Python and the database split names alike."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roster.provider.names import (
    COMPOUND,
    POINTS,
    family_sql,
    given_sql,
    split_name,
)

pytestmark = pytest.mark.django_db
LETTERS = st.sampled_from([*"欧阳司马王李一二 Aa'%\\", *POINTS, "𠮷"])


def in_database(name: str) -> tuple[str, str]:
    sql = f"SELECT {family_sql('n')}, {given_sql('n')} FROM (SELECT %(n)s::text n) q"
    with connection.cursor() as cursor:
        cursor.execute(sql, {"n": name})
        family, rest = cursor.fetchone()
        return family, rest


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.text(LETTERS, min_size=1, max_size=8).filter(str.strip))
def test_any_name_is_split_the_same_way(name: str) -> None:
    assert in_database(name) == split_name(name)
    assert all(split_name(name))


@pytest.mark.parametrize("family", sorted(set(COMPOUND)))
def test_every_compound_family_name_is_known_to_both(family: str) -> None:
    assert in_database(f"{family}明") == split_name(f"{family}明") == (family, "明")
