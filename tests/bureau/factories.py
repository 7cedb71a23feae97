"""Smallest valid objects of the administrative frame."""

from datetime import date
from typing import Any

import factory

from bureau.choices import Area, Level, PolicyLevel, Priority
from bureau.models import (
    AcademicYear,
    ApiClient,
    Department,
    PolicyClause,
    PolicyDocument,
    PolicyParameter,
    Region,
    RegionName,
)
from bureau.models.region import BEGINNING


class RegionFactory(factory.django.DjangoModelFactory):
    """A region with the name it has had from the beginning."""

    class Meta:
        model = Region
        django_get_or_create = ("code",)

    valid_from = BEGINNING
    short_name = factory.LazyAttribute(lambda region: region.name[:-1])

    @classmethod
    def _create(cls, model_class: type[Region], *args: Any, **kwargs: Any) -> Region:
        region = super()._create(model_class, *args, **kwargs)
        RegionName.objects.get_or_create(
            region=region,
            valid_to=None,
            defaults={
                "code": region.code,
                "name": region.name,
                "valid_from": region.valid_from,
            },
        )
        return region


class ProvinceFactory(RegionFactory):
    """A province outside the national list."""

    code = "990000"
    name = "示范省"
    level = Level.PROVINCE
    parent = None


class CityFactory(RegionFactory):
    """A city of the fictional province."""

    code = factory.Sequence(lambda n: f"99{n % 90 + 10}00")
    name = factory.Sequence(lambda n: f"示范{n}市")
    level = Level.CITY
    parent = factory.SubFactory(ProvinceFactory)


class CountyFactory(RegionFactory):
    """A county of a city of its own unless one is given."""

    code = factory.Sequence(lambda n: f"98{n // 90 % 90 + 10}{n % 90 + 10}")
    name = factory.Sequence(lambda n: f"示范{n}县")
    level = Level.COUNTY
    parent = factory.SubFactory(CityFactory)


class AcademicYearFactory(factory.django.DjangoModelFactory):
    """A school year by the calendar year it begins in."""

    class Meta:
        model = AcademicYear
        django_get_or_create = ("code",)

    class Params:
        first = 2025

    code = factory.LazyAttribute(lambda year: f"{year.first}-{year.first + 1}")
    starts_on = factory.LazyAttribute(lambda year: date(year.first, 9, 1))
    ends_on = factory.LazyAttribute(lambda year: date(year.first + 1, 8, 31))


class DepartmentFactory(factory.django.DjangoModelFactory):
    """An education authority."""

    class Meta:
        model = Department

    region = factory.SubFactory(CountyFactory)
    kind = "EDU"
    name = factory.LazyAttribute(lambda department: f"{department.region.name}教育局")


class PolicyDocumentFactory(factory.django.DjangoModelFactory):
    """A county's policy document."""

    class Meta:
        model = PolicyDocument
        django_get_or_create = ("clause_prefix",)

    doc_no = factory.Sequence(lambda n: f"示府发〔2020〕{n}号")
    title = "关于集团化办学的意见"
    issuer = "示范县人民政府"
    issued_year = 2020
    issued_on = date(2020, 9, 1)
    region = factory.SubFactory(CountyFactory)
    level = PolicyLevel.COUNTY
    clause_prefix = factory.Sequence(lambda n: f"T{n}")


class PolicyClauseFactory(factory.django.DjangoModelFactory):
    """A clause with a summary."""

    class Meta:
        model = PolicyClause
        django_get_or_create = ("clause_id",)

    document = factory.SubFactory(PolicyDocumentFactory)
    clause_id = factory.Sequence(lambda n: f"T-{n}")
    position = factory.Sequence(int)
    area = Area.BUREAU
    priority = Priority.MUST
    kinds = "R"
    key_terms = "班额"
    summary = "班额不能过大。"
    meaning_en = "Classes must not be too large."


class PolicyParameterFactory(factory.django.DjangoModelFactory):
    """A shipped default."""

    class Meta:
        model = PolicyParameter

    key = "class.large_min"
    region = None
    value = "56"
    kind = "decimal"
    unit = "pupils"
    meaning = "大班额起点人数"
    valid_from = BEGINNING


class ApiClientFactory(factory.django.DjangoModelFactory):
    """A program that may read."""

    class Meta:
        model = ApiClient

    name = factory.Sequence(lambda n: f"学籍系统{n}")
    region = factory.SubFactory(CountyFactory)
    scopes = factory.LazyFunction(lambda: ["read"])
    client_secret = "secret-for-tests"
    client_type = ApiClient.CLIENT_CONFIDENTIAL
    authorization_grant_type = ApiClient.GRANT_CLIENT_CREDENTIALS
