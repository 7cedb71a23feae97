"""A bureau enters what quality monitoring says; nobody else ever reads it."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.roles import CLIENT_SCOPES, ROLES
from audit.models import Event
from core.imports import run_import, undo_import
from schools.models import QualityResult
from tests.accounts.factories import user_with
from tests.schools.factories import QualityResultFactory

pytestmark = pytest.mark.django_db
HEADS = "学校名称,学年,学段,学科,参测人数,满分,平均分,标准差,全区平均分,全区标准差"
FIGURES = {
    "stage": "PRIMARY",
    "subject": "数学",
    "tested": "120",
    "full_marks": "100",
    "mean": "81.375",
    "deviation": "9.5",
    "district_mean": "79.25",
    "district_deviation": "11",
}


def take_in(world: Any, *rows: str, **more: Any) -> Any:
    text = "\n".join((HEADS, *rows)).encode()
    scope = more.pop("scope", world.here.county)
    by = more.pop("by", world.here.bureau)
    return run_import("schools.qualityresult", ("质量.csv", text), scope=scope, by=by)


def row(world: Any, figures: str = "120,100,81.375,9.5,79.25,11", **cells: Any) -> str:
    school = cells.get("school", world.here.school)
    stage, subject = cells.get("stage", "小学"), cells.get("subject", "数学")
    return f"{school.name},{world.year.code},{stage},{subject},{figures}"


def panel(school: Any) -> str:
    """Return the address of the part of a school's page that holds the results."""
    return reverse("core:panel", args=["schools.school", school.pk, "quality"])


def test_the_bureau_enters_corrects_and_removes_a_result(
    world: Any, signed_in: Any
) -> None:
    client, school = signed_in(world.here.bureau), world.here.school
    given = {**FIGURES, "year": world.year.pk}

    client.post(reverse("schools:quality-create", args=[school.pk]), given)
    made = QualityResult.objects.get()
    edit = reverse("schools:quality-update", args=[made.pk])
    client.post(edit, {**given, "mean": "82"})
    made.refresh_from_db()
    page = client.get(panel(school)).content.decode()

    assert (made.school, made.mean) == (school, Decimal(82))
    assert "82.00" in page and "仅供主管部门内部使用" in page
    client.post(edit, {**given, "is_gone": "on"})
    assert not QualityResult.objects.exists()
    told = list(Event.objects.filter(verb__endswith="_quality"))
    assert len(told) == 3
    assert not [e for e in told if "81" in str(e.data) or "82" in str(e.data)]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("mean", "100.5", "平均分不能超过满分"),
        ("district_mean", "120", "平均分不能超过满分"),
        ("deviation", "101", "标准差不能超过满分"),
        ("district_deviation", "0", "全区标准差必须大于 0"),
        ("tested", "-1", "0"),
    ],
)
def test_figures_that_cannot_be_are_refused_at_their_field(
    world: Any, signed_in: Any, name: str, value: str, said: str
) -> None:
    given = {**FIGURES, "year": world.year.pk, name: value}

    answer = signed_in(world.here.bureau).post(
        reverse("schools:quality-create", args=[world.here.school.pk]), given
    )

    assert not QualityResult.objects.exists()
    assert said in str(answer.context["form"].errors[name])


def test_the_database_keeps_a_mean_within_full_marks(world: Any) -> None:
    made = QualityResultFactory(school=world.here.school, year=world.year)

    with pytest.raises(IntegrityError), transaction.atomic():
        QualityResult.objects.filter(pk=made.pk).update(full_marks=79)


def test_a_list_comes_in_once_and_its_faults_are_named(world: Any) -> None:
    good = row(world)
    rows = (
        good,
        row(world, "0,100,81,9,79,11", subject="语文"),
        row(world, "9,100,101,9,79,11", subject="英语"),
        row(world, "9,100,81,-1,79,11", subject="科学"),
        row(world, "9,100,81,9,79,0", subject="体育"),
        row(world, stage="初中", subject="物理"),
        row(world, school=world.there.school, subject="美术"),
    )

    done = take_in(world, *rows)
    again = take_in(world, good)

    assert (done.created, done.rejected) == (1, 6)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)
    assert QualityResult.objects.get().mean == Decimal("81.375")
    undo_import(done.run_id, by=world.here.bureau)
    assert not QualityResult.objects.exists()


def test_a_district_mean_unlike_that_of_other_schools_is_remarked(world: Any) -> None:
    from tests.schools.factories import SchoolFactory

    other = SchoolFactory(region=world.here.county)
    QualityResultFactory(school=other, year=world.year, district_mean=60)

    done = take_in(world, row(world))

    assert (done.created, done.rejected) == (1, 0)


def test_the_city_brings_results_of_its_own_schools_alone(world: Any) -> None:
    done = take_in(world, row(world), scope=world.city, by=world.city_bureau)

    assert (done.created, done.rejected) == (0, 1)


def test_nobody_but_a_bureau_reads_or_enters_results(
    world: Any, signed_in: Any
) -> None:
    made = QualityResultFactory(
        school=world.here.school, year=world.year, mean=Decimal("87.250")
    )
    holders = {
        code
        for code, role in ROLES.items()
        if any("qualityresult" in name for name in role.permissions)
    }
    page, part = world.here.school.get_absolute_url(), panel(world.here.school)
    edit = reverse("schools:quality-update", args=[made.pk])

    assert holders == {"CITY_EDU", "DISTRICT_EDU"}
    assert not [s for s in CLIENT_SCOPES.values() if "qualityresult" in str(s)]
    for user in (world.here.bureau, world.city_bureau):
        assert "87.25" in signed_in(user).get(part).content.decode()
    outsiders = (
        world.here.principal,
        world.here.clerk,
        user_with("CITY_SUPERVISION", world.city),
        user_with("DEPT_HR", world.here.county),
        user_with("LEADING_GROUP", world.here.county),
    )
    for user in outsiders:
        client = signed_in(user)
        said = client.get(page).content.decode()
        assert "87.2" not in said and "质量监测结果" not in said
        assert client.get(part).status_code in {403, 404}
        assert client.get(edit).status_code == 403
        start = client.get("/imports/new/schools.qualityresult/")
        assert start.status_code == 403
    assert signed_in(world.there.bureau).get(edit).status_code == 404


def test_no_file_taken_from_the_register_tells_of_results(
    world: Any, signed_in: Any
) -> None:
    QualityResultFactory(
        school=world.here.school, year=world.year, mean=Decimal("87.250")
    )
    client = signed_in(world.here.bureau)

    for address in ("schools:school-list", "schools:return-list"):
        answer = client.get(reverse(address), {"export": "csv"})
        body = b"".join(answer) if answer.streaming else answer.content
        assert "87.2" not in body.decode("utf-8-sig")
