"""Rows that rosters keep in step with other systems."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

STAMP = "NEW.changed_at := clock_timestamp(); RETURN NEW;"


def public_id(prefix: str, sourced: bool = True) -> models.GeneratedField:
    """Return the column by which other systems know a row.

    The identifier its source gave it, else ``<prefix>-<primary key>``.
    """
    own = Concat(Value(f"{prefix}-"), Cast("id", models.CharField()))
    given = Case(When(Q(sourced_id=""), then=own), default=F("sourced_id"))
    return models.GeneratedField(
        expression=given if sourced else own,
        output_field=models.CharField(max_length=160),
        db_persist=True,
        verbose_name=_("对外标识"),
    )


def stamp_changed() -> pgtrigger.Trigger:
    """Return the trigger that sets ``changed_at`` to the moment of the write.

    The moment never lies before the start of the writing transaction, so that who
    reads changes in order can wait for the transactions still under way.
    """
    return pgtrigger.Trigger(
        name="stamp_changed",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=STAMP,
    )


def stamps_changed() -> list[pgtrigger.Trigger]:
    """Return the same for tables that are filled by the hundred thousand.

    A new row that says a moment of its own transaction keeps it: asking so costs a
    tenth of calling a function for each row.
    """
    return [
        pgtrigger.Trigger(
            name="stamp_new",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            condition=pgtrigger.Condition(
                "NEW.changed_at IS NULL"
                " OR NEW.changed_at < transaction_timestamp()"
                " OR NEW.changed_at > clock_timestamp()"
            ),
            func=STAMP,
        ),
        pgtrigger.Trigger(
            name="stamp_changed",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            func=STAMP,
        ),
    ]


class Sourced(models.Model):
    """Where a row came from; ``pinned`` fields are not overwritten by a sync.

    A concrete model adds ``public_id`` and the ``stamp_changed`` trigger.
    """

    source = models.CharField(_("来源"), max_length=40, blank=True)
    sourced_id = models.CharField(_("来源标识"), max_length=120, blank=True)
    source_hash = models.CharField(_("来源摘要"), max_length=64, blank=True)
    changed_at = models.DateTimeField(_("变更时间"), auto_now=True)
    removed_at = models.DateTimeField(_("移除时间"), null=True, blank=True)
    pinned = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("锁定字段"),
        default=list,
        blank=True,
    )

    class Meta:
        abstract = True
