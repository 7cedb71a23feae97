"""Schools, classes and returns in business words."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db.models import (
    Case,
    Count,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce

from bureau.parameters import number_at
from core.days import today
from core.querysets import AccessQuerySet, DatedQuerySet
from schools.choices import (
    COMPULSORY,
    CONFIRMED_STATES,
    GRANTED,
    INTERNAL_LABELS,
    QUALITY_LABELS,
    RETURN_PATH,
    STANDING_PLANS,
    ReturnState,
    SchoolStatus,
    UnlockState,
)
from schools.completeness import annotate
from schools.pressing import LINES, PressedSchools

if TYPE_CHECKING:
    from bureau.models import AcademicYear, Region


def _classes(year: "AcademicYear | None", line: str = "") -> Any:
    """Count a school's classes of the year, from a line up when one is named."""
    rows = apps.get_model("schools.ClassSection").objects.filter(
        school=OuterRef("pk"), year=year, removed_at__isnull=True
    )
    if line:
        rows = rows.filter(headcount__gte=OuterRef(line))
    counted = rows.order_by().values("school").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


RETURNED = ("students", "seats", "new_intake", "in_zone", "out_of_zone")


def _with_returned(schools: Any, year: "AcademicYear | None") -> Any:
    """Sum what the school stands by for the year; no figure stays null."""
    rows = apps.get_model("schools.SchoolReturn").objects.confirmed()
    own = rows.filter(school=OuterRef("pk"), year=year).order_by().values("school")
    return schools.annotate(
        **{
            name: Subquery(own.annotate(total=Sum(name)).values("total"))
            for name in RETURNED
        }
    )


class SchoolQuerySet(AccessQuerySet):
    """Schools by state, place and stage."""

    def running(self, day: date | None = None) -> Self:
        """Keep the schools that are open on the day (today when not given)."""
        day = day or today()
        opened = Q(opened_on__isnull=True) | Q(opened_on__lte=day)
        closed = Q(closed_on__isnull=True) | Q(closed_on__gt=day)
        return self.exclude(status=SchoolStatus.PLANNED).filter(opened & closed)

    def existing(self, day: date | None = None) -> Self:
        """Keep the schools that are planned or open on the day."""
        day = day or today()
        opened = Q(opened_on__isnull=True) | Q(opened_on__lte=day)
        planned = Q(status=SchoolStatus.PLANNED)
        closed = Q(closed_on__isnull=True) | Q(closed_on__gt=day)
        return self.filter((opened | planned) & closed)

    def run_by(self, region: "Region") -> Self:
        """Keep the schools administered by the region or by one below it."""
        return self.filter(administered_by__lineage__contains=[region.pk])

    def run_from(self, region: "Region") -> Self:
        """Keep the schools the region runs itself, those of authorities below not."""
        regions = type(region)._default_manager.run_from([region.pk])
        return self.filter(administered_by__in=regions)

    def run_by_ids(self, ids: Iterable[int]) -> Self:
        """Keep the schools administered by these regions or by ones below them."""
        return self.filter(administered_by__lineage__overlap=list(ids))

    def teaching(self, *stages: str) -> Self:
        """Keep the schools with one of the stages."""
        return self.filter(stages__stage__in=stages).distinct()

    def teaching_on(self, day: date, *stages: str) -> Self:
        """Keep the schools that had one of the stages on the day."""
        if day >= today():
            return self.teaching(*stages)
        profiles = self.model._meta.get_field("profiles").related_model.objects
        later = profiles.ending_after(day).filter(school=OuterRef("pk"))
        then = self.alias(stages_then=Subquery(later.values("stages")[:1]))
        now = Q(stages_then=None, pk__in=self.model.objects.teaching(*stages))
        return then.filter(now | Q(stages_then__overlap=list(stages)))

    def compulsory(self) -> Self:
        """Keep the schools with a compulsory stage."""
        return self.teaching(*COMPULSORY)

    def to_confirm(self) -> Self:
        """Keep the schools whose stage someone has to confirm."""
        return self.filter(type="")

    def labelled(self, *labels: str, day: date | None = None) -> Self:
        """Keep the schools that hold one of the labels on the day."""
        held = self.model._meta.get_field("labels").related_model.objects.on(day)
        return self.filter(pk__in=held.filter(label__in=labels).values("school"))

    def with_pressure(self, year: "AcademicYear | None", day: date) -> Self:
        """Add seats, intake and large classes of a year, judged by local lines."""
        return _with_returned(self, year)._with_large(year, day)

    def _with_large(self, year: "AcademicYear | None", day: date) -> Self:
        path = "administered_by__path"
        lined = self.annotate(
            **{name: number_at(key, path, day) for name, key in LINES.items()}
        )
        return lined.annotate(
            classes_told=_classes(year),
            large=_classes(year, "large_line"),
            oversize=_classes(year, "oversize_line"),
        )

    def with_completeness(self, year: "AcademicYear | None") -> Self:
        """Add which parts of the record are filled, and how many."""
        rows: Self = annotate(self, year)
        return rows

    def pressed(
        self, finding: str, year: "AcademicYear | None", day: date, least: int = 1
    ) -> Self:
        """Keep the schools of which this stood out in the year: large or over-size
        classes (``least`` of them), too full, chosen from outside, or ``ANY``."""
        return self.filter(pk__in=PressedSchools(finding, year, day, least))

    def for_list(self, day: date | None = None) -> Self:
        """Bring along what a list row shows, in a fixed number of queries."""
        labels = self.model._meta.get_field("labels").related_model
        return self.select_related("region", "administered_by").prefetch_related(
            "stages",
            Prefetch("labels", labels.objects.on(day), to_attr="labels_held"),
            self._profiles(day or today()),
        )

    def _profiles(self, day: date) -> "Prefetch[str, Any, str]":
        """Former names and counties that were not over on the day."""
        rows = self.model._meta.get_field("profiles").related_model
        told = rows.objects.ending_after(day).select_related("administered_by")
        return Prefetch("profiles", told, to_attr="profiles_after")


