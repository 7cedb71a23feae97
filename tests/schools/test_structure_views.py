"""The pages on which a school is renamed, split, merged, closed and taken back."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from core.registries import search
from schools.models import School
from schools.services import close_school, merge_schools, rename_school, split_school
from tests.groups.factories import GroupFactory, join
from tests.schools.factories import SchoolFactory

pytestmark = pytest.mark.django_db
OPENED, DAY = date(2000, 9, 1), date(2020, 9, 1)
WHY = {"day": "2020-09-01", "reason": "布局调整", "document_no": "云教〔2020〕8号"}
BY_DAY = {"day": DAY, "reason": "布局调整"}


def url(name: str, *args: Any) -> str:
    return reverse(f"schools:{name}", args=args)


def made(world: Any, name: str = "东湖小学", **fields: Any) -> School:
    fields.setdefault("opened_on", OPENED)
    school: School = SchoolFactory(region=world.here.county, name=name, **fields)
    return school


def as_it_is(school: School) -> dict[str, Any]:
    return {
        "name": school.name,
        "short_name": school.short_name,
        "school_code": school.school_code or "",
        "type": school.type,
        "ownership": school.ownership,
        "administered_by": school.administered_by_id,
    }


def do(client: Any, address: str, data: dict[str, Any]) -> Any:
    """Fill a form in, read what it will do, and have it done."""
    told = client.post(address, data).context["told"]
    return client.post(address, {**data, "told": told})


def test_a_change_is_told_first_and_made_second(world: Any, signed_in: Any) -> None:
    school = made(world)
    client = signed_in(world.here.bureau)
    data = {**as_it_is(school), **WHY, "name": "东湖实验小学"}

    told = client.post(url("school-change", school.pk), data)
    school.refresh_from_db()
    name_then = school.name
    done = do(client, url("school-change", school.pk), data)
    school.refresh_from_db()

    html = told.content.decode()
    assert "由“东湖小学”变更为“东湖实验小学”" in html
    assert "还没有办理" in html
    assert name_then == "东湖小学"
    assert done.status_code == 302
    assert school.name == "东湖实验小学"


def test_page_list_file_and_api_say_the_name_of_the_day(
    world: Any, signed_in: Any
) -> None:
    school = made(world)
    rename_school(school, by=world.here.bureau, name="东湖实验小学", **BY_DAY)
    client = signed_in(world.here.bureau)
    api = f"/api/v1/schools/{school.pk}/"

    for address in (school.get_absolute_url(), url("school-list")):
        then = client.get(address, {"on": "2020-08-31"}).content.decode()
        now = client.get(address).content.decode()
        assert "<h1>东湖小学" in then or ">东湖小学<" in then
        assert "东湖实验小学" in now
    file = client.get(url("school-list"), {"on": "2020-08-31", "export": "csv"})
    text = b"".join(file) if file.streaming else file.content
    assert "东湖小学" in text.decode("utf-8-sig")
    assert client.get(api, {"on": "2020-08-31"}).json()["name"] == "东湖小学"
    assert client.get(api).json()["name"] == "东湖实验小学"


def test_the_page_of_a_past_day_shows_type_county_and_state_of_that_day(
    world: Any, signed_in: Any
) -> None:
    school = made(world, closed_on=DAY, status="CLOSED")
    client = signed_in(world.here.bureau)

    then = client.get(school.get_absolute_url(), {"on": "2020-08-31"}).content.decode()
    now = client.get(school.get_absolute_url()).content.decode()

    assert "在办" in then and "已停办" not in then
    assert "已停办" in now


def test_page_list_and_api_of_a_past_day_show_the_stages_of_that_day(
    world: Any, signed_in: Any
) -> None:
    school = made(world)
    client = signed_in(world.here.bureau)
    data = {**as_it_is(school), **WHY, "type": "NINE_YEAR", "stages": ["PRIMARY"]}
    told = client.post(url("school-change", school.pk), data).content.decode()
    do(client, url("school-change", school.pk), data)
    past, lists = {"on": "2020-08-31"}, reverse("schools:school-list")

    def facts(**query: str) -> str:
        page = client.get(school.get_absolute_url(), query)
        return next(f.value for f in page.context["facts"] if f.label == "学段")

    assert "学段将按新的办学类型重新确定" in told
    assert (facts(**past), facts()) == ("小学", "小学、初中")
    for query, found in (({}, True), (past, False)):
        page = client.get(lists, {"stage": "JUNIOR", **query}).content.decode()
        assert (school.name in page) is found
        asked = {"q": school.name, **query}
        (row,) = client.get("/api/v1/schools/", asked).json()["results"]
        assert row["stages"] == (["PRIMARY", "JUNIOR"] if found else ["PRIMARY"])


def test_stages_alone_are_changed_on_the_form(world: Any, signed_in: Any) -> None:
    school = made(world)
    data = {**as_it_is(school), **WHY, "stages": ["KINDERGARTEN", "PRIMARY"]}
    client = signed_in(world.here.bureau)

    told = client.post(url("school-change", school.pk), data).content.decode()
    do(client, url("school-change", school.pk), data)

    school.refresh_from_db()
    assert "学段由“小学”变更为“学前教育、小学”" in told
    assert school.stage_codes == ["KINDERGARTEN", "PRIMARY"]


def test_a_former_name_is_found_by_search(world: Any) -> None:
    school = made(world)
    rename_school(school, by=world.here.bureau, name="实验小学", **BY_DAY)

    hits = search.get("schools")(world.here.bureau, "东湖小学")

    assert [hit.title for hit in hits] == ["实验小学"]


def test_what_was_edited_after_the_effects_were_told_is_told_anew(
    world: Any, signed_in: Any
) -> None:
    school, client = made(world), signed_in(world.here.bureau)
    address = url("school-change", school.pk)
    data = {**as_it_is(school), **WHY, "name": "东湖实验小学"}
    told = client.post(address, data).context["told"]

    edited = {**data, "name": "东湖中心小学", "told": told}
    answer = client.post(address, edited)

    school.refresh_from_db()
    html = answer.content.decode()
    assert (answer.status_code, school.name) == (200, "东湖小学")
    assert "影响与刚才所列不同" in html and "变更为“东湖中心小学”" in html
    again = {**edited, "told": answer.context["told"]}
    assert client.post(address, again).status_code == 302
    school.refresh_from_db()
    assert school.name == "东湖中心小学"


def test_a_register_changed_in_between_is_told_anew(world: Any, signed_in: Any) -> None:
    one, two = made(world), made(world, name="二小")
    client, address = signed_in(world.here.bureau), url("school-merge")
    data = {**WHY, "sources": [one.pk], "survivor": two.pk}
    told = client.post(address, data).context["told"]
    by = world.here.bureau
    rename_school(two, by=by, name="二中心小学", **{**BY_DAY, "day": date(2019, 9, 1)})

    answer = client.post(address, {**data, "told": told})

    one.refresh_from_db()
    assert (answer.status_code, one.status) == (200, "OPEN")
    assert "并入“二中心小学”" in answer.content.decode()


def test_a_split_founds_a_school(world: Any, signed_in: Any) -> None:
    school = made(world)
    data = {**WHY, "name": "东湖第二小学", "type": "PRIMARY"}

    answer = do(signed_in(world.here.bureau), url("school-split", school.pk), data)

    new = School.objects.get(name="东湖第二小学")
    assert answer.status_code == 302
    assert (new.predecessor, new.opened_on) == (school, DAY)
    html = signed_in(world.here.bureau).get(school.get_absolute_url()).content.decode()
    assert "沿革" in html and "东湖第二小学" in html


def test_a_merger_names_the_schools_that_end_before_it_is_made(
    world: Any, signed_in: Any
) -> None:
    one, two = made(world), made(world, name="二小")
    client = signed_in(world.here.bureau)
    data = {**WHY, "sources": [one.pk], "survivor": two.pk}

    told = client.post(url("school-merge"), data).content.decode()
    do(client, url("school-merge"), data)

    one.refresh_from_db()
    assert "东湖小学不再单独存续，并入“二小”" in told
    assert (one.status, one.successor) == ("MERGED", two)


def test_a_merger_asks_for_one_target(world: Any, signed_in: Any) -> None:
    one = made(world)

    html = (
        signed_in(world.here.bureau)
        .post(url("school-merge"), {**WHY, "sources": [one.pk]})
        .content.decode()
    )

    assert "二者填一项" in html


def test_a_member_of_a_group_is_told_to_leave_before_it_closes(
    world: Any, signed_in: Any
) -> None:
    school = made(world)
    group = GroupFactory(name="东湖教育集团")
    join(group, school, start=OPENED)
    client = signed_in(world.here.bureau)

    told = client.post(url("school-close", school.pk), WHY).content.decode()
    tried = do(client, url("school-close", school.pk), WHY)

    school.refresh_from_db()
    assert "请先在该集团办理退出" in told and "东湖教育集团" in told
    assert "东湖教育集团" in tried.content.decode()
    assert school.status == "OPEN"


def test_closing_splitting_and_changing_are_taken_back_on_their_pages(
    world: Any, signed_in: Any
) -> None:
    by, client = world.here.bureau, signed_in(world.here.bureau)
    again = {"reason": "误办"}
    closed, renamed, elder = made(world), made(world, "二小"), made(world, "三小")
    close_school(closed, by=by, **BY_DAY)
    rename_school(renamed, by=by, name="二中心小学", **BY_DAY)
    (young,) = split_school(
        elder, by=by, into=[{"name": "四小", "type": "PRIMARY"}], **BY_DAY
    )

    for name, school in (
        ("school-reopen", closed),
        ("school-change-undo", renamed),
        ("school-split-undo", young),
    ):
        told = client.post(url(name, school.pk), {"reason": "误办"})
        assert "还没有办理" in told.content.decode()
        assert do(client, url(name, school.pk), again).status_code == 302, name

    closed.refresh_from_db()
    renamed.refresh_from_db()
    assert closed.status == "OPEN"
    assert renamed.name == "二小"
    assert not School.objects.filter(pk=young.pk).exists()


def test_what_ended_says_why_nothing_can_be_done(world: Any, signed_in: Any) -> None:
    one, two = made(world), made(world, name="二小")
    merge_schools([one], survivor=two, by=world.here.bureau, **BY_DAY)

    answer = signed_in(world.here.bureau).get(url("school-close", one.pk))

    assert answer.status_code == 403
    assert "停办或合并" in answer.content.decode()


@pytest.mark.parametrize(
    "name", ["school-change", "school-split", "school-close", "school-reopen"]
)
def test_a_school_of_another_county_is_not_found(
    world: Any, signed_in: Any, name: str
) -> None:
    client = signed_in(world.here.bureau)

    assert client.get(url(name, world.there.school.pk)).status_code == 404


def test_the_city_and_the_school_do_not_change_the_register(
    world: Any, signed_in: Any
) -> None:
    for user in (world.city_bureau, world.here.principal):
        client = signed_in(user)
        merge = client.get(url("school-merge"))
        assert merge.status_code == 403 or world.here.school.name not in (
            merge.content.decode()
        )
        assert client.get(url("school-close", world.here.school.pk)).status_code == 403
