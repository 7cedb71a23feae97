"""Verbs of groups: every change of cases, groups, memberships and documents."""

from collections.abc import Callable
from typing import Any

from groups.services.cases import (
    change_case,
    open_case,
    return_case,
    review_case,
    submit_case,
    withdraw_case,
)
from groups.services.decisions import approve_case, defer_case, reject_case
from groups.services.documents import (
    add_file,
    change_document,
    draft_document,
    file_document,
    return_document,
    submit_document,
)
from groups.services.groups import (
    activate_group,
    close_group,
    fail_pilot,
    file_with_city,
    pass_pilot,
    resume_group,
    start_pilot,
    suspend_group,
    wind_up_group,
)
from groups.services.memberships import MemberSpan, baseline_of
from groups.services.modes import load_modes, load_task_templates, switch_mode
from groups.services.obligations import open_obligation, settle_obligation
from groups.services.opinions import (
    give_city_opinion,
    give_consent,
    give_department_opinion,
)
from groups.services.partnerships import add_partnership, end_partnership
from groups.services.register import register_group
from groups.services.tasks import fail_task, pass_task

MOVES: dict[str, dict[str, Callable[..., Any]]] = {
    "groups.groupcase": {
        "submit": submit_case,
        "withdraw": withdraw_case,
        "review": review_case,
        "return": return_case,
        "approve": approve_case,
        "defer": defer_case,
        "reject": reject_case,
    },
    "groups.casetask": {"pass": pass_task, "fail": fail_task},
    "groups.educationgroup": {
        "start_pilot": start_pilot,
        "activate": activate_group,
        "pass_pilot": pass_pilot,
        "fail_pilot": fail_pilot,
        "suspend": suspend_group,
        "resume": resume_group,
        "wind_up": wind_up_group,
        "close": close_group,
    },
    "groups.document": {
        "submit": submit_document,
        "return": return_document,
        "file": file_document,
    },
}
"""Model → move → verb; pages and the API call the same verbs."""

__all__ = [
    "MOVES",
    "MemberSpan",
    "activate_group",
    "add_file",
    "add_partnership",
    "approve_case",
    "baseline_of",
    "change_case",
    "change_document",
    "close_group",
    "defer_case",
    "draft_document",
    "end_partnership",
    "fail_pilot",
    "fail_task",
    "file_document",
    "file_with_city",
    "give_city_opinion",
    "give_consent",
    "give_department_opinion",
    "load_modes",
    "load_task_templates",
    "open_case",
    "open_obligation",
    "pass_pilot",
    "pass_task",
    "register_group",
    "reject_case",
    "resume_group",
    "return_case",
    "return_document",
    "review_case",
    "settle_obligation",
    "start_pilot",
    "submit_case",
    "submit_document",
    "suspend_group",
    "switch_mode",
    "wind_up_group",
    "withdraw_case",
]