class ProfileQuerySet(DatedQuerySet):
    """What schools were before they changed."""

    def ending_after(self, day: date) -> Self:
        """Keep what was still to change after the day, the next change first."""
        return self.filter(valid_to__gt=day).order_by("school_id", "valid_to")


class ProjectQuerySet(AccessQuerySet):
    """Construction projects by their days."""

    def begun_by(self, day: date) -> Self:
        """Keep what had begun by the day, and what has no beginning yet."""
        return self.filter(Q(started_on__isnull=True) | Q(started_on__lte=day))


class LabelQuerySet(DatedQuerySet):
    """Labels by who may see them."""

    def public(self) -> Self:
        """Leave out what never leaves internal pages."""
        return self.exclude(label__in=INTERNAL_LABELS)

    def quality(self) -> Self:
        """Keep quality and famous."""
        return self.filter(label__in=QUALITY_LABELS)


class ClassSectionQuerySet(AccessQuerySet):
    """Classes by year and size."""

    def of_year(self, year: "AcademicYear") -> Self:
        """Keep the classes of a school year."""
        return self.filter(year=year, removed_at__isnull=True)

    def at_least(self, pupils: int) -> Self:
        """Keep the classes with so many pupils or more."""
        return self.filter(headcount__gte=pupils)


class ReturnQuerySet(AccessQuerySet):
    """Annual returns by state."""

    def of_year(self, year: "AcademicYear") -> Self:
        """Keep the returns of a school year."""
        return self.filter(year=year)

    def confirmed(self) -> Self:
        """Keep the returns whose figures the school stands by."""
        return self.filter(state__in=CONFIRMED_STATES)

    def open(self) -> Self:
        """Keep the returns that are not locked yet."""
        return self.exclude(state=ReturnState.LOCKED)


class UnlockQuerySet(AccessQuerySet):
    """Lock exceptions by where they stand."""

    def asked(self) -> Self:
        """Keep the requests that nobody has answered."""
        return self.filter(state=UnlockState.ASKED)

    def granted(self) -> Self:
        """Keep the exceptions that were approved, open or closed since."""
        return self.filter(state__in=GRANTED)

    def standing(self, day: date | None = None) -> Self:
        """Keep the exceptions under which a return may be changed on the day."""
        return self.filter(state=UnlockState.OPEN, expires_on__gte=day or today())

    def over(self, day: date | None = None) -> Self:
        """Keep the open exceptions whose last day has passed."""
        return self.filter(state=UnlockState.OPEN, expires_on__lt=day or today())


class StageQuerySet(AccessQuerySet):
    """Stages of schools with what was returned about them."""

    def with_return(self, year: "AcademicYear | None") -> Self:
        """Join the return of the year: its id, state, pupils and moments."""
        rows = self.model._meta.get_field("school").related_model
        returns = rows._meta.get_field("returns").related_model.objects.filter(
            school=OuterRef("school"), stage=OuterRef("stage"), year=year
        )
        return self.annotate(
            return_id=Subquery(returns.values("pk")[:1]),
            return_state=Subquery(returns.values("state")[:1]),
            return_students=Subquery(returns.values("students")[:1]),
            return_submitted_at=Subquery(returns.values("submitted_at")[:1]),
            return_accepted_at=Subquery(returns.values("accepted_at")[:1]),
        )

    def by_progress(self) -> Self:
        """Put what has not come first: not begun, then state by state to the lock."""
        steps = [
            When(return_state=state, then=at) for at, state in enumerate(RETURN_PATH, 1)
        ]
        rank = Case(*steps, default=0, output_field=IntegerField())
        return self.annotate(return_rank=rank).order_by(
            "return_rank", "school__administered_by__path", "school__pinyin", "pk"
        )

    def counted_by_state(self) -> list[tuple[str, int]]:
        """Return state → how many, in the order of ``by_progress``; "" is not begun."""
        told = dict(self.order_by().values_list("return_state").annotate(n=Count("pk")))
        return [(s or "", told[s]) for s in (None, *RETURN_PATH) if told.get(s)]


class PlanQuerySet(AccessQuerySet):
    """Plans to do away with large classes by where they stand."""

    def standing(self) -> Self:
        """Keep the plans that are not closed."""
        return self.filter(state__in=STANDING_PLANS)
