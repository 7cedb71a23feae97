"""What the database refuses about schools, in its own words."""

from django.utils.translation import gettext_lazy as _

from core.constraints import refusals
from schools.choices import ALLOWED_STAGES

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

CODE_LIES_IN_PROVINCE = """
    IF NEW.school_code IS NOT NULL AND substr(NEW.school_code, 3, 2) IS DISTINCT FROM
       (SELECT substr(code, 1, 2) FROM bureau_region WHERE id = NEW.region_id) THEN
        RAISE EXCEPTION 'digits 3-4 of the school code are not the province'
            USING ERRCODE = '23514', CONSTRAINT = 'school_code_province';
    END IF;
    RETURN NEW;
"""
refusals.register(
    "school_code_province", _("学校标识码的省级代码必须与学校所在的省一致")
)
TYPED_SCHOOL_HAS_STAGE = """
    DECLARE wanted bigint := {school};
    BEGIN
    PERFORM 1 FROM schools_school s WHERE s.id = wanted AND s.type <> ''
        AND NOT EXISTS (SELECT 1 FROM schools_schoolstage t WHERE t.school_id = s.id);
    IF FOUND THEN
        RAISE EXCEPTION 'a school whose type is known teaches at least one stage'
            USING ERRCODE = '23514', CONSTRAINT = 'school_has_stage';
    END IF;
    RETURN NULL;
    END;
"""
refusals.register("school_has_stage", _("确定办学类型的学校至少要有一个学段"))

STAGE_FITS_TYPE = """
    PERFORM 1 FROM schools_schoolstage t
    WHERE t.id = NEW.id AND (t.school_type, t.stage) NOT IN (VALUES {pairs});
    IF FOUND THEN
        RAISE EXCEPTION 'schools of this type do not teach the stage'
            USING ERRCODE = '23514', CONSTRAINT = 'stage_fits_type';
    END IF;
    RETURN NULL;
"""
refusals.register("stage_fits_type", _("学段与学校的办学类型不符"))


def stage_fits_type() -> str:
    """Return the function that checks a stage against the type it carries."""
    pairs = ", ".join(
        f"('{kind}', '{stage}')" for kind, ss in ALLOWED_STAGES.items() for stage in ss
    )
    return STAGE_FITS_TYPE.format(pairs=pairs)
