"""What a person corrected and ticked stays, whatever the other system sends."""

from typing import Any

from django.urls import reverse

from personnel.models import Teacher
from schools.models import School
from tests.accounts.factories import user_with
from tests.personnel.factories import TeacherFactory
from tests.roster.inbound.factories import org, post, results, user
from tests.schools.factories import SchoolFactory

BOXES = "以本系统为准"


def filled(client: Any, url: str) -> dict[str, Any]:
    """Return what the form of a page holds, as a browser would send it back."""
    form = client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value is not None}


def test_a_corrected_name_of_a_school_is_kept_until_it_is_let_go(
    world: Any, signed_in: Any
) -> None:
    assert results(post(world, "orgs", [org()])) == ["created"]
    school = School.objects.get()
    client = signed_in(user_with("DISTRICT_EDU", world.here))
    url = reverse("schools:school-update", args=[school.pk])
    sent = {**filled(client, url), "name": "云洲正名小学", "pinned": ["name"]}

    assert client.post(url, sent).status_code == 302
    code = f"21{world.here.code[:2]}000123"
    answer = post(world, "orgs", [org(name="云洲误名小学", identifier=code)])

    assert results(answer) == ["updated"]
    school.refresh_from_db()
    assert (school.name, school.school_code) == ("云洲正名小学", code)
    assert filled(client, url)["pinned"] == ["name"]
    client.post(url, {**filled(client, url), "pinned": []})
    post(world, "orgs", [org(name="云洲新名小学", identifier=code)])
    school.refresh_from_db()
    assert (school.name, school.pinned) == ("云洲新名小学", [])


def test_a_corrected_teacher_stays_where_the_school_put_them(
    world: Any, signed_in: Any
) -> None:
    for rows in ([org()], [org("s2", "云洲第二小学")]):
        assert results(post(world, "orgs", rows)) == ["created"]
    assert results(post(world, "users", [user()])) == ["created"]
    teacher = Teacher.objects.get()
    other = School.objects.get(sourced_id="s2")
    client = signed_in(user_with("DISTRICT_EDU", world.here))
    url = reverse("personnel:teacher-update", args=[teacher.pk])
    sent = {**filled(client, url), "school": other.pk, "pinned": ["school_id"]}

    assert client.post(url, sent).status_code == 302
    assert results(post(world, "users", [user(name="测试乙")])) == ["updated"]

    teacher.refresh_from_db()
    assert (teacher.school, teacher.name) == (other, "测试乙")


def test_who_came_from_no_other_system_has_no_such_boxes(
    world: Any, signed_in: Any
) -> None:
    school = SchoolFactory(region=world.here)
    teacher = TeacherFactory(school=school)
    client = signed_in(user_with("DISTRICT_EDU", world.here))

    for name, pk in (("schools:school", school.pk), ("personnel:teacher", teacher.pk)):
        page = client.get(reverse(f"{name}-update", args=[pk])).content.decode()
        assert BOXES not in page
        assert BOXES not in client.get(reverse(f"{name}-create")).content.decode()
