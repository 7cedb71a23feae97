"""Open, fill and move annual returns; enter classes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from core.constraints import explain
from core.notify import notify
from core.transitions import MoveRefused, move
from core.verdict import first_denied
from schools import permissions
from schools.choices import UnlockState
from schools.figures import BY_STAGE, faults_of
from schools.jumps import jumps_of
from schools.models import ClassSection, School, SchoolReturn, SchoolStage
from schools.prefill import CLASS_SUMS
from schools.services.people import people_holding
from schools.services.reduction import MOVES as PLAN_MOVES
from schools.services.saving import require
from schools.services.unlocks import (
    CLEARED,
    approve_unlock,
    close_unlock,
    refuse_unlock,
    withdraw_unlock,
)


def class_figures(school: School, year: Any, stage: str) -> dict[str, int]:
    """Return what the classes entered say: pupils, classes and size bands."""
    found = ClassSection.objects.of_year(year).filter(school=school, stage=stage)
    sums = found.aggregate(**CLASS_SUMS)
    return {name: n for name, n in sums.items() if sums["classes"]}


@transaction.atomic
def open_return(school: School, year: Any, stage: str, *, by: Any) -> SchoolReturn:
    """Return the school's return of the year, a new draft with what classes say."""
    if not school.stages.filter(stage=stage).exists():
        raise ValidationError(_("%(school)s没有这个学段") % {"school": school})
    known = class_figures(school, year, stage)
    fitting = {n: v for n, v in known.items() if n in BY_STAGE[stage]}
    row, created = SchoolReturn.objects.get_or_create(
        school=school,
        year=year,
        stage=stage,
        defaults={"counted_on": year.reference_day, **fitting},
    )
    if created:
        record("schools.schoolreturn.open", row, by=by)
    return row


@transaction.atomic
def open_returns(region: Any, year: Any, *, by: Any) -> int:
    """Open a draft for every stage of every running school of a region; count them."""
    verdict = permissions.can_open_returns(by, region)
    if not verdict:
        raise MoveRefused(verdict)
    schools = School.objects.run_from(region).running(year.reference_day)
    rows = [
        SchoolReturn(
            school_id=row.school_id,
            year=year,
            stage=row.stage,
            counted_on=year.reference_day,
        )
        for row in SchoolStage.objects.filter(school__in=schools)
    ]
    returns = SchoolReturn.objects.of_year(year)
    before = returns.count()
    SchoolReturn.objects.bulk_create(rows, ignore_conflicts=True)
    opened = returns.count() - before
    record(
        "bureau.region.open_returns",
        region,
        by=by,
        data={"year": year.code, "opened": opened},
    )
    return opened


@transaction.atomic
def save_figures(
    return_: SchoolReturn,
    *,
    by: Any,
    explanations: Mapping[str, str] | None = None,
    **figures: Any,
) -> SchoolReturn:
    """Keep figures of an open return; parts above totals are refused by field.

    ``explanations`` (figure → why it differs from last year) replaces those held; an
    explanation of a figure that does not jump is not kept.
    """
    locked: SchoolReturn = SchoolReturn.objects.select_for_update(
        of=("self",), no_key=True
    ).get(pk=return_.pk)
    verdict = permissions.can_change_return(by, locked)
    if not verdict:
        raise MoveRefused(verdict)
    faults = faults_of(figures)
    if faults:
        raise ValidationError(faults)
    for name, value in figures.items():
        setattr(locked, name, value)
    if explanations is not None:
        locked.explanations = dict(explanations)
    jumps = jumps_of(locked)
    locked.explanations = {n: jump.why for n, jump in jumps.items() if jump.why}
    try:
        with transaction.atomic():
            locked.save(update_fields=[*figures, "explanations", "saved_at"])
    except IntegrityError as error:
        raise explain(error) from error
    return locked


@transaction.atomic
def save_classes(
    school: School,
    year: Any,
    rows: Iterable[dict[str, Any]],
    *,
    by: Any,
    counted_on: date,
) -> list[ClassSection]:
    """Replace the classes of a school year by the rows given.

    A row is stage, grade, number, headcount and optionally name. A class that is kept
    keeps its identity; one left out is removed.
    """
    verdict = permissions.can_change_classes(by, school)
    if not verdict:
        raise MoveRefused(verdict)
    School.objects.select_for_update(of=("self",), no_key=True).get(pk=school.pk)
    held = {
        (c.stage, c.grade, c.number): c
        for c in ClassSection.objects.filter(school=school, year=year)
    }
    kept = [_class_row(school, year, row, held, counted_on) for row in rows]
    _write_classes(kept)
    left_out = {c.pk for c in held.values()} - {c.pk for c in kept}
    ClassSection.objects.filter(pk__in=left_out).delete()
    record(
        "schools.school.classes",
        school,
        by=by,
        data={"year": year.code, "classes": len(kept), "removed": len(left_out)},
    )
    return kept


