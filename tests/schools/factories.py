"""Smallest valid schools, classes and returns."""

from __future__ import annotations

from datetime import date
from typing import Any

import factory
from django.db import transaction

from schools.choices import DEFAULT_STAGES, Label, SchoolType, Stage
from schools.figures import BY_STAGE
from schools.models import (
    ClassSection,
    QualityResult,
    School,
    SchoolHonour,
    SchoolLabel,
    SchoolReturn,
    SchoolStage,
)
from schools.models.returns import BANDS
from tests.bureau.factories import AcademicYearFactory, CountyFactory


class SchoolFactory(factory.django.DjangoModelFactory):
    """An open primary school in a county of its own unless one is given."""

    class Meta:
        model = School

    name = factory.Sequence(lambda n: f"示范第{n}小学")
    region = factory.SubFactory(CountyFactory)
    administered_by = factory.SelfAttribute("region")
    type = SchoolType.PRIMARY
    ownership = "PUBLIC"

    teaches: Any = None

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> School:
        """Make school and stages in one transaction; ``teaches`` names other stages."""
        stages = kwargs.pop("teaches") or DEFAULT_STAGES.get(kwargs["type"], ())
        with transaction.atomic():
            school = super()._create(model_class, *args, **kwargs)
            for stage in stages:
                SchoolStage.objects.create(school=school, stage=stage)
        return school

    @classmethod
    def _build(cls, model_class: Any, *args: Any, **kwargs: Any) -> School:
        kwargs.pop("teaches")
        return super()._build(model_class, *args, **kwargs)


class UnclearSchoolFactory(SchoolFactory):
    """A school that only says 中学."""

    name = factory.Sequence(lambda n: f"示范第{n}中学")
    type = ""


class SchoolLabelFactory(factory.django.DjangoModelFactory):
    """A quality label since 2020."""

    class Meta:
        model = SchoolLabel

    school = factory.SubFactory(SchoolFactory)
    label = Label.QUALITY
    decided_by = "示范县教育局"
    valid_from = date(2020, 9, 1)


class SchoolHonourFactory(factory.django.DjangoModelFactory):
    """A county honour."""

    class Meta:
        model = SchoolHonour

    school = factory.SubFactory(SchoolFactory)
    kind = "CIVILISED"
    level = "COUNTY"
    year = 2024
    awarded_by = "示范县人民政府"


class ClassSectionFactory(factory.django.DjangoModelFactory):
    """A class of 45 in the first grade."""

    class Meta:
        model = ClassSection

    school = factory.SubFactory(SchoolFactory)
    year = factory.SubFactory(AcademicYearFactory)
    stage = Stage.PRIMARY
    grade = 1
    number = factory.Sequence(lambda n: n % 200 + 1)
    headcount = 45
    counted_on = factory.LazyAttribute(lambda section: section.year.starts_on)


class SchoolReturnFactory(factory.django.DjangoModelFactory):
    """A draft without figures."""

    class Meta:
        model = SchoolReturn

    school = factory.SubFactory(SchoolFactory)
    year = factory.SubFactory(AcademicYearFactory)
    stage = Stage.PRIMARY
    counted_on = factory.LazyAttribute(lambda row: row.year.starts_on)


COMPLETE: dict[str, Any] = {
    "students": 450,
    "classes": 10,
    "class_le45": 10,
    "class_46_50": 0,
    "class_51_55": 0,
    "class_56_65": 0,
    "class_ge66": 0,
    "seats": 540,
    "new_intake": 80,
    "in_zone": 76,
    "out_of_zone": 4,
    "cohort": 75,
    "retained": 74,
    "staff": 30,
    "full_time": 28,
    "above_degree": 20,
    "backbone": 5,
    "pe_arts": 5,
    "teaching_area": 2100,
    "sports_area": 3500,
    "equipment_value": 950_000,
    "multimedia_rooms": 12,
    "fitness_tested": 440,
    "fitness_exc_good": 200,
    "days_due": 9000,
    "days_attended": 8700,
    "zone_applicants": 60,
    "zone_admitted": 57,
    "indoor_area": 900,
    "play_area": 1200,
    "is_full_day": True,
}
"""Figures that agree with each other."""


def complete_figures(stage: str = Stage.PRIMARY, **changed: Any) -> dict[str, Any]:
    """Return every figure of a stage, with changes."""
    known = {name: COMPLETE[name] for name in BY_STAGE[stage]}
    return {**known, **changed}


class FullReturnFactory(SchoolReturnFactory):
    """A confirmed return with every figure of its stage."""

    state = "CONFIRMED"

    @classmethod
    def _create(cls, model_class: type[SchoolReturn], *args: Any, **kwargs: Any) -> Any:
        full = {**complete_figures(kwargs.get("stage", Stage.PRIMARY)), **kwargs}
        if "classes" in kwargs and not set(BANDS) & set(kwargs):
            full.update({name: None for name in BANDS if name in full})
        return super()._create(model_class, *args, **full)


class QualityResultFactory(factory.django.DjangoModelFactory):
    """A school at the district's mean."""

    class Meta:
        model = QualityResult

    school = factory.SubFactory(SchoolFactory)
    year = factory.SubFactory(AcademicYearFactory)
    stage = Stage.PRIMARY
    subject = "数学"
    tested = 100
    mean = 80
    deviation = 10
    district_mean = 80
    district_deviation = 12
