"""Groups, memberships and cases as small as they can be, and a world of two groups."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import factory
from django.utils import timezone

from bureau.choices import DepartmentKind
from bureau.loading.policies import read_value, rows
from bureau.models import PolicyParameter, Region
from groups.choices import GroupState, GroupType, Role
from groups.models import Document, EducationGroup, GroupCase, Membership
from groups.services import (
    draft_document,
    give_consent,
    give_department_opinion,
    load_modes,
    open_case,
    pass_task,
    review_case,
    submit_case,
)
from groups.services.phases import enter_phase
from schools.models import School
from tests.accounts.factories import user_with
from tests.bureau.factories import (
    AcademicYearFactory,
    CityFactory,
    CountyFactory,
    DepartmentFactory,
)
from tests.schools.factories import SchoolFactory, SchoolLabelFactory

FIRST_DAY = date(2022, 9, 1)
KEYS = (
    "group.filing_days",
    "max_members_per_group",
    "membership.exclusive",
    "new_school_years",
    "pilot_required",
    "plan.years_max",
    "plan.years_min",
    "score.min_membership_years",
    "work_plan_due",
)


def shipped_parameters() -> None:
    """Enter the shipped values of the parameters that groups read."""
    PolicyParameter.objects.bulk_create(
        PolicyParameter(
            key=row["key"],
            value=read_value(row["type"], row["default"]),
            kind=row["type"],
            meaning=row["meaning_zh"],
            valid_from=date(1949, 10, 1),
        )
        for row in rows("parameters.csv")
        if row["key"] in KEYS
    )


def today() -> date:
    """Return the current day."""
    return timezone.localdate()


class GroupFactory(factory.django.DjangoModelFactory):
    """An approved famous-school group without members."""

    class Meta:
        model = EducationGroup

    name = factory.Sequence(lambda n: f"示范{n}教育集团")
    code = factory.Sequence(lambda n: f"990113-2022-{n:03d}")
    region = factory.SubFactory(CountyFactory)
    group_type = GroupType.FAMOUS_SCHOOL_GROUP
    founded_on = FIRST_DAY
    state = GroupState.APPROVED


def join(
    group: EducationGroup,
    school: School,
    role: str = Role.MEMBER,
    start: date = FIRST_DAY,
    end: date | None = None,
    **fields: Any,
) -> Membership:
    """Write a membership directly, without the services."""
    return Membership.objects.create(**span(group, school, role, start, end, **fields))


def span(
    group: EducationGroup,
    school: School,
    role: str = Role.MEMBER,
    start: date = FIRST_DAY,
    end: date | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """Return the columns of a membership."""
    return {
        "group": group,
        "group_type": group.group_type,
        "school": school,
        "school_ownership": school.ownership,
        "role": role,
        "is_exclusive": role == Role.MEMBER,
        "valid_from": start,
        "valid_to": end,
        **fields,
    }


def standing_group(
    region: Region | None = None, members: int = 1, **fields: Any
) -> EducationGroup:
    """Return an active group with a lead and members since the first day."""
    fields.setdefault("region", region or CountyFactory())
    group = GroupFactory(**fields)
    join(group, SchoolFactory(region=group.region), Role.LEAD)
    for _n in range(members):
        join(group, SchoolFactory(region=group.region))
    EducationGroup.objects.filter(pk=group.pk).update(
        state=GroupState.ACTIVE, operating_from=group.founded_on
    )
    enter_phase(group, GroupState.ACTIVE, group.founded_on)
    group.refresh_from_db()
    return group


@dataclass
class Bureau:
    """A county with its people, schools of every kind and the shipped data."""

    city: Region = field(default_factory=CityFactory)
    county: Region = field(init=False)
    people: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shipped_parameters()
        load_modes()
        AcademicYearFactory(first=today().year - (1 if today().month < 9 else 0))
        self.county = CountyFactory(parent=self.city)
        for kind in (
            DepartmentKind.ESTABLISHMENT,
            DepartmentKind.HR,
            DepartmentKind.FINANCE,
        ):
            DepartmentFactory(region=self.county, kind=kind, name=f"{kind.label}")

    def person(self, role: str, scope: Any = None) -> Any:
        """Return the one person of a role (and scope), made on first use."""
        scope = scope or (self.city if role.startswith("CITY") else self.county)
        key = f"{role}:{scope._meta.label_lower}:{scope.pk}"
        if key not in self.people:
            self.people[key] = user_with(role, scope)
        person = self.people[key]
        person.__dict__.pop("_grants", None)
        return person

    def school(self, *labels: str, **fields: Any) -> School:
        """Return a school of the county with labels since 2020."""
        fields.setdefault("region", self.county)
        school: School = SchoolFactory(**fields)
        for label in labels:
            SchoolLabelFactory(school=school, label=label, valid_from=date(2020, 9, 1))
        return school


def famous_draft(bureau: Bureau, members: int = 2, **profile: Any) -> GroupCase:
    """Return a voluntary draft of a famous school with new schools, all in order."""
    lead = bureau.school("FAMOUS")
    lines: list[dict[str, Any]] = [{"school": lead, "role": Role.LEAD}]
    lines += [{"school": bureau.school("NEW")} for _n in range(members)]
    return draft(bureau, lines, **profile)


def draft(
    bureau: Bureau, lines: list[dict[str, Any]], by: Any = None, **profile: Any
) -> GroupCase:
    """Open a case as the lead's principal (or as ``by``)."""
    from groups.models import GroupMode

    lead = next(x["school"] for x in lines if x.get("role") == Role.LEAD)
    mode = GroupMode.objects.get(pk=profile.pop("mode", "BN_FAMOUS_NEW"))
    values = {
        "name": f"{lead.name}教育集团",
        "group_type": mode.group_type,
        "primary_mode": mode,
        "formation_basis": "VOLUNTARY",
        "grounds": "扩大优质教育资源",
        **profile,
    }
    opener = by or bureau.person("SCHOOL_PRINCIPAL", lead)
    return open_case(by=opener, lines=lines, **values)


