"""Groups, memberships, cases and documents in business words."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db.models import (
    Case,
    Count,
    Exists,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    When,
)

from core.days import today
from core.querysets import AccessQuerySet, DatedQuerySet
from groups.choices import (
    BEEN_IN_FORCE,
    CASE_OPEN,
    OPERATING,
    DocumentKind,
    DocumentState,
    Role,
    TaskState,
)

if TYPE_CHECKING:
    from bureau.models import Region


class ModeQuerySet(AccessQuerySet):
    """Modes of formation."""

    def enabled_in(self, region: "Region", day: date | None = None) -> Self:
        """Keep the modes that the region has not switched off (AK-1.3.2).

        The nearest region decides: a county's row outweighs the city's.
        """
        rows = self.model._meta.get_field("availability").related_model
        nearest = (
            rows.objects.on(day)
            .filter(mode=OuterRef("pk"), region__in=region.lineage)
            .order_by("-region__path")
            .values("is_enabled")[:1]
        )
        answered = self.annotate(switched=Subquery(nearest))
        return answered.filter(Q(switched=True) | Q(switched__isnull=True))


class GroupQuerySet(AccessQuerySet):
    """Education groups."""

    def on(self, day: date | None = None) -> Self:
        """Keep the groups that existed on the day, as dated rows are asked."""
        return self.standing_on(day)

    def standing_on(self, day: date | None = None) -> Self:
        """Keep the groups that existed on the day."""
        day = day or today()
        return self.filter(founded_on__lte=day).filter(
            Q(dissolved_on__isnull=True) | Q(dissolved_on__gt=day)
        )

    def operating_on(self, day: date | None = None) -> Self:
        """Keep the groups in pilot or active state on the day."""
        phases = self.model._meta.get_field("phases").related_model
        running = phases.objects.on(day).filter(
            group=OuterRef("pk"), state__in=OPERATING
        )
        return self.filter(Exists(running))

    def with_counts(self, day: date | None = None) -> Self:
        """Add ``member_count`` (lead excluded) and ``school_count`` on the day."""
        rows = self.model._meta.get_field("memberships").related_model
        held = rows.objects.on(day).filter(group=OuterRef("pk")).order_by()
        total = held.values("group").annotate(n=Count("pk")).values("n")
        members = (
            held.exclude(role=Role.LEAD)
            .values("group")
            .annotate(n=Count("pk"))
            .values("n")
        )
        return self.annotate(
            school_count=Subquery(total), member_count=Subquery(members)
        )

    def with_lead(self, day: date | None = None) -> Self:
        """Add ``lead_name`` and ``lead_id``: the lead school on the day."""
        rows = self.model._meta.get_field("memberships").related_model
        lead = rows.objects.on(day).filter(group=OuterRef("pk"), role=Role.LEAD)
        return self.annotate(
            lead_name=Subquery(lead.values("school__name")[:1]),
            lead_id=Subquery(lead.values("school_id")[:1]),
        )

    def with_state_on(self, day: date | None = None) -> Self:
        """Add ``state_on``: the state the group had on the day."""
        phases = self.model._meta.get_field("phases").related_model
        row = phases.objects.on(day).filter(group=OuterRef("pk")).values("state")[:1]
        return self.annotate(state_on=Subquery(row))


class MembershipQuerySet(DatedQuerySet):
    """Dated memberships."""

    def leads(self) -> Self:
        """Keep the lead schools."""
        return self.filter(role=Role.LEAD)

    def members(self) -> Self:
        """Keep every school but the lead."""
        return self.exclude(role=Role.LEAD)

    def joining(self, day: date | None = None) -> Self:
        """Keep the memberships that begin after the day."""
        return self.filter(valid_from__gt=day or today())

    def left(self, day: date | None = None) -> Self:
        """Keep the memberships that had ended by the day."""
        return self.filter(valid_to__lte=day or today())

    def for_page(self) -> Self:
        """Load what a table of memberships shows."""
        return self.select_related(
            "group", "school", "school__administered_by", "mode", "decision"
        ).order_by("role_order", "valid_from", "pk")


class CaseQuerySet(AccessQuerySet):
    """Cases of groups."""

    def open(self) -> Self:
        """Keep the cases that are not closed."""
        return self.filter(state__in=CASE_OPEN)

    def of_school(self, school: Any) -> Self:
        """Keep the cases with a line of the school."""
        return self.filter(lines__school=school)

    def for_page(self) -> Self:
        """Load what a page of cases shows."""
        lines = self.model._meta.get_field("lines").related_model
        return self.select_related(
            "region", "group", "primary_mode", "submitted_by", "opened_by"
        ).prefetch_related(
            Prefetch(
                "lines",
                lines.objects.select_related("school", "mode").order_by(
                    Case(When(role=Role.LEAD, then=0), default=1), "pk"
                ),
            )
        )


class TaskQuerySet(AccessQuerySet):
    """Tasks of cases."""

    def waiting(self) -> Self:
        """Keep the tasks not yet met."""
        return self.exclude(state=TaskState.PASSED)


class DocumentQuerySet(AccessQuerySet):
    """Documents of groups, regions and cases."""

    def in_force_on(self, day: date | None = None) -> Self:
        """Keep the documents in force on the day, superseded since or not."""
        day = day or today()
        return self.filter(state__in=BEEN_IN_FORCE, valid_from__lte=day).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=day)
        )

    def charters(self) -> Self:
        """Keep the charters."""
        return self.filter(kind=DocumentKind.CHARTER)

    def waiting(self) -> Self:
        """Keep the documents that wait to be filed."""
        return self.filter(state=DocumentState.SUBMITTED)


class ObligationQuerySet(AccessQuerySet):
    """What must be settled."""

    def outstanding(self) -> Self:
        """Keep the obligations not yet settled."""
        return self.filter(settled_on__isnull=True)
