"""What the database is asked about the rows of a list of teachers."""

IDENTITY_ELSEWHERE = """
    SELECT t.row_number FROM typed t
    JOIN personnel_teacher m ON m.identity_hash = t.identity_hash
    JOIN bureau_region r ON r.id = m.region_id
    WHERE m.status = 'ACTIVE' AND NOT r.lineage @> ARRAY[%(scope)s]::bigint[]
"""
MOVED_HERE = """
    SELECT t.row_number, m.id FROM typed t JOIN personnel_teacher m
        ON m.identity_hash = t.identity_hash AND m.status = 'ACTIVE'
    JOIN bureau_region r ON r.id = m.region_id
    WHERE m.region_id <> t.region_id AND r.lineage @> ARRAY[%(scope)s]::bigint[]
        AND NOT EXISTS (SELECT 1 FROM personnel_teacher o
            WHERE o.region_id = t.region_id AND o.identity_hash = t.identity_hash)
"""
IDENTITY_DIFFERS = """
    SELECT t.row_number, m.name FROM typed t JOIN personnel_teacher m
        ON m.region_id = t.region_id AND m.staff_no = t.staff_no
    WHERE m.identity_hash <> '' AND m.identity_hash <> t.identity_hash
"""
TWO_TEACHERS = """
    SELECT t.row_number, a.name || '、' || b.name FROM typed t
    JOIN personnel_teacher a ON a.region_id = t.region_id AND a.staff_no = t.staff_no
    JOIN personnel_teacher b ON b.identity_hash = t.identity_hash
        AND (b.status = 'ACTIVE' OR b.region_id = t.region_id)
    JOIN bureau_region r ON r.id = b.region_id
        AND r.lineage @> ARRAY[%(scope)s]::bigint[]
    WHERE a.id <> b.id AND a.identity_hash = ''
"""
HAS_LEFT = """
    SELECT t.row_number, m.left_on FROM typed t JOIN personnel_teacher m
        ON (m.region_id = t.region_id AND m.staff_no = t.staff_no)
    WHERE m.status = 'LEFT'
    UNION
    SELECT t.row_number, m.left_on FROM typed t JOIN personnel_teacher m
        ON m.identity_hash = t.identity_hash AND m.region_id = t.region_id
    WHERE m.status = 'LEFT'
"""
NAME_DIFFERS = """
    SELECT t.row_number, m.name FROM typed t JOIN personnel_teacher m
        ON m.region_id = t.region_id AND m.staff_no = t.staff_no
    WHERE m.name <> t.name
"""
NAMESAKES = """
    SELECT t.row_number, m.id,
        m.name || ' ' || s.name || CASE WHEN m.staff_no <> '' THEN ' ' || m.staff_no
            ELSE '' END
    FROM typed t JOIN personnel_teacher m
        ON m.region_id = t.region_id AND m.name = t.name AND m.status = 'ACTIVE'
    JOIN schools_school s ON s.id = m.school_id
    WHERE t.row_target IS NULL
        AND NOT (m.identity_hash <> '' AND t.identity_hash IS NOT NULL)
        AND NOT (m.staff_no <> '' AND t.staff_no IS NOT NULL)
        AND (m.birth_year = t.birth_year OR (m.subject <> '' AND m.subject = t.subject)
            OR (t.staff_no IS NULL AND t.identity_hash IS NULL))
"""
TWINS = """
    SELECT row_number, NULL::bigint, NULL::text FROM (
        SELECT t.row_number, t.row_target, row_number() OVER (
            PARTITION BY t.school_id, t.name, t.birth_year, t.subject
            ORDER BY t.row_number) AS nth
        FROM typed t WHERE t.staff_no IS NULL AND t.identity_hash IS NULL) x
    WHERE nth > 1 AND row_target IS NULL
"""
