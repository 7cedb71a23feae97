"""A bureau looks at deliveries: one is previewed and written, a large one is held."""

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import expect

from bureau.regions import find_region
from bureau.services import set_up
from personnel.models import Teacher
from roster.choices import RunState
from roster.models import Source, SyncRun
from schools.choices import Ownership, SchoolType
from schools.services import register_school
from tests.browser.conftest import Enter
from tests.browser.people import person
from tests.browser.visitor import Visitor
from tests.roster.bundles.factories import bundle, roster

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def place(site: str) -> Iterator[SimpleNamespace]:
    """A county with one school and two people of its bureau."""
    set_up("610900")
    county = find_region("610902")
    bureau = person("bureau", "教育局 王建", "DISTRICT_EDU", county)
    person("chief", "教育局 林清", "DISTRICT_EDU", county)
    register_school(
        by=bureau,
        name="云洲第1小学",
        type=SchoolType.PRIMARY,
        ownership=Ownership.PUBLIC,
        administered_by=county,
        opened_on=date(1990, 9, 1),
    )
    yield SimpleNamespace(county=county)


def delivery(teachers: int, county: Any) -> bytes:
    rows = roster(teachers=teachers)
    rows["orgs"][0]["name"] = county.name
    return bundle(rows)


def upload(visitor: Visitor, content: bytes, name: str) -> SyncRun:
    """Bring a bundle and wait until it has been looked at."""
    visitor.go("/roster/")
    visitor.follow("上传数据包")
    visitor.choose("source", "学籍管理系统")
    visitor.page.set_input_files(
        "input[name=file]",
        {"name": name, "mimeType": "application/zip", "buffer": content},
    )
    visitor.look("sync-upload")
    with visitor.page.expect_navigation():
        visitor.page.locator("main form .form-actions button").first.click()
    return SyncRun.objects.latest("pk")


def until(visitor: Visitor, run: SyncRun, words: str) -> None:
    """Look at the page of a delivery until it says this."""
    for _turn in range(30):
        visitor.go(run.get_absolute_url())
        if words in visitor.page.locator("main").inner_text():
            return
        visitor.page.wait_for_timeout(500)
    expect(visitor.page.locator("main")).to_contain_text(words)


def test_a_bureau_previews_a_bundle_and_another_person_approves_a_held_one(
    place: SimpleNamespace, worker: Any, enter: Enter
) -> None:
    bureau = enter("bureau")
    bureau.go("/roster/")
    bureau.look("sync-empty")
    bureau.go("/roster/sources/new/")
    bureau.fill(name="学籍管理系统", code="xueji")
    bureau.choose("region", place.county.name)
    bureau.look("sync-source-new")
    with bureau.page.expect_navigation():
        bureau.page.locator("main form .form-actions button").first.click()
    source = Source.objects.get(code="xueji")
    expect(bureau.page.locator("main")).to_contain_text(source.client.client_id)
    bureau.look("sync-secret")

    first = upload(bureau, delivery(12, place.county), "全量.zip")
    until(bureau, first, "这是预览")
    bureau.look("sync-preview")
    bureau.move("apply")
    bureau.look("sync-apply")
    bureau.confirm()
    until(bureau, first, "已完成")
    bureau.look("sync-done")
    assert Teacher.objects.filter(source="xueji", removed_at=None).count() == 12

    second = upload(bureau, delivery(3, place.county), "缺人.zip")
    until(bureau, second, "这是预览")
    bureau.move("apply")
    bureau.confirm()
    until(bureau, second, "移除较多")
    bureau.look("sync-held")
    assert Teacher.objects.filter(source="xueji", removed_at=None).count() == 12

    chief = enter("chief")
    chief.go("/inbox/")
    expect(chief.page.locator("main")).to_contain_text("缺人.zip")
    chief.go(second.get_absolute_url())
    chief.move("approve")
    chief.look("sync-approve")
    chief.field("reason").fill("学校撤并，已核实")
    chief.confirm()
    until(chief, second, "已完成")
    chief.look("sync-approved")

    second.refresh_from_db()
    assert second.state == RunState.DONE
    assert second.decided_by is not None
    assert second.decided_by.username == "chief"
    assert Teacher.objects.filter(source="xueji", removed_at=None).count() == 3
