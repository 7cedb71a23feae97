"""From the bureau's workbook to a register that can be worked with."""

import re

from playwright.sync_api import expect

from schools.models import School
from tests.browser.job.town import Town
from tests.browser.job.workbook import school_list
from tests.browser.visitor import Visitor


def import_schools(bureau: Visitor) -> None:
    """Upload the workbook, correct one column, read the preview, apply."""
    name, content = school_list()
    page = bureau.page
    bureau.go("/schools/")
    bureau.look("schools-empty")
    bureau.follow("导入学校名录")
    bureau.look("import-1-file")
    page.set_input_files(
        "input[name=file]",
        {"name": name, "mimeType": "application/octet-stream", "buffer": content},
    )
    bureau.press("上传并对应列")
    _correct_the_columns(bureau)
    _wait_for_job(bureau)
    assert re.fullmatch(r"/imports/\d+/preview/", bureau.path)
    bureau.look("import-3-preview")
    for tab in ("退回", "新增"):
        bureau.follow(tab)
    bureau.look("import-3-preview-created")
    bureau.press("写入名册")
    _wait_for_job(bureau)
    bureau.look("import-4-result")
    expect(page.locator("main")).to_contain_text("新增")
    assert School.objects.count() > 9


def _correct_the_columns(bureau: Visitor) -> None:
    """What was guessed is right but for one column, which is no column of ours."""
    assert re.fullmatch(r"/imports/\d+/mapping/", bureau.path)
    bureau.look("import-2-columns")
    bureau.choose("column-urban_rural_code", "（文件中没有）")
    bureau.press("核对内容")


def _wait_for_job(visitor: Visitor) -> None:
    """Follow a job to its result, when the work was given to a worker."""
    if visitor.path.startswith("/jobs/"):
        done = visitor.page.get_by_role("link", name="查看结果")
        expect(done).to_be_visible(timeout=30_000)
        with visitor.page.expect_navigation():
            done.click()


def confirm_a_stage(bureau: Visitor, town: Town) -> None:
    """Settle one school of the work list that only says 中学."""
    here = School.objects.filter(administered_by=town.county)
    school = here.to_confirm().order_by("pk").first()
    assert school is not None
    bureau.turn_to("学段待确认")
    bureau.look("stages-worklist")
    row = bureau.page.locator("tr", has=bureau.page.get_by_text(school.name)).first
    row.locator("select").select_option(label="初级中学")
    bureau.press("确认已选类型")
    expect(bureau.page.locator("#messages")).to_contain_text("已确认 1 所")
    assert not School.objects.to_confirm().filter(pk=school.pk).exists()


def label_as_quality(bureau: Visitor, school: School) -> None:
    """Record why the school may lead: a label with its document."""
    bureau.go(school.get_absolute_url())
    bureau.look("school")
    bureau.follow("登记标签")
    bureau.look("school-label")
    bureau.choose("label", "优质学校")
    bureau.fill(decided_by="安康市教育局", document_no="安教发〔2024〕12号")
    bureau.fill(valid_from="2024-03-01")
    bureau.press("登记")
    expect(bureau.page.locator("main")).to_contain_text("优质学校")
