"""The site by keyboard alone, without scripts, and at its doors."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from schools.models import School
from tests.browser.conftest import Enter
from tests.browser.job.town import Town, found_town
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MARKED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return 'nothing';
  const drawn = e.closest('.ts-wrapper') || e, box = e.getBoundingClientRect();
  const s = getComputedStyle(drawn);
  const ringed = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0;
  const glowing = s.boxShadow !== 'none';
  if (!box.width || box.bottom < 0) return 'hidden: ' + e.outerHTML.slice(0, 120);
  return ringed || glowing ? '' : 'no ring: ' + e.outerHTML.slice(0, 120);
}"""


@pytest.fixture(scope="module")
def town(site: str) -> Iterator[Town]:
    """A city without schools yet."""
    yield found_town()


def _tab_through(visitor: Visitor, stops: int) -> list[str]:
    unmarked = []
    for _stop in range(stops):
        visitor.page.keyboard.press("Tab")
        told = visitor.page.evaluate(MARKED)
        if told:
            unmarked.append(told)
    return unmarked


def test_a_keyboard_reaches_the_content_first_and_every_stop_is_marked(
    town: Town, enter: Enter
) -> None:
    bureau = enter("bureau")
    page = bureau.page
    bureau.go("/schools/")

    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()

    bureau.go("/schools/")
    assert _tab_through(bureau, 40) == []
    bureau.go("/schools/new/")
    assert _tab_through(bureau, 60) == []


def test_menus_open_and_close_by_keyboard_and_give_the_focus_back(
    town: Town, enter: Enter
) -> None:
    bureau = enter("bureau")
    page = bureau.page
    bureau.go("/schools/")

    summary = page.locator(".topbar details.menu summary.who")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="修改密码")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="修改密码")).to_be_hidden()
    expect(summary).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("[data-hotkey]")).to_be_focused()


def test_the_drawer_of_a_phone_opens_and_closes(town: Town, enter: Enter) -> None:
    bureau = enter("bureau")
    page = bureau.page
    page.set_viewport_size({"width": 390, "height": 844})
    bureau.go("/")

    page.locator("[data-nav-open]").click()
    schools = page.locator("#nav").get_by_role("link", name="学校", exact=True)
    expect(schools).to_be_in_viewport()
    page.screenshot(path=bureau.picture_path("phone-drawer"))
    page.keyboard.press("Escape")
    expect(schools).not_to_be_in_viewport()
    page.locator("[data-nav-open]").click()
    with page.expect_navigation():
        schools.click()
    assert bureau.path == "/schools/"


def test_what_is_typed_is_kept_and_guarded(town: Town, enter: Enter) -> None:
    bureau = enter("bureau")
    bureau.go("/evaluation/cycles/new/")

    bureau.fill(name="二〇二六学年年度考核")
    expect(bureau.page.locator("[data-saved]")).to_contain_text("已保存")
    bureau.go("/evaluation/cycles/new/")

    expect(bureau.field("name")).to_have_value("二〇二六学年年度考核")
    expect(bureau.page.locator("main")).to_contain_text("已恢复")


def test_the_site_reads_and_submits_without_scripts(town: Town, enter: Enter) -> None:
    bureau = enter("bureau", scripts=False)
    page = bureau.page

    bureau.turn_to("学校")
    bureau.follow("登记学校")
    bureau.fill(name="无脚本小学")
    bureau.press("登记")
    expect(page.locator("main [role=alert]")).to_be_visible()
    page.locator("main select[name=type]").select_option(label="小学")
    for name in ("region", "administered_by"):
        if bureau.field(name).count():
            bureau.field(name).select_option(label=town.county.name)
    bureau.press("登记")
    expect(page.locator("h1")).to_contain_text("无脚本小学")
    assert School.objects.filter(name="无脚本小学").exists()

    bureau.go("/schools/")
    bureau.fill(q="没有这所学校")
    bureau.press("查询")
    expect(page.locator("main")).not_to_contain_text("无脚本小学")
    bureau.fill(q="无脚本")
    bureau.press("查询")
    expect(page.locator("main")).to_contain_text("无脚本小学")


def test_a_stranger_meets_only_the_door(town: Town, enter: Enter) -> None:
    stranger = enter()

    stranger.go("/schools/")
    assert stranger.path == "/accounts/login/"
    stranger.look("sign-in")
    stranger.fill(login="nobody", password="not-the-password")
    stranger.press("登录")
    expect(stranger.page.locator("main [role=alert]")).to_be_visible()
    stranger.look("sign-in-refused")


def test_refusals_and_missing_pages_say_what_to_do(town: Town, enter: Enter) -> None:
    department = enter("finance")

    for status, path, name in (
        (403, "/schools/new/", "refused-403"),
        (404, "/groups/999999/", "missing-404"),
    ):
        department.forgive(status, path)
        department.page.goto(path)
        home = department.page.locator("main").get_by_role("link", name="首页")
        expect(home).to_be_visible()
        department.look(name)