def _class_row(
    school: School,
    year: Any,
    row: dict[str, Any],
    held: dict[tuple[str, int, int], ClassSection],
    counted_on: date,
) -> ClassSection:
    key = (row["stage"], row["grade"], row["number"])
    section = held.get(key) or ClassSection(
        school=school, year=year, stage=key[0], grade=key[1], number=key[2]
    )
    section.headcount, section.name = row["headcount"], row.get("name", "")
    section.counted_on, section.removed_at = counted_on, None
    section.clean_fields(exclude=["school", "year"])
    return section


def _write_classes(sections: Sequence[ClassSection]) -> None:
    new = [c for c in sections if c.pk is None]
    old = [c for c in sections if c.pk is not None]
    now = timezone.now()
    for section in old:
        section.changed_at = now
    try:
        with transaction.atomic():
            ClassSection.objects.bulk_create(new)
            ClassSection.objects.bulk_update(
                old, ["headcount", "name", "counted_on", "removed_at", "changed_at"]
            )
    except IntegrityError as error:
        raise explain(error) from error


def _tell(people: list[User], return_: SchoolReturn, title: str) -> None:
    notify(people, title, url=return_.get_absolute_url())


def submit_return(return_: SchoolReturn, *, by: Any, reason: str = "") -> SchoolReturn:
    """Hand the return to the principal."""
    done = move(
        return_,
        "submit",
        by=by,
        reason=reason,
        submitted_by=by,
        submitted_at=timezone.now(),
    )
    people = people_holding("schools.confirm_schoolreturn", done.school)
    _tell(people, done, _("待确认：%s") % done)
    return done


def confirm_return(return_: SchoolReturn, *, by: Any, reason: str = "") -> SchoolReturn:
    """Stand by the figures for the school; they count from now on."""
    done = move(
        return_,
        "confirm",
        by=by,
        reason=reason,
        confirmed_by=by,
        confirmed_at=timezone.now(),
    )
    people = people_holding("schools.accept_schoolreturn", done.school.administered_by)
    _tell(people, done, _("待验收：%s") % done)
    return done


def check_return(return_: SchoolReturn, *, by: Any, reason: str = "") -> SchoolReturn:
    """Note that the group has looked at the figures."""
    return move(return_, "check", by=by, reason=reason)


@transaction.atomic
def accept_return(return_: SchoolReturn, *, by: Any, reason: str = "") -> SchoolReturn:
    """Accept the figures for the administering bureau.

    The check of a group that the school is in is passed over with a reason only, which
    the event keeps with the names of the groups.
    """
    rows = SchoolReturn.objects.select_for_update(of=("self",), no_key=True)
    checked = permissions.checked_by_groups(rows.get(pk=return_.pk))
    if not checked and not reason.strip():
        require(first_denied(permissions.can_accept_return(by, return_), checked))
    done = move(
        return_,
        "accept",
        by=by,
        reason=reason,
        data={} if checked else {"passed_over": checked.reason},
        accepted_by=by,
        accepted_at=timezone.now(),
    )
    people = people_holding("schools.submit_schoolreturn", done.school)
    _tell(people, done, _("已验收：%s") % done)
    return done


def send_back_return(
    return_: SchoolReturn, *, by: Any, reason: str = ""
) -> SchoolReturn:
    """Send the return back to the school with the reason."""
    done = move(return_, "send_back", by=by, reason=reason, **CLEARED)
    people = people_holding("schools.submit_schoolreturn", done.school)
    _tell(people, done, _("退回修改：%s") % done)
    return done


@transaction.atomic
def lock_return(return_: SchoolReturn, *, by: Any, reason: str = "") -> SchoolReturn:
    """Close the year's figures, and the exception under which they were corrected."""
    done = move(return_, "lock", by=by, reason=reason)
    for unlock in done.unlocks.filter(state=UnlockState.OPEN):
        close_unlock(unlock, by=by)
    return done


MOVES = {
    "schools.schoolreturn": {
        "submit": submit_return,
        "confirm": confirm_return,
        "check": check_return,
        "accept": accept_return,
        "send_back": send_back_return,
        "lock": lock_return,
    },
    "schools.classreductionplan": PLAN_MOVES,
    "schools.returnunlock": {
        "approve": approve_unlock,
        "refuse": refuse_unlock,
        "withdraw": withdraw_unlock,
    },
}
