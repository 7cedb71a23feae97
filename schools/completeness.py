"""How complete the record of a school is, and where the rest is entered."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import (
    Case,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    Value,
    When,
)
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

PARTS: dict[str, Any] = {
    "code": _("学校标识码"),
    "type": _("办学类型"),
    "place": _("城乡分类"),
    "address": _("地址"),
    "coordinates": _("经纬度"),
    "opened": _("开办日期"),
    "contact": _("联系人"),
    "classes": _("本学年班级"),
    "returns": _("本学年年度报表"),
}
"""Part → what it is called."""
TOTAL = len(PARTS)


@dataclass(frozen=True)
class Missing:
    """One part that is not entered yet, and the page where it is."""

    name: str
    label: Any
    url: str


def conditions(year: Any) -> dict[str, Any]:
    """Return part → the condition under which a school has it."""
    classes = apps.get_model("schools.ClassSection").objects.filter(
        school=OuterRef("pk"), year=year, removed_at__isnull=True
    )
    told = apps.get_model("schools.SchoolReturn").objects.confirmed()
    told = told.filter(school=OuterRef("school"), year=year, stage=OuterRef("stage"))
    contacts = apps.get_model("schools.SchoolContact").objects
    stages = apps.get_model("schools.SchoolStage").objects.filter(school=OuterRef("pk"))
    return {
        "code": Q(school_code__isnull=False),
        "type": ~Q(type=""),
        "place": ~Q(urban_rural_code=""),
        "address": ~Q(address=""),
        "coordinates": Q(longitude__isnull=False, latitude__isnull=False),
        "opened": Q(opened_on__isnull=False),
        "contact": Exists(contacts.filter(school=OuterRef("pk"))),
        "classes": Exists(classes),
        "returns": Exists(stages) & ~Exists(stages.filter(~Exists(told))),
    }


def annotate(schools: Any, year: Any) -> Any:
    """Add ``has_<part>`` (1 or 0) and their sum ``parts_filled`` to schools."""
    found = {
        f"has_{name}": Case(
            When(condition, then=Value(1)),
            default=Value(0),
            output_field=IntegerField(),
        )
        for name, condition in conditions(year).items()
    }
    whole = sum((F(name) for name in found), Value(0))
    return schools.annotate(**found).annotate(parts_filled=whole)


def missing_of(school: Any) -> list[Missing]:
    """Return what an annotated school lacks, each with the page to enter it."""
    edit = reverse("schools:school-update", args=[school.pk])
    pages = {
        "contact": reverse("schools:contact-create", args=[school.pk]),
        "classes": reverse("schools:class-update", args=[school.pk]),
        "returns": f"{school.get_absolute_url()}?tab=returns",
    }
    return [
        Missing(name, label, pages.get(name, edit))
        for name, label in PARTS.items()
        if not getattr(school, f"has_{name}")
    ]