def make_ready(bureau: Bureau, case: GroupCase) -> GroupCase:
    """Bring plan, readiness and every school's consent."""
    by = case.opened_by
    by.__dict__.pop("_grants", None)
    draft_document(
        case, by=by, kind="FORMATION_PLAN", title="组建方案", sections={"goal": "目标"}
    )
    for task in case.tasks.filter(kind="READINESS"):
        pass_task(task, by=by)
    for line in case.lines.select_related("school"):
        give_consent(
            case,
            line.school,
            by=bureau.person("SCHOOL_PRINCIPAL", line.school),
            verdict="AGREE",
            deciding_body="教职工代表大会",
            decided_on=today(),
            votes_for=40,
            votes_against=1,
        )
    return case


def submitted(bureau: Bureau, case: GroupCase | None = None) -> GroupCase:
    """Return a submitted case."""
    case = make_ready(bureau, case or famous_draft(bureau))
    return submit_case(case, by=case.opened_by)


def under_review(bureau: Bureau, case: GroupCase | None = None) -> GroupCase:
    """Return a case with compliance passed and every opinion given."""
    case = review_case(submitted(bureau, case), by=bureau.person("DISTRICT_EDU"))
    return opined(bureau, case)


def opined(bureau: Bureau, case: GroupCase) -> GroupCase:
    """Give the departments' opinions and pass the compliance checks."""
    for task in case.tasks.filter(kind="COMPLIANCE"):
        pass_task(task, by=bureau.person("DISTRICT_EDU"))
    for department in bureau.county.departments.all():
        give_department_opinion(
            case,
            department,
            by=bureau.person(f"DEPT_{department.kind}"),
            verdict="AGREE",
            decided_on=today(),
        )
    return case


def papers_on_file(bureau: Bureau, group: EducationGroup) -> list[Document]:
    """Put charter and development plan of a group in force."""
    from groups.services import file_document, submit_document

    office = bureau.person("GROUP_OFFICE", group)
    filed = []
    year = today().year
    for kind, span_ in (
        ("CHARTER", {}),
        (
            "DEVELOPMENT_PLAN",
            {"valid_from": date(year, 1, 1), "valid_to": date(year + 4, 1, 1)},
        ),
    ):
        paper = draft_document(
            group, by=office, kind=kind, title=kind, sections={"text": "正文"}, **span_
        )
        paper = submit_document(paper, by=office)
        filed.append(file_document(paper, by=bureau.person("DISTRICT_EDU")))
    return filed


def text_of(response: Any) -> str:
    """Return a page that was found as text."""
    assert response.status_code == 200, response
    return response.content.decode()
