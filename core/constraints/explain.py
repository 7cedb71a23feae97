"""Turn a refusal of the database into the sentence its constraint declares."""

from functools import cache

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from core.registry import Registry

refusals: Registry[str, object] = Registry("refusals of triggers")
"""What to tell a person when a trigger refuses, by the constraint name it raises."""


@cache
def _messages() -> dict[str, object]:
    return dict(refusals.items()) | {
        constraint.name: constraint.violation_error_message
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if constraint.violation_error_message
        != constraint.default_violation_error_message
    }


def violated_name(error: DatabaseError) -> str:
    """Return the name of the constraint that the database says was violated."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""


def explain(error: DatabaseError) -> ValidationError:
    """Return the plain message of the violated constraint or trigger."""
    name = violated_name(error)
    message = _messages().get(name) or _(
        "保存未完成：数据与已有记录冲突（%(rule)s）。请刷新页面核对后再试。"
    ) % {"rule": name or _("数据库约束")}
    return ValidationError(str(message), code=name or "integrity")


def check_deferred() -> None:
    """Ask the database for its deferred answers now, so that a page can show them."""
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
