"""Schools that look as if they had been entered twice, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from schools.models import School

PERMISSION = "schools.restructure_school"
REASONS: dict[str, Any] = {
    "same_name": _("名称相同"),
    "same_core": _("去掉地区名后名称相同"),
    "former_name": _("一所的曾用名是另一所的名称"),
    "same_sound": _("名称读音相同（可能有错别字）"),
    "same_short": _("简称相同"),
    "contains": _("一个名称包含另一个"),
    "same_address": _("办学类型和地址都相同"),
    "code_slip": _("两个标识码，编码可能录错"),
}
"""Why two entries are suspected, the strongest reason first."""

PAIRS = """
WITH s AS (
    SELECT s.id, s.normalized_name AS name, s.pinyin, s.type, s.school_code,
        s.administered_by_id AS county,
        translate(normalize(s.short_name, NFKC), ' ', '') AS short,
        translate(normalize(s.address, NFKC), ' ', '') AS address,
        replace(replace(s.normalized_name, r.name, ''), r.short_name, '') AS core
    FROM schools_school s JOIN bureau_region r ON r.id = s.administered_by_id
    WHERE s.id = ANY (%(ids)s)
), pair AS (
    SELECT a.id AS first, b.id AS second,
        a.name = b.name AS same_name,
        a.core = b.core AND length(a.core) >= 3 AS same_core,
        EXISTS (SELECT 1 FROM schools_schoolprofile p
            WHERE (p.school_id = a.id AND p.normalized_name = b.name)
               OR (p.school_id = b.id AND p.normalized_name = a.name)) AS former_name,
        a.pinyin = b.pinyin AND a.pinyin <> '' AS same_sound,
        a.short = b.short AND a.short <> '' AS same_short,
        least(length(a.core), length(b.core)) >= 4 AND (a.type = b.type
            OR '' IN (a.type, b.type)) AND (strpos(a.name, b.core) > 0
            OR strpos(b.name, a.core) > 0) AS contains,
        a.address = b.address AND a.address <> '' AND a.type = b.type AS same_address,
        a.school_code AS code, b.school_code AS other_code
    FROM s a JOIN s b ON b.county = a.county AND b.id > a.id
)
SELECT first, second, same_name, same_core, former_name, same_sound, same_short,
    contains, same_address, code IS NOT NULL AND other_code IS NOT NULL
FROM pair
WHERE (same_name OR same_core OR former_name OR same_sound OR same_short OR contains
       OR same_address)
    AND CASE WHEN code IS NULL OR other_code IS NULL OR same_name THEN TRUE
        ELSE (SELECT length(string_agg(x, '')) = 1 OR (length(string_agg(x, '')) = 2
            AND string_agg(x, '' ORDER BY at) = string_agg(y, '' ORDER BY at DESC))
            FROM (SELECT at, substr(code, at, 1) AS x, substr(other_code, at, 1) AS y
                FROM generate_series(1, 10) AS at) signs
            WHERE x <> y) END
    AND NOT EXISTS (SELECT 1 FROM schools_notduplicate n
        WHERE n.first_id = pair.first AND n.second_id = pair.second)
ORDER BY same_name DESC, same_core DESC, former_name DESC, same_sound DESC,
    same_short DESC, contains DESC, first, second
"""


@dataclass(frozen=True)
class Pair:
    """Two entries that may be one school, and what speaks for it."""

    first: School
    second: School
    reasons: list[Any]


def suspected(user: Any) -> list[tuple[int, int, list[str]]]:
    """Return the pairs within the user's charge as ids and reasons (one query).

    Two official codes are two schools, unless the names are the same, or one code is
    a slip of the other (a digit, or two exchanged) and something else speaks for it.
    """
    schools = School.objects.visible_to(user, PERMISSION).filter(closed_on__isnull=True)
    ids = list(schools.order_by().values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, {"ids": ids})
        rows = cursor.fetchall()
    return [(row[0], row[1], _given(row[2:])) for row in rows]


def _given(answers: Sequence[bool]) -> list[str]:
    return [name for name, said in zip(REASONS, answers, strict=True) if said]


def pairs_of(found: Sequence[tuple[int, int, list[str]]]) -> Iterator[Pair]:
    """Yield the pairs with their schools (two queries)."""
    ids = {pk for first, second, _why in found for pk in (first, second)}
    rows = School.objects.filter(pk__in=ids).select_related("administered_by")
    schools = {school.pk: school for school in rows.prefetch_related("stages")}
    for first, second, why in found:
        reasons = [REASONS[name] for name in why]
        yield Pair(schools[first], schools[second], reasons)


def is_slip(one: str, other: str) -> bool:
    """Tell whether two codes differ by one digit or by two that changed places."""
    apart = [(x, y) for x, y in zip(one, other, strict=True) if x != y]
    if len(apart) == 2:
        return apart[0] == apart[1][::-1]
    return len(apart) == 1
