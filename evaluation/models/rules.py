"""The SQL of the rules that frameworks, scores and results keep in the database."""

from django.utils.translation import gettext_lazy as _

from core.constraints import refusals

FRAMEWORK_FROZEN = """
    IF TG_OP = 'UPDATE'
       AND to_jsonb(NEW) - '{state,retired_on}'::text[]
         = to_jsonb(OLD) - '{state,retired_on}'::text[]
       AND NEW.state IN (OLD.state, 'RETIRED') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a published framework is frozen, publish a new version'
        USING ERRCODE = '23514', CONSTRAINT = 'framework_frozen';
"""

FRAMEWORK_SUMS = """
    SELECT 'total'::text AS code INTO bad FROM evaluation_indicator i
        WHERE i.framework_id = NEW.id AND i.level = 1
        HAVING coalesce(sum(i.weight), 0) <> 100;
    IF NOT FOUND THEN
        SELECT p.code::text AS code INTO bad FROM evaluation_indicator p
            LEFT JOIN evaluation_indicator c ON c.parent_id = p.id
            WHERE p.framework_id = NEW.id AND p.level < 3
            GROUP BY p.id, p.code, p.weight
            HAVING coalesce(sum(c.weight), 0) <> p.weight
            ORDER BY p.code LIMIT 1;
    END IF;
    IF FOUND THEN
        RAISE EXCEPTION 'weights below % do not add up', bad.code
            USING ERRCODE = '23514', CONSTRAINT = 'framework_children_add_up';
    END IF;
    RETURN NULL;
"""
refusals.register(
    "framework_children_add_up",
    _("下级指标的权重之和必须等于上级指标，一级指标合计 100"),
)

INDICATOR_FROZEN = """
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        SELECT state INTO held FROM evaluation_framework
            WHERE id = NEW.framework_id FOR NO KEY UPDATE;
        IF held.state IN ('PUBLISHED', 'RETIRED') THEN
            RAISE EXCEPTION 'a published framework is frozen, publish a new version'
                USING ERRCODE = '23514', CONSTRAINT = 'framework_frozen';
        END IF;
    END IF;
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        SELECT state INTO held FROM evaluation_framework
            WHERE id = OLD.framework_id FOR NO KEY UPDATE;
        IF held.state IN ('PUBLISHED', 'RETIRED') THEN
            RAISE EXCEPTION 'a published framework is frozen, publish a new version'
                USING ERRCODE = '23514', CONSTRAINT = 'framework_frozen';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""
refusals.register("framework_frozen", _("指标体系已经发布，不能再修改；请建立新版本"))

INDICATOR_TOTALS = """
    FOREACH owner IN ARRAY CASE TG_OP
        WHEN 'INSERT' THEN ARRAY[NEW.framework_id]
        WHEN 'DELETE' THEN ARRAY[OLD.framework_id]
        ELSE ARRAY[LEAST(OLD.framework_id, NEW.framework_id),
                   GREATEST(OLD.framework_id, NEW.framework_id)] END
    LOOP
        UPDATE evaluation_framework f SET
            total_weight = s.total, expert_weight = s.expert, survey_weight = s.survey
        FROM (SELECT
                coalesce(sum(weight) FILTER (WHERE level = 1), 0) AS total,
                coalesce(sum(weight) FILTER (WHERE method = 'EXPERT'), 0) AS expert,
                coalesce(sum(weight) FILTER (WHERE method = 'SURVEY'), 0) AS survey
              FROM evaluation_indicator WHERE framework_id = owner) s
        WHERE f.id = owner AND (f.total_weight, f.expert_weight, f.survey_weight)
            IS DISTINCT FROM (s.total, s.expert, s.survey);
    END LOOP;
    RETURN NULL;
"""

SCORE_FROZEN = """
    PERFORM 1 FROM (
        SELECT r.state FROM evaluation_result r
        WHERE r.assessment_id IN (OLD.assessment_id,
            CASE TG_OP WHEN 'DELETE' THEN OLD.assessment_id ELSE NEW.assessment_id END)
        FOR SHARE) held
        WHERE held.state = 'PUBLISHED';
    IF FOUND THEN
        RAISE EXCEPTION 'the scores behind a published result are frozen'
            USING ERRCODE = '23514', CONSTRAINT = 'score_frozen';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""

SCORE_ADDED = """
    PERFORM 1 FROM (
        SELECT r.state FROM evaluation_result r
        WHERE r.assessment_id IN (SELECT n.assessment_id FROM new_rows n)
        FOR SHARE) held
        WHERE held.state = 'PUBLISHED';
    IF FOUND THEN
        RAISE EXCEPTION 'the scores behind a published result are frozen'
            USING ERRCODE = '23514', CONSTRAINT = 'score_frozen';
    END IF;
    RETURN NULL;
"""
refusals.register("score_frozen", _("结果已经公布，其得分不能再修改"))

RESULT_FROZEN = """
    RAISE EXCEPTION 'a published result is frozen'
        USING ERRCODE = '23514', CONSTRAINT = 'result_frozen';
"""
refusals.register("result_frozen", _("考核结果已经公布，不能再修改"))
