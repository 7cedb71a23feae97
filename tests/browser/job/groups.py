"""One group taken over from the papers, another led through its formation."""

from datetime import timedelta

from playwright.sync_api import expect

from core.days import today
from groups.models import EducationGroup, GroupCase
from schools.models import School
from tests.browser.conftest import Enter
from tests.browser.job.files import PAPER
from tests.browser.job.town import DEPARTMENTS, Town
from tests.browser.visitor import Visitor

STANDING, NEW = "城关小学教育集团", "示范高中教育集团"


def register_group(bureau: Visitor, town: Town) -> EducationGroup:
    """Take a group over that existed before the system, with its true dates."""
    bureau.turn_to("教育集团")
    bureau.look("groups-empty")
    bureau.follow("补登集团")
    bureau.fill(name=STANDING, founding_document="安教发〔2021〕33号")
    bureau.fill(founded_on="2021-09-01", vision="一校一品，共同成长。")
    bureau.choose("state", "正式运行")
    bureau.choose("lead", town.standing[0].name)
    bureau.choose("members", [school.name for school in town.standing[1:]])
    bureau.choose("join_form", "联盟")
    bureau.choose("group_type", "基础教育集团")
    bureau.choose("primary_mode", "核心校+新校")
    bureau.choose("closeness", "半紧密型")
    bureau.choose("operation_form", "联盟办学")
    bureau.choose("formation_basis", "行政主导组合")
    bureau.page.set_input_files("main [name=file]", PAPER)
    bureau.look("group-register")
    bureau.press("补登")
    expect(bureau.page.locator("h1")).to_contain_text(STANDING)
    bureau.look("group-registered")
    return EducationGroup.objects.get(name=STANDING)


def form_group(enter: Enter, town: Town) -> EducationGroup:
    """Lead a formation from the principal's draft to a group in regular work."""
    bureau = enter("county")
    case = _open_case(enter("principal1"), town)
    for number, school in enumerate(town.founders, start=1):
        _consent(enter(f"principal{number}"), case, school)
    _make_ready(enter("principal1"), case)
    _submit(enter("principal1"), case)
    _take_in_and_check(bureau, case)
    for username in DEPARTMENTS:
        _give_opinion(enter(username), case)
    _decide(enter("county_leading"), case)
    group = EducationGroup.objects.get(name=NEW)
    _start_pilot(bureau, group)
    for kind in ("集团章程", "发展规划"):
        _file_paper(enter("principal1"), bureau, group, kind)
    _pass_checks(bureau, case)
    _become_active(bureau, group)
    return group


def _open_case(principal: Visitor, town: Town) -> GroupCase:
    principal.turn_to("组建与变更")
    principal.look("cases-empty")
    principal.follow("发起组建")
    principal.choose("formation_basis", "学校自主组合")
    principal.fill(name=NEW, planned_on=today().isoformat())
    principal.choose("lead", town.founders[0].name)
    principal.choose("members", [school.name for school in town.founders[1:]])
    principal.choose("group_type", "基础教育集团")
    principal.choose("primary_mode", "优质高中领办")
    principal.choose("closeness", "半紧密型")
    principal.choose("operation_form", "合作办学")
    principal.fill(grounds="三校相邻，学科互补。", vision="优质均衡，各展所长。")
    principal.look("case-1-profile")
    principal.press("保存，下一步")
    principal.look("case-2-schools")
    principal.press("保存，下一步")
    return GroupCase.objects.get(name=NEW)


def _consent(principal: Visitor, case: GroupCase, school: School) -> None:
    """The school's own account says whether it joins."""
    principal.go("/")
    if school.pk != case.lead_line.school_id:
        principal.look("home-member-asked")
        principal.page.locator("main").get_by_role("link", name=case.name).first.click()
    principal.go(f"{case.get_absolute_url()}?tab=consents")
    principal.follow("填写意见")
    principal.field("verdict").first.check()
    principal.fill(deciding_body="教职工代表大会", votes_for="62", votes_against="3")
    principal.fill(votes_abstained="1")
    principal.look("case-consent")
    principal.press("提交意见")
    expect(principal.page.locator("main")).to_contain_text("教职工代表大会")


