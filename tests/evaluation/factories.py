"""Small worlds for appraisal: a county with groups, a published framework, a cycle."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse

from accounts.models import User
from bureau.data import rows
from bureau.loading.policies import read_value
from bureau.models import AcademicYear, PolicyParameter, Region
from bureau.models.region import BEGINNING
from evaluation.loading import build_tree, publish_loaded
from evaluation.models import Assessment, Cycle, Framework, Score
from evaluation.services import (
    confirm_assessment,
    consolidate,
    create_cycle,
    finish_scoring,
    lock_data,
    open_cycle,
    publicise,
    publish_cycle,
    save_sections,
    score_by_hand,
    start_review,
    start_self_evaluation,
    submit_report,
)
from groups.models import EducationGroup, GroupMode, GroupPhase, Membership
from schools.models import School
from tests.accounts.factories import user_with
from tests.bureau.factories import (
    AcademicYearFactory,
    CountyFactory,
    PolicyClauseFactory,
)
from tests.schools.factories import FullReturnFactory, SchoolFactory

FIRST_DAY = date(2023, 9, 1)
SignIn = Callable[[Any], Any]


def leaf(code: str, weight: int, **rule: Any) -> dict[str, Any]:
    """Return one leaf of a small framework; without a rule it asks for a rubric."""
    part = {"share": "1", "source": "EXPERT", "metric": None, "function": "RUBRIC"}
    part["args"] = {"A": "1.0", "B": "0.8", "C": "0.6", "D": "0.3"}
    levels = {name: f"{name} 级的样子" for name in "ABCD"}
    return {
        "code": code,
        "name_zh": f"指标{code}",
        "name_en": code,
        "weight": weight,
        "level": 3,
        "method": "EXPERT",
        "subject": "BOTH",
        "clause": "BN-4.3.5",
        "parts": [part],
        "rubric": levels,
        "evidence": ["材料"],
        "na_rule": None,
        "variants": {},
        **rule,
    }


def system(
    metric: str, function: str, source: str = "SYSTEM", **args: str
) -> list[Any]:
    """Return the parts of a leaf with one metric."""
    part = {"share": "1", "source": source, "metric": metric, "function": function}
    return [{**part, "args": args}]


def area(code: str, *leaves: dict[str, Any], level: int = 2) -> dict[str, Any]:
    """Return a node that weighs what its children weigh."""
    return {
        "code": code,
        "name_zh": f"领域{code}",
        "name_en": code,
        "weight": sum(node["weight"] for node in leaves),
        "level": level,
        "children": list(leaves),
    }


FITNESS = leaf(
    "T-A1.1",
    40,
    method="AUTO",
    parts=system("schools.fitness_good_rate", "BAND", low="0.30", high="0.55"),
    rubric=None,
)
RETENTION = leaf(
    "T-A1.2",
    20,
    method="AUTO",
    parts=system("schools.retention_rate", "BAND", low="0.95", high="1.00"),
    rubric=None,
)
UNKNOWN = leaf(
    "T-B1.1",
    10,
    method="AUTO",
    parts=system("personnel.not_kept_yet", "CAP", target="1"),
    rubric=None,
)
SURVEY = leaf(
    "T-B1.2",
    10,
    method="SURVEY",
    parts=system("evaluation.satisfaction_x", "SAT", "SURVEY", low="0.7", high="0.95"),
    rubric=None,
    na_rule={"kind": "SURVEY", "when": "evaluation.survey_sample_x < 1"},
)
RUBRIC = leaf("T-C1.1", 20)


def small_tree() -> list[dict[str, Any]]:
    """Return three dimensions with five leaves: two automatic, three by hand."""
    return [
        area("T-A", area("T-A1", FITNESS, RETENTION), level=1),
        area("T-B", area("T-B1", UNKNOWN, SURVEY), level=1),
        area("T-C", area("T-C1", RUBRIC), level=1),
    ]


def framework_of(
    region: Region, tree: list[dict[str, Any]] | None = None, *, publish: bool = True
) -> Framework:
    """Return a framework of the region, published unless asked otherwise."""
    number = Framework.objects.filter(region=region, code="T").count() + 1
    made = Framework.objects.create(
        region=region,
        code="T",
        version=number,
        name_zh="试用体系",
        name_en="Trial",
        targets=["GROUP", "SCHOOL"],
    )
    build_tree(made, tree or small_tree())
    made.refresh_from_db()
    return publish_loaded(made) if publish else made


def group_of(
    region: Region, name: str, *schools: School, since: date = FIRST_DAY
) -> EducationGroup:
    """Return an active group led by the first school."""
    mode = GroupMode.objects.filter(group_type="SCHOOL_COMMUNITY").first()
    group = EducationGroup.objects.create(
        code=f"{region.code}-{name}",
        name=name,
        region=region,
        group_type="SCHOOL_COMMUNITY",
        founded_on=since,
        operating_from=since,
        state="APPROVED",
    )
    for number, school in enumerate(schools):
        Membership.objects.create(
            group=group,
            group_type=group.group_type,
            school=school,
            school_ownership=school.ownership,
            role="MEMBER" if number else "LEAD",
            mode=mode if number else None,
            valid_from=since,
        )
    EducationGroup.objects.filter(pk=group.pk).update(state="ACTIVE")
    group.refresh_from_db()
    GroupPhase.objects.create(group=group, state="ACTIVE", valid_from=since)
    return group


@dataclass
class World:
    """A county with two groups of two schools, its people, and a cycle."""

    region: Region
    year: AcademicYear
    framework: Framework
    groups: list[EducationGroup]
    schools: list[School]
    bureau: User
    checker: User
    leading: User
    principal: User
    other_principal: User
    member_principal: User
    extra: dict[str, Any] = field(default_factory=dict)

    def cycle(self, **changes: Any) -> Cycle:
        """Plan a cycle of the world's year."""
        plan = {
            "framework": self.framework,
            "region": self.region,
            "year": self.year,
            "reference_day": self.year.starts_on,
            "self_due_on": date(2025, 10, 10),
            "review_due_on": date(2025, 10, 31),
            **changes,
        }
        return create_cycle(by=self.bureau, **plan)

    def reviewing(self, **changes: Any) -> Cycle:
        """Return a cycle on the scoring desk, all reports submitted."""
        cycle = self.self_evaluating(**changes)
        heads = {
            self.schools[0].pk: self.principal,
            self.schools[2].pk: self.other_principal,
        }
        for assessment in cycle.assessments.filter(lead_school__in=heads):
            hand_in(assessment, by=heads[assessment.lead_school_id])
        return start_review(cycle, by=self.bureau)

    def self_evaluating(self, **changes: Any) -> Cycle:
        """Return a cycle whose principals may submit."""
        cycle = open_cycle(self.cycle(**changes), by=self.bureau)
        cycle = lock_data(cycle, by=self.bureau)
        return start_self_evaluation(cycle, by=self.bureau)

    def consolidated(self, **changes: Any) -> Cycle:
        """Return a cycle with results, everything scored B."""
        cycle = self.reviewing(**changes)
        for assessment in cycle.assessments.all():
            score_all(assessment, by=self.bureau)
            confirm_assessment(
                finish_scoring(assessment, by=self.bureau), by=self.bureau
            )
        return consolidate(cycle, by=self.bureau)

    def published(self, **changes: Any) -> Cycle:
        """Return a published cycle."""
        cycle = publicise(
            self.consolidated(**changes),
            by=self.bureau,
            publicity_from=date(2025, 10, 9),
            publicity_to=date(2025, 10, 20),
        )
        return publish_cycle(cycle, by=self.leading)


