"""What the database asks of a group before it is active."""

from django.utils.translation import gettext_lazy as _

from core.constraints import refusals

PARTNERS_BEFORE_ACTIVE = """
    IF EXISTS (
        SELECT 1 FROM groups_groupmode m, unnest(m.partner_kinds) AS wanted(kind)
        WHERE m.code = NEW.primary_mode_id AND NOT EXISTS (
            SELECT 1 FROM groups_partnership p WHERE p.group_id = NEW.id
                AND p.partner_kind = wanted.kind AND p.valid_to IS NULL)) THEN
        RAISE EXCEPTION 'the alliance lacks a partner its mode asks for'
            USING ERRCODE = '23514', CONSTRAINT = 'group_active_with_partners';
    END IF;
    RETURN NEW;
"""
refusals.register(
    "group_active_with_partners",
    _(
        "未能转为正式运行：联盟须先有科研院校、行业协会和园区企业参加（BN-4.1.3a）。"
        "请在集团页面登记合作单位"
    ),
)
