"""Figures of schools and regions against figures worked out by hand."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bureau.models.region import BEGINNING
from core.metrics import GROUP, REGION, SCHOOL, MetricValue, Period, compute
from core.registries import metrics
from schools.choices import Label, Stage
from schools.metrics import subject_schools
from schools.metrics.baseline import baseline_of
from schools.metrics.quality import weighted_cv
from schools.models import SchoolReturn
from tests.bureau.factories import (
    AcademicYearFactory,
    CountyFactory,
    PolicyParameterFactory,
)
from tests.schools.factories import (
    ClassSectionFactory,
    FullReturnFactory,
    QualityResultFactory,
    SchoolFactory,
    SchoolLabelFactory,
    SchoolReturnFactory,
)

pytestmark = pytest.mark.django_db

LINES = {
    "above_degree": ("4.2", "5.3"),
    "backbone": ("1", "1"),
    "pe_arts": ("0.9", "0.9"),
    "teaching_area": ("4.5", "5.8"),
    "sports_area": ("7.5", "10.2"),
    "equipment_value": ("2000", "2500"),
    "multimedia": ("2.3", "2.4"),
}
VALUES = {
    "class.large_min": "56",
    "class.oversize_min": "66",
    "class.kinder.small": "25",
    "class.kinder.middle": "30",
    "class.kinder.big": "35",
    "class.kinder_tolerance": "1",
    "balance.min_met": "6",
    "balance.rest_floor": "0.85",
    "balance.cv_max.primary": "0.50",
    "balance.cv_max.junior": "0.45",
    "kinder.indoor_area_per_child": "4",
    "kinder.play_area_per_child": "4",
    "staff.ratio_kinder.max": "7",
    "score.min_membership_years": "1",
    "quality.missing_delta": "-0.10",
}
UNION = """
    SELECT i.id AS subject_id, s.id AS school_id, s.name LIKE '%%龙头%%' AS is_lead,
        coalesce(s.opened_on, '2024-09-01'::date) AS joined_on, NULL::jsonb AS baseline
    FROM unnest(%(ids)s::bigint[]) AS i(id) JOIN schools_school s ON TRUE