def hand_in(assessment: Assessment, *, by: User) -> Any:
    """Write and submit the self-evaluation of a group."""
    report = assessment.reports.get()
    sections = {
        code: {"text": f"{code} 方面的自评"}
        for code in assessment.framework.indicators.filter(level=1).values_list(
            "code", flat=True
        )
    }
    return submit_report(save_sections(report, by=by, sections=sections), by=by)


def score_all(
    assessment: Assessment, *, by: User, level: str = "B", share: str = "0.8"
) -> None:
    """Score every leaf that waits for a person."""
    for score in assessment.scores.missing().with_leaf():
        score_one(score, by=by, level=level, share=share)


def score_one(score: Score, *, by: User, level: str = "B", share: str = "0.8") -> Score:
    """Score one leaf, by level where it has a rubric, else by points."""
    from evaluation.services.scoring import has_rubric

    given: dict[str, Any] = {"level": level}
    if not has_rubric(score):
        given = {"points": score.max_score * Decimal(share)}
    return score_by_hand(score, by=by, comment="按材料评定", **given)


def ship_parameters() -> None:
    """Enter the shipped defaults as they stand in the data file."""
    newest = {row["key"]: row for row in rows("parameters.csv")}
    PolicyParameter.objects.bulk_create(
        PolicyParameter(
            key=key,
            value=read_value(row["type"], row["default"]),
            kind=row["type"],
            meaning=row["meaning_zh"],
            valid_from=BEGINNING,
        )
        for key, row in newest.items()
    )


def make_world() -> World:
    """Return a county with groups 甲 (good figures) and 乙 (poorer ones)."""
    ship_parameters()
    PolicyClauseFactory(clause_id="BN-4.3.5")
    region = CountyFactory()
    year = AcademicYearFactory(first=2024)
    schools = [
        SchoolFactory(name=f"示范{name}小学", region=region)
        for name in ("甲一", "甲二", "乙一", "乙二")
    ]
    figures = ((200, 74), (240, 75), (150, 73), (160, 72))
    for school, (fit, kept) in zip(schools, figures, strict=True):
        FullReturnFactory(school=school, year=year, fitness_exc_good=fit, retained=kept)
    groups = [
        group_of(region, "甲集团", *schools[:2]),
        group_of(region, "乙集团", *schools[2:]),
    ]
    return World(
        region=region,
        year=year,
        framework=framework_of(region),
        groups=groups,
        schools=schools,
        bureau=user_with("DISTRICT_EDU", region, full_name="局经办"),
        checker=user_with("DISTRICT_EDU", region, full_name="局复核"),
        leading=user_with("LEADING_GROUP", region, full_name="领导小组"),
        principal=user_with("SCHOOL_PRINCIPAL", schools[0], full_name="甲校长"),
        other_principal=user_with("SCHOOL_PRINCIPAL", schools[2], full_name="乙校长"),
        member_principal=user_with(
            "SCHOOL_PRINCIPAL", schools[1], full_name="成员校长"
        ),
    )


def get(client: Any, name: str, *args: Any, **query: Any) -> Any:
    """Fetch a page of the room and return the response."""
    return client.get(reverse(f"evaluation:{name}", args=args), query)


def text_of(response: Any) -> str:
    """Return the page as text."""
    content: str = response.content.decode()
    return content