def _make_ready(principal: Visitor, case: GroupCase) -> None:
    """Write the formation plan and confirm each readiness check."""
    principal.go(f"{case.get_absolute_url()}?tab=papers")
    principal.page.get_by_text("起草文件").first.click()
    principal.follow("组建方案")
    for box in principal.page.locator("main textarea").all():
        box.fill("经三校论证，目标明确，分三年推进。")
    principal.look("case-plan")
    principal.press("保存草稿")
    _pass_tasks(principal, case)


def _pass_tasks(visitor: Visitor, case: GroupCase) -> None:
    """Confirm every check that waits for this person, one by one."""
    for _round in range(12):
        visitor.go(f"{case.get_absolute_url()}?tab=tasks")
        link = (
            visitor.page.locator("main tr")
            .filter(has_text="待办")
            .get_by_role("link", name="确认符合", exact=True)
        )
        if not link.count():
            return
        with visitor.page.expect_navigation():
            link.first.click()
        visitor.fill(note="已核对原件，符合要求。")
        visitor.confirm()
    raise AssertionError("the checks do not come to an end")


def _submit(principal: Visitor, case: GroupCase) -> None:
    principal.go(f"{case.get_absolute_url()}?tab=tasks")
    principal.look("case-tasks")
    principal.move("submit")
    principal.look("case-submit")
    principal.confirm()


def _take_in_and_check(bureau: Visitor, case: GroupCase) -> None:
    bureau.go("/")
    bureau.look("home-bureau-cases")
    bureau.go(case.get_absolute_url())
    bureau.move("review")
    bureau.confirm()
    _pass_tasks(bureau, case)
    bureau.go("/groups/cases/board/")
    bureau.look("case-board")


def _give_opinion(department: Visitor, case: GroupCase) -> None:
    department.go("/inbox/")
    department.go(f"{case.get_absolute_url()}?tab=opinions")
    department.follow("填写意见")
    department.field("verdict").first.check()
    department.fill(text="同意，按规定办理。")
    department.look("case-opinion")
    department.press("提交意见")


def _decide(leading: Visitor, case: GroupCase) -> None:
    """Approve with a condition that has its deadline."""
    leading.go("/")
    leading.look("home-leading")
    leading.go(case.get_absolute_url())
    leading.look("case-under-review")
    leading.move("approve")
    leading.fill(document_number="安教领〔2026〕8号", effective_on=today().isoformat())
    leading.fill(condition_0="一学期内完成教师交流方案")
    leading.fill(due_0=(today() + timedelta(days=60)).isoformat())
    leading.look("case-approve")
    leading.confirm()
    leading.go(f"{case.get_absolute_url()}?tab=decisions")
    leading.look("case-decided")
    expect(leading.page.locator("main")).to_contain_text("一学期内完成教师交流方案")


def _start_pilot(bureau: Visitor, group: EducationGroup) -> None:
    bureau.go(group.get_absolute_url())
    bureau.move("start_pilot")
    bureau.confirm()


def _file_paper(
    principal: Visitor, bureau: Visitor, group: EducationGroup, kind: str
) -> None:
    """The lead drafts and submits; the bureau puts it on file."""
    principal.go(f"{group.get_absolute_url()}?tab=documents")
    principal.page.get_by_text("起草文件").first.click()
    principal.follow(kind)
    for box in principal.page.locator("main textarea").all():
        box.fill("经理事会讨论通过，自备案之日起施行。")
    if principal.field("valid_from").count():
        last = today().replace(year=today().year + 4, day=1)
        principal.fill(valid_from=today().isoformat(), valid_to=last.isoformat())
    principal.look(f"document-draft-{kind}")
    principal.press("保存草稿")
    principal.move("submit")
    principal.confirm()
    bureau.go(principal.path)
    bureau.look(f"document-{kind}")
    bureau.move("file")
    bureau.confirm()


def _pass_checks(bureau: Visitor, case: GroupCase) -> None:
    """The pilot's review and the decision's condition."""
    _pass_tasks(bureau, case)


def _become_active(bureau: Visitor, group: EducationGroup) -> None:
    bureau.go(group.get_absolute_url())
    bureau.move("pass_pilot")
    bureau.look("group-activate")
    bureau.confirm()
    expect(bureau.page.locator("h1")).to_contain_text("正式运行")
    bureau.look("group")
    for tab in ("members", "documents", "history", "cases"):
        bureau.go(f"{group.get_absolute_url()}?tab={tab}")
        bureau.look(f"group-{tab}")
