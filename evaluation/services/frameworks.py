"""Move frameworks, and make the next version of a published one."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audit.services import record
from core.constraints import explain
from core.days import today
from core.transitions import move
from evaluation.checks import publish_checks
from evaluation.models import Framework, Indicator

COPIED = (
    "parent_level",
    "level",
    "position",
    "code",
    "name_zh",
    "name_en",
    "weight",
    "method",
    "subject",
    "clause",
    "parts",
    "rubric",
    "evidence",
    "na_rule",
    "variants",
)


def check_framework(framework: Framework, *, by: Any, reason: str = "") -> Framework:
    """Mark a draft as checked; ValidationError with every failed publish check."""
    _require_checks(framework)
    return move(framework, "check", by=by, reason=reason, checked_by=by)


def send_back_framework(framework: Framework, *, by: Any, reason: str) -> Framework:
    """Turn a checked framework into a draft again."""
    return move(framework, "send_back", by=by, reason=reason, checked_by=None)


def publish_framework(framework: Framework, *, by: Any, reason: str = "") -> Framework:
    """Publish a checked framework; from then on it is frozen (BN-4.3.3)."""
    _require_checks(framework)
    with transaction.atomic():
        done = move(
            framework,
            "publish",
            by=by,
            reason=reason,
            published_by=by,
            published_on=today(),
        )
        settle_sums()
    return done


def settle_sums() -> None:
    """Let the deferred rule speak inside the transaction, where it can be explained."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except DatabaseError as error:
        raise explain(error) from error


def retire_framework(framework: Framework, *, by: Any, reason: str) -> Framework:
    """Take a framework out of use; finished cycles keep it."""
    return move(framework, "retire", by=by, reason=reason, retired_on=today())


def _require_checks(framework: Framework) -> None:
    failed = [c for c in publish_checks(framework) if not c.passed]
    if failed:
        raise ValidationError(
            [
                _("%(title)s：%(detail)s") % {"title": c.title, "detail": c.detail}
                for c in failed
            ]
        )


@transaction.atomic
def next_version(framework: Framework, *, by: Any) -> Framework:
    """Copy a framework into a new draft of its next version."""
    last = Framework.objects.filter(
        region=framework.region, code=framework.code
    ).aggregate(last=Max("version"))["last"]
    made = Framework.objects.create(
        code=framework.code,
        version=last + 1,
        region=framework.region,
        name_zh=framework.name_zh,
        name_en=framework.name_en,
        policy=framework.policy,
        targets=framework.targets,
    )
    _copy_tree(framework, made)
    record("evaluation.framework.new_version", made, by=by, data={"from": framework.pk})
    made.refresh_from_db()
    return made


def _copy_tree(source: Framework, made: Framework) -> None:
    places: dict[int | None, int | None] = {None: None}
    for level in (1, 2, 3):
        old = list(source.indicators.filter(level=level))
        new = Indicator.objects.bulk_create(
            Indicator(
                framework=made,
                parent_id=places[row.parent_id],
                **{name: getattr(row, name) for name in COPIED},
            )
            for row in old
        )
        places |= {a.pk: b.pk for a, b in zip(old, new, strict=True)}
