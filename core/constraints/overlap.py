"""Uniqueness over time as an exclusion constraint on plain PostgreSQL."""

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    BigIntegerRangeField,
    DateRangeField,
    RangeOperators,
)
from django.db.models import BigIntegerField, F, Func, Q, Value
from django.db.models.functions import Coalesce


class Single(Func):
    """An integer as the range that holds only it: equality for GiST."""

    function = "int8range"
    output_field = BigIntegerRangeField()

    def __init__(self, expression: Any, **extra: Any) -> None:
        # The expression stands twice so that full_clean() can bind it twice.
        super().__init__(expression, expression, Value("[]"), **extra)


class Days(Func):
    """The half-open span of two date columns; a null end is open."""

    function = "daterange"
    output_field = DateRangeField()


class TextKey(Func):
    """A text column as a 64-bit number."""

    function = "hashtextextended"
    output_field = BigIntegerField()

    def __init__(self, expression: Any, **extra: Any) -> None:
        super().__init__(expression, Value(0), **extra)


class NoOverlap(ExclusionConstraint):
    """No two rows with the same ``fields`` have overlapping ``[valid_from, valid_to)``.

    ``fields`` are integer or foreign-key columns, ``text_fields`` character columns,
    ``null_fields`` foreign keys whose null is a value of its own. ``condition``
    limits the rule to some rows. The violation code is ``overlap``.
    """

    def __init__(
        self,
        *,
        name: str,
        fields: Sequence[str] = (),
        text_fields: Sequence[str] = (),
        null_fields: Sequence[str] = (),
        condition: Q | None = None,
        deferrable: Any = None,
        violation_error_message: Any = None,
    ) -> None:
        self.fields = tuple(fields)
        self.text_fields = tuple(text_fields)
        self.null_fields = tuple(null_fields)
        keys: list[Any] = [Single(F(f)) for f in self.fields]
        keys += [Single(TextKey(F(f))) for f in self.text_fields]
        keys += [Single(Coalesce(F(f), Value(0))) for f in self.null_fields]
        spans = [*keys, Days(F("valid_from"), F("valid_to"))]
        super().__init__(
            name=name,
            expressions=[(span, RangeOperators.OVERLAPS) for span in spans],
            condition=condition,
            deferrable=deferrable,
            violation_error_message=violation_error_message,
            violation_error_code="overlap",
        )

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, Any]]:
        """Return what a migration needs to build the constraint again."""
        kwargs: dict[str, Any] = {"name": self.name}
        for option in ("fields", "text_fields", "null_fields"):
            if getattr(self, option):
                kwargs[option] = getattr(self, option)
        for option in ("condition", "deferrable"):
            if getattr(self, option) is not None:
                kwargs[option] = getattr(self, option)
        if self.violation_error_message != self.default_violation_error_message:
            kwargs["violation_error_message"] = self.violation_error_message
        return "core.constraints.NoOverlap", (), kwargs
