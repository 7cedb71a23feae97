"""What the database refuses about the succession of schools, in its own words."""

from django.utils.translation import gettext_lazy as _

from core.constraints import refusals

KIN_STOOD_THEN = """
    SELECT * INTO me FROM schools_school WHERE id = NEW.id;
    IF NOT FOUND THEN RETURN NULL; END IF;
    PERFORM 1 FROM schools_school WHERE id IN (me.predecessor_id, me.successor_id)
        ORDER BY id FOR NO KEY UPDATE;
    PERFORM 1 FROM schools_school m JOIN schools_school s ON s.id = m.successor_id
    WHERE (m.id = me.id OR m.successor_id = me.id)
        AND (s.closed_on <= m.closed_on OR s.opened_on > m.closed_on);
    IF FOUND THEN
        RAISE EXCEPTION 'the successor does not stand on the day of the merger'
            USING ERRCODE = '23514', CONSTRAINT = 'school_successor_stands';
    END IF;
    PERFORM 1 FROM schools_school c JOIN schools_school p ON p.id = c.predecessor_id
    WHERE (c.id = me.id OR c.predecessor_id = me.id)
        AND (p.opened_on >= c.opened_on OR p.closed_on < c.opened_on);
    IF FOUND THEN
        RAISE EXCEPTION 'the predecessor did not stand on the day of the split'
            USING ERRCODE = '23514', CONSTRAINT = 'school_predecessor_stood';
    END IF;
    RETURN NULL;
"""
refusals.register(
    "school_successor_stands",
    _("并入学校在合并当日必须在办，且此后才可停办或再合并"),
)
refusals.register(
    "school_predecessor_stood", _("原校必须先于分设学校开办，分设当日不能已停办")
)

CODE_IS_NEVER_REUSED = """
    IF EXISTS (SELECT 1 FROM schools_school s
            WHERE s.id = NEW.id AND s.school_code = NEW.school_code) AND EXISTS (
        SELECT 1 FROM schools_schoolprofile p
        WHERE p.school_code = NEW.school_code AND p.school_id <> NEW.id
        UNION ALL SELECT 1 FROM schools_mergedrecord m
        WHERE m.given_up_code = NEW.school_code AND m.school_id <> NEW.id) THEN
        RAISE EXCEPTION 'the code once belonged to another school'
            USING ERRCODE = '23514', CONSTRAINT = 'school_code_never_reused';
    END IF;
    RETURN NULL;
"""
refusals.register(
    "school_code_never_reused", _("该标识码曾属于另一所学校，停用的代码不能再用")
)
