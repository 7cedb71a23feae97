"""What each school taught on a day: a figure of the past counts the stages of then."""

from django.db import migrations

CREATE = """
CREATE FUNCTION schools_stages_on(day date)
RETURNS TABLE (school_id bigint, stage varchar) LANGUAGE sql STABLE AS $$
    SELECT t.school_id, t.stage FROM schools_schoolstage t
    WHERE NOT EXISTS (SELECT 1 FROM schools_schoolprofile f
        WHERE f.school_id = t.school_id AND f.valid_to > day)
    UNION ALL
    SELECT f.school_id, unnest(f.stages) FROM (
        SELECT DISTINCT ON (p.school_id) p.school_id, p.stages
        FROM schools_schoolprofile p WHERE p.valid_to > day
        ORDER BY p.school_id, p.valid_to
    ) f
$$
"""


class Migration(migrations.Migration):
    dependencies = [("schools", "0011_codes_given_up")]

    operations = [
        migrations.RunSQL(CREATE, "DROP FUNCTION schools_stages_on(date)"),
    ]