"""


@pytest.fixture(autouse=True)
def _parameters(db: None) -> None:
    for key, value in VALUES.items():
        PolicyParameterFactory(key=key, value=value)
    for name, pair in LINES.items():
        for stage, line in zip(("primary", "junior"), pair, strict=True):
            PolicyParameterFactory(key=f"balance.{stage}.{name}", value=line)
    PolicyParameterFactory(key="score.base_year", value="JOIN", kind="text")


@pytest.fixture
def year() -> Any:
    return AcademicYearFactory(first=2025)


@pytest.fixture
def last_year() -> Any:
    return AcademicYearFactory(first=2024)


@pytest.fixture
def county() -> Any:
    return CountyFactory()


@pytest.fixture
def union() -> Iterator[str]:
    """A kind of subject to which every school belongs; the lead is named 龙头."""
    subject_schools._entries["UNION"] = UNION
    kept = dict(metrics.items())
    for key, entry in kept.items():
        if GROUP in entry.subjects:
            fields = {**entry.__dict__, "subjects": entry.subjects | {"UNION"}}
            metrics._entries[key] = type(entry)(**fields)
    yield "UNION"
    metrics._entries.update(kept)
    del subject_schools._entries["UNION"]


def period(year: Any, day: date | None = None) -> Period:
    return Period(year.code, year.starts_on, year.until, day or date(2025, 10, 1))


def figure(key: str, subject: Any, year: Any, kind: str = SCHOOL) -> MetricValue:
    pk = getattr(subject, "pk", subject)
    return compute(f"schools.{key}", kind, [pk], period(year), None)[pk]


def rounded(value: Decimal | None, places: int = 4) -> float | None:
    return None if value is None else round(float(value), places)


# --- the golden example --------------------------------------------------------------


PUPILS = (45, 37, 89, 76, 55)
BOOKS = (279, 137, 935, 160, 402)


@pytest.mark.clause("BN-4.1.2")
def test_pupil_weighted_cv_gives_the_published_example(county: Any, year: Any) -> None:
    for pupils, books in zip(PUPILS, BOOKS, strict=True):
        FullReturnFactory(
            school=SchoolFactory(region=county),
            year=year,
            students=pupils,
            new_intake=0,
            in_zone=0,
            out_of_zone=0,
            teaching_area=books,
        )

    found = figure("resource_cv_mean", county, year, REGION)

    row = next(r for r in found.detail if r["indicator"] == "teaching_area")
    assert rounded(Decimal(row["mean"]), 2) == 6.33
    assert rounded(Decimal(row["cv"]), 2) == 0.52
    assert float(row["cv"]) == 0.5153


def test_weighted_cv_in_python_agrees() -> None:
    pairs = [(Decimal(n), Decimal(x) / n) for n, x in zip(PUPILS, BOOKS, strict=True)]

    assert rounded(weighted_cv(pairs), 6) == 0.515257
    assert weighted_cv([]) is None
    assert weighted_cv([(Decimal(3), Decimal(0))]) is None


# --- rates ---------------------------------------------------------------------------


@pytest.mark.clause("BN-2.2")
def test_rates_sum_before_they_divide(county: Any, year: Any) -> None:
    for cohort, retained in ((100, 90), (50, 50)):
        FullReturnFactory(
            school=SchoolFactory(region=county),
            year=year,
            cohort=cohort,
            retained=retained,
        )

    found = figure("retention_rate", county, year, REGION)

    assert (found.numerator, found.denominator) == (140, 150)
    assert rounded(found.value) == 0.9333
    assert len(found.detail) == 2


@pytest.mark.clause("BN-4.3.5")
def test_school_without_this_years_return_weighs_with_its_last_figure(
    county: Any, year: Any, last_year: Any
) -> None:
    silent = SchoolFactory(region=county)
    FullReturnFactory(school=silent, year=last_year, fitness_tested=300)
    SchoolReturnFactory(
        school=silent, year=year, fitness_tested=300, fitness_exc_good=300
    )
    FullReturnFactory(
        school=SchoolFactory(region=county),
        year=year,
        fitness_tested=100,
        fitness_exc_good=60,
    )

    found = figure("fitness_good_rate", county, year, REGION)

    assert (found.numerator, found.denominator) == (60, 400)


@pytest.mark.clause("BN-3.5")
def test_silent_school_counts_as_worst_in_out_of_zone_intake(
    county: Any, year: Any, last_year: Any
) -> None:
    FullReturnFactory(
        school=SchoolFactory(region=county), year=last_year, new_intake=80
    )
    FullReturnFactory(school=SchoolFactory(region=county), year=year)

    found = figure("out_of_zone_share", county, year, REGION)

    assert (found.numerator, found.denominator) == (84, 160)


@pytest.mark.parametrize(
    "key",
    [
        "fitness_good_rate",
        "retention_rate",
        "out_of_zone_share",
        "large_class_share",
        "quality_seat_growth",
        "kinder_attendance_rate",
        "resource_standard_met_share",
    ],
)
def test_nothing_known_gives_no_value_and_no_missing_row(key: str, year: Any) -> None:
    empty = CountyFactory()

    found = figure(key, empty, year, REGION)

    assert found.subject_id == empty.pk
    assert found.value is None
    assert found.detail == []


def test_draft_and_returned_figures_do_not_count(year: Any) -> None:
    school = SchoolFactory()
    FullReturnFactory(school=school, year=year, state="RETURNED")

    assert figure("pupil_count", school, year).value == 0


def test_pupils_are_those_of_the_last_confirmed_return_with_its_year(
    year: Any, last_year: Any
) -> None:
    school = SchoolFactory()
    FullReturnFactory(school=school, year=last_year, students=430)

    found = figure("pupil_count", school, year)

    assert found.value == 430
    assert last_year.code in found.detail[0]["note"]


# --- classes -------------------------------------------------------------------------


@pytest.mark.clause("AK-1.2.1")
@pytest.mark.clause("AK-1.2.4")
@pytest.mark.clause("BN-0.2")
def test_large_classes_begin_at_56_and_oversize_at_66(year: Any) -> None:
    school = SchoolFactory()
    for number, size in enumerate((45, 55, 56, 65, 66), start=1):
        ClassSectionFactory(school=school, year=year, number=number, headcount=size)

    share = figure("large_class_share", school, year)

    assert (share.numerator, share.denominator, share.value) == (3, 5, Decimal("0.6"))
    assert figure("large_class_count", school, year).value == 3
    assert figure("oversize_class_count", school, year).value == 1


def test_line_set_by_the_county_moves_the_share(county: Any, year: Any) -> None:
    school = SchoolFactory(region=county)
    ClassSectionFactory(school=school, year=year, headcount=52)
    PolicyParameterFactory(key="class.large_min", region=county, value="51")

    own = compute(
        "schools.large_class_share", SCHOOL, [school.pk], period(year), county
    )
    shipped = compute(
        "schools.large_class_share", SCHOOL, [school.pk], period(year), None
    )

    assert own[school.pk].value == 1
    assert shipped[school.pk].value == 0


def test_school_without_class_data_counts_all_its_last_classes_as_large(
    county: Any, year: Any, last_year: Any
) -> None:
    silent = SchoolFactory(region=county)
    for number in (1, 2, 3):
        ClassSectionFactory(school=silent, year=last_year, number=number, headcount=40)
    never = SchoolFactory(region=county)
    FullReturnFactory(school=never, year=last_year, classes=4)
    ClassSectionFactory(school=SchoolFactory(region=county), year=year, headcount=40)

    found = figure("large_class_share", county, year, REGION)

    assert (found.numerator, found.denominator) == (7, 8)


def test_oversize_at_any_count_of_the_year_is_remembered(year: Any) -> None:
    section = ClassSectionFactory(year=year, headcount=70)
    section.headcount, section.counted_on = 60, date(2026, 3, 1)
    section.save()

    assert figure("oversize_class_count", section.school, year).value == 1


def test_corrected_count_of_the_same_day_is_forgotten(year: Any) -> None:
    section = ClassSectionFactory(year=year, headcount=70)
    section.headcount = 50
    section.save()

    assert figure("oversize_class_count", section.school, year).value == 0


# --- register counts -----------------------------------------------------------------


@pytest.mark.clause("BN-0.3")
def test_counts_come_from_the_register_of_the_day(county: Any, year: Any) -> None:
    SchoolFactory(region=county)
    SchoolFactory(region=county, type="NINE_YEAR")
    SchoolFactory(region=county, type="KINDERGARTEN")
    SchoolFactory(region=county, closed_on=date(2025, 9, 1), status="CLOSED")
    SchoolFactory(region=county, opened_on=date(2026, 9, 1))

    assert figure("school_count", county, year, REGION).value == 3
    assert figure("compulsory_school_count", county, year, REGION).value == 2
    assert figure("pupil_count", county, year, REGION).value == 0


def test_region_counts_what_lies_below_it(county: Any, year: Any) -> None:
    SchoolFactory(region=county)

    assert figure("school_count", county.parent, year, REGION).value == 1
    assert figure("school_count", CountyFactory(), year, REGION).value == 0


def test_comparable_stages_need_two_schools(union: str, year: Any) -> None:
    SchoolFactory()
    SchoolFactory(type="NINE_YEAR")
    SchoolFactory(type="KINDERGARTEN")

    assert figure("comparable_stage_count", 1, year, union).value == 1
    assert figure("comparable_compulsory_stage_count", 1, year, union).value == 1
    assert figure("comparable_stage_count", SchoolFactory(), year).value == 0


# --- the seven indicators ------------------------------------------------------------


MEETS_ALL = {
    "students": 100,
    "new_intake": 0,
    "in_zone": 0,
    "out_of_zone": 0,
    "cohort": 0,
    "retained": 0,
    "full_time": 20,
    "staff": 20,
    "above_degree": 6,
    "backbone": 2,
    "pe_arts": 2,
    "teaching_area": 600,
    "sports_area": 1100,
    "equipment_value": 260_000,
    "multimedia_rooms": 3,
}


@pytest.mark.clause("BN-4.1.2")
@pytest.mark.parametrize(
    ("change", "met"),
    [
        ({}, 1),
        ({"teaching_area": 383}, 1),  # one below, at 85.1 % of the line
        ({"teaching_area": 382}, 0),  # one below, at 84.9 %
        ({"teaching_area": 440, "sports_area": 740}, 0),  # two below
        ({"state": "SUBMITTED"}, 0),
        ({"multimedia_rooms": None}, 0),
    ],
)
def test_school_meets_six_of_seven_and_nearly_the_rest(
    year: Any, change: dict, met: int
) -> None:
    school = SchoolFactory()
    FullReturnFactory(school=school, year=year, **{**MEETS_ALL, **change})

    found = figure("resource_standard_met_share", school, year)

    assert (found.numerator, found.denominator) == (met, 1)


def test_school_of_two_stages_must_meet_both(year: Any) -> None:
    school = SchoolFactory(type="NINE_YEAR")
    FullReturnFactory(school=school, year=year, **MEETS_ALL)

    half = figure("resource_standard_met_share", school, year)
    FullReturnFactory(school=school, year=year, stage=Stage.JUNIOR, **MEETS_ALL)
    whole = figure("resource_standard_met_share", school, year)

    assert (half.value, whole.value) == (0, 1)
    assert whole.denominator == 1


@pytest.mark.clause("AK-1.2.1")
def test_cv_lines_are_counted_per_indicator_and_stage(union: str, year: Any) -> None:
    for area in (600, 6000):
        FullReturnFactory(
            school=SchoolFactory(), year=year, **{**MEETS_ALL, "teaching_area": area}
        )

    found = figure("resource_cv_met_share", 1, year, union)

    assert (found.numerator, found.denominator) == (6, 7)


def test_unreported_indicator_counts_as_above_the_line_and_hides_the_mean(
    union: str, year: Any
) -> None:
    FullReturnFactory(school=SchoolFactory(), year=year, **MEETS_ALL)
    FullReturnFactory(
        school=SchoolFactory(), year=year, **{**MEETS_ALL, "sports_area": None}
    )

    assert figure("resource_cv_met_share", 1, year, union).numerator == 6
    assert figure("resource_cv_mean", 1, year, union).value is None


def test_stage_taught_by_one_school_has_no_variation(union: str, year: Any) -> None:
    FullReturnFactory(school=SchoolFactory(), year=year, **MEETS_ALL)

    assert figure("resource_cv_met_share", 1, year, union).denominator == 0
    assert figure("resource_cv_mean", 1, year, union).value is None


# --- quality -------------------------------------------------------------------------


@pytest.mark.clause("BN-3.1")
def test_value_added_is_z_now_minus_z_at_joining_without_the_lead(
    union: str, year: Any, last_year: Any
) -> None:
    member, lead = SchoolFactory(), SchoolFactory(name="龙头小学")
    for school, then, now in ((member, 74, 83), (lead, 70, 100)):
        QualityResultFactory(school=school, year=last_year, mean=then)
        QualityResultFactory(school=school, year=year, mean=now)

    found = figure("quality_value_added", 1, year, union)

    assert found.denominator == 1
    assert rounded(found.value) == 0.75  # (83−80)/12 − (74−80)/12


def test_member_without_a_result_now_enters_with_the_missing_delta(
    union: str, year: Any, last_year: Any
) -> None:
    QualityResultFactory(year=last_year)

    found = figure("quality_value_added", 1, year, union)

    assert rounded(found.value) == -0.1


def test_member_of_less_than_a_year_does_not_count(union: str, year: Any) -> None:
    SchoolFactory(opened_on=date(2025, 3, 1))

    found = figure("quality_value_added", 1, year, union)

    assert (found.denominator, found.value) == (0, None)


def test_first_monitored_year_is_the_start_of_a_later_school(
    union: str, year: Any, last_year: Any
) -> None:
    school = SchoolFactory(opened_on=date(2023, 9, 1))
    AcademicYearFactory(first=2023)
    QualityResultFactory(school=school, year=last_year, mean=80)
    QualityResultFactory(school=school, year=year, mean=86)

    assert rounded(figure("quality_value_added", 1, year, union).value) == 0.5


def test_own_difference_of_a_school(year: Any, last_year: Any) -> None:
    school = SchoolFactory()
    QualityResultFactory(school=school, year=last_year, mean=80)
    QualityResultFactory(school=school, year=year, mean=92)

    found = figure("quality_value_added", school, year)

    assert (found.denominator, rounded(found.value)) == (1, 1.0)


def test_gap_between_schools_shrinks(union: str, year: Any, last_year: Any) -> None:
    for then, now in ((60, 75), (100, 85)):
        school = SchoolFactory()
        QualityResultFactory(school=school, year=last_year, mean=then)
        QualityResultFactory(school=school, year=year, mean=now)

    found = figure("quality_cv_reduction", 1, year, union)

    assert rounded(found.value) == 0.1875  # 20/80 − 5/80


def test_gap_without_every_result_brings_nothing(
    union: str, year: Any, last_year: Any
) -> None:
    QualityResultFactory(year=last_year, mean=60)
    QualityResultFactory(year=last_year, mean=100)

    assert figure("quality_cv_reduction", 1, year, union).value == 0


# --- seats ---------------------------------------------------------------------------


@pytest.mark.clause("BN-3.5")
def test_quality_seats_grow_with_labels_and_seats(
    county: Any, year: Any, last_year: Any
) -> None:
    old, new, plain = (SchoolFactory(region=county) for _n in range(3))
    SchoolLabelFactory(school=old)
    SchoolLabelFactory(school=new, label=Label.FAMOUS, valid_from=date(2025, 1, 1))
    for school in (old, new, plain):
        FullReturnFactory(school=school, year=last_year, seats=500)
        FullReturnFactory(school=school, year=year, seats=600)

    share = figure("quality_seat_share", county, year, REGION)
    growth = figure("quality_seat_growth", county, year, REGION)

    assert (share.numerator, share.denominator) == (1200, 1800)
    assert (growth.numerator, growth.denominator) == (700, 1800)


def test_school_without_confirmed_seats_adds_only_to_the_denominator(
    county: Any, year: Any, last_year: Any
) -> None:
    silent = SchoolFactory(region=county)
    SchoolLabelFactory(school=silent)
    FullReturnFactory(school=silent, year=last_year, seats=500)

    growth = figure("quality_seat_growth", county, year, REGION)

    assert (growth.numerator, growth.denominator) == (0, 500)


# --- kindergartens -------------------------------------------------------------------


@pytest.fixture
def kindergarten(county: Any) -> Any:
    return SchoolFactory(
        region=county, type="KINDERGARTEN", ownership="INCLUSIVE_PRIVATE"
    )


@pytest.mark.clause("AK-3.1.3")
def test_kindergarten_classes_have_ceilings_by_age(
    kindergarten: Any, year: Any
) -> None:
    for grade, size in ((1, 25), (2, 31), (3, 35)):
        ClassSectionFactory(
            school=kindergarten,
            year=year,
            stage="KINDERGARTEN",
            grade=grade,
            headcount=size,
        )

    share = figure("kinder_class_within_ceiling_share", kindergarten, year)

    assert (share.numerator, share.denominator) == (2, 3)
    assert figure("kinder_no_oversize_class", kindergarten, year).value == 0


def test_kindergarten_without_classes_does_not_pass(
    kindergarten: Any, year: Any
) -> None:
    before = figure("kinder_no_oversize_class", kindergarten, year).value
    ClassSectionFactory(
        school=kindergarten, year=year, stage="KINDERGARTEN", grade=1, headcount=25
    )

    assert (before, figure("kinder_no_oversize_class", kindergarten, year).value) == (
        0,
        1,
    )


def test_kindergarten_figures_come_from_its_return(
    kindergarten: Any, year: Any
) -> None:
    row = FullReturnFactory(
        school=kindergarten,
        year=year,
        stage="KINDERGARTEN",
        students=210,
        staff=30,
        indoor_area=840,
        play_area=840,
    )

    assert rounded(figure("kinder_attendance_rate", kindergarten, year).value) == 0.9667
    assert figure("zone_children_admitted_ratio", kindergarten, year).value == Decimal(
        "0.95"
    )
    assert figure("kinder_space_met_share", kindergarten, year).value == 1
    assert figure("kinder_staff_ratio_met_share", kindergarten, year).value == 1
    SchoolReturn.objects.filter(pk=row.pk).update(staff=29, play_area=839, full_time=28)
    assert figure("kinder_space_met_share", kindergarten, year).value == 0
    assert figure("kinder_staff_ratio_met_share", kindergarten, year).value == 0


def test_half_day_kindergarten_needs_no_full_day_staff(
    kindergarten: Any, year: Any
) -> None:
    FullReturnFactory(
        school=kindergarten, year=year, stage="KINDERGARTEN", is_full_day=False
    )

    assert figure("kinder_staff_ratio_met_share", kindergarten, year).denominator == 0


def test_inclusive_places_grow(kindergarten: Any, year: Any, last_year: Any) -> None:
    for when, seats in ((last_year, 200), (year, 260)):
        FullReturnFactory(
            school=kindergarten, year=when, stage="KINDERGARTEN", seats=seats
        )

    found = figure("inclusive_seat_growth", kindergarten, year)

    assert (found.numerator, found.denominator) == (60, 260)


def test_kindergarten_quality_has_its_own_figures(
    union: str, kindergarten: Any, year: Any, last_year: Any
) -> None:
    for when, mean in ((last_year, 80), (year, 83)):
        QualityResultFactory(
            school=kindergarten,
            year=when,
            stage="KINDERGARTEN",
            subject="保教质量",
            mean=mean,
        )

    assert rounded(figure("kinder_quality_change", kindergarten, year).value) == 0.25
    assert figure("quality_value_added", kindergarten, year).denominator == 0
    assert figure("kinder_quality_gap_reduction", 1, year, union).value is None


# --- shape ---------------------------------------------------------------------------


def test_every_metric_answers_every_subject_in_a_fixed_number_of_queries(
    union: str, county: Any, year: Any
) -> None:
    schools = [SchoolFactory(region=county) for _n in range(4)]
    for school in schools:
        FullReturnFactory(school=school, year=year)
        ClassSectionFactory(school=school, year=year)
    keys = [k for k in metrics if k.startswith("schools.")]

    for key in keys:
        for kind, ids in (
            (SCHOOL, [s.pk for s in schools]),
            (REGION, [county.pk, county.parent.pk]),
            (union, [7, 8]),
        ):
            if kind not in metrics.get(key).subjects:
                continue
            with CaptureQueriesContext(
                connection,
            ) as queries:
                found = compute(key, kind, ids, period(year), county)
            assert list(found) == ids, key
            assert len(queries) <= 4, key
    assert len(keys) == 27


def test_catalogue_names_only_known_parameters() -> None:
    named = {
        p for k, m in metrics.items() if k.startswith("schools.") for p in m.parameters
    }

    assert named <= {*VALUES, "score.base_year"} | {
        f"balance.{s}.{n}" for s in ("primary", "junior") for n in LINES
    }


def test_baseline_keeps_what_was_confirmed_at_joining(year: Any) -> None:
    school = SchoolFactory()
    SchoolLabelFactory(school=school, valid_from=BEGINNING)
    FullReturnFactory(school=school, year=year, seats=500)
    QualityResultFactory(school=school, year=year, mean=86)

    kept = baseline_of(school, date(2025, 10, 1))

    assert (kept["seats"], kept["quality_seats"], kept["students"]) == (500, 500, 450)
    assert Decimal(kept["quality"]["PRIMARY"]["z"]) == Decimal("0.5")
    assert kept["quality"]["PRIMARY"]["pupils"] == 450
    assert baseline_of(SchoolFactory(), date(2025, 10, 1)) == {
        "on": "2025-10-01",
        "quality": {},
    }
