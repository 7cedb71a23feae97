"""A cycle from its plan to published results."""

from datetime import timedelta

from playwright.sync_api import expect

from core.days import today
from evaluation.models import Assessment, Cycle, PeriodicReport
from groups.models import EducationGroup
from tests.browser.job.files import EVIDENCE
from tests.browser.visitor import Visitor

LEAVES = 60


def open_cycle(bureau: Visitor) -> Cycle:
    """Plan the cycle, open it, lock the figures, start the self-evaluation."""
    bureau.turn_to("考核周期")
    bureau.look("cycles-empty")
    bureau.follow("新建周期")
    bureau.look("cycle-plan")
    bureau.press("建立")
    cycle = Cycle.objects.get()
    _step(bureau, cycle, "open", "cycle-open")
    _step(bureau, cycle, "lock_data", "cycle-lock")
    _step(bureau, cycle, "start_self_evaluation", "cycle-self")
    bureau.look("cycle-board")
    return cycle


def _step(person: Visitor, cycle: Cycle, name: str, picture: str = "") -> None:
    person.go(cycle.get_absolute_url())
    person.move(name)
    if picture:
        person.look(picture)
    person.confirm()


def submit_report(head: Visitor, group: EducationGroup) -> PeriodicReport:
    """The lead's principal writes every section, adds evidence and submits."""
    report = PeriodicReport.objects.get(assessment__group=group)
    head.go("/")
    head.look("home-lead-report-due")
    head.go(report.get_absolute_url())
    head.follow("填写报告")
    page = head.page
    for box in page.locator("main textarea[name^='text|']").all():
        box.fill("一年来按规划推进，成员学校教研联动、资源共享，问题和打算如下。")
    leaf = page.locator("main details.report-leaf").first
    leaf.locator("summary").click()
    leaf.locator("textarea").fill("数据与各校报表一致。")
    leaf.locator("input[type=file]").set_input_files(EVIDENCE)
    head.look("report-write")
    head.press("保存，去提交")
    head.look("report-submit")
    head.confirm()
    head.go(report.get_absolute_url())
    expect(page.locator("main")).to_contain_text(EVIDENCE["name"])
    head.look("report-submitted")
    return report


def score(bureau: Visitor, cycle: Cycle, group: EducationGroup) -> None:
    """Score every leaf that waits for a person, by keyboard alone."""
    _step(bureau, cycle, "start_review")
    assessment = Assessment.objects.get(cycle=cycle, group=group)
    bureau.go(assessment.get_absolute_url())
    bureau.look("assessment-under-review")
    bureau.go(f"/evaluation/assessments/{assessment.pk}/desk/")
    bureau.look("desk")
    for done in range(LEAVES):
        if not assessment.scores.missing().exists():
            break
        _score_by_keyboard(bureau, done)
    bureau.look("desk-finished")
    bureau.go(assessment.get_absolute_url())
    for name in ("score", "confirm"):
        bureau.move(name)
        bureau.confirm()


def _score_by_keyboard(bureau: Visitor, done: int) -> None:
    """A digit gives a level or opens the points; words; Ctrl+Enter sends."""
    page = bureau.page
    page.locator("h1").click()
    page.keyboard.press("2")
    if page.evaluate("document.activeElement.id") == "points":
        page.keyboard.press("Control+A")
        page.keyboard.type("1")
    page.locator("#comment").focus()
    page.keyboard.type(f"查阅材料并实地核对（{done + 1}）。")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")


def exempt(bureau: Visitor, cycle: Cycle, group: EducationGroup) -> None:
    """Leave a group out that has only just begun, with the reason."""
    assessment = Assessment.objects.get(cycle=cycle, group=group)
    bureau.go(assessment.get_absolute_url())
    bureau.move("exempt")
    bureau.fill(reason="本学年刚刚成立，不满一个考核周期。")
    bureau.look("assessment-exempt")
    bureau.confirm()


def publish(bureau: Visitor, leading: Visitor, cycle: Cycle) -> None:
    """Work the results out, show them for the days required, publish them."""
    _step(bureau, cycle, "consolidate", "cycle-consolidate")
    bureau.go(f"{cycle.get_absolute_url()}?tab=results")
    bureau.look("cycle-results")
    bureau.go(cycle.get_absolute_url())
    bureau.move("publicise")
    start = today() - timedelta(days=21)
    bureau.fill(publicity_from=start.isoformat(), publicity_to=today().isoformat())
    bureau.look("cycle-publicise")
    bureau.confirm()
    leading.go("/")
    leading.look("home-leading-publish")
    _step(leading, cycle, "publish", "cycle-publish")
    expect(leading.page.locator("h1")).to_contain_text("已公布")
    leading.look("cycle-published")
