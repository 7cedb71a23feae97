"""Compile the reports with the live bar; the principal takes the files home."""

import io
import re
import zipfile
from pathlib import Path

from playwright.sync_api import expect
from pypdf import PdfReader

from core.models import Job, ReportRun
from evaluation.models import Assessment, Cycle
from groups.models import EducationGroup
from tests.browser.visitor import Visitor


def compile_reports(bureau: Visitor, cycle: Cycle) -> None:
    """Start the compile and watch the bar run to its end without a reload."""
    bureau.go(cycle.get_absolute_url())
    bureau.press("编制年度报告")
    assert bureau.path.startswith("/jobs/")
    page = bureau.page
    page.evaluate("window.stayed = true")
    expect(page.locator("#job-bar progress")).to_be_visible()
    expect(page.get_by_role("link", name="查看结果")).to_be_visible(timeout=60_000)
    expect(page.locator("#job-bar")).to_contain_text(re.compile(r"已完成 (\d+) / \1"))
    assert page.evaluate("window.stayed")
    bureau.look("job-done")
    job = Job.objects.latest("pk")
    assert job.state == Job.State.DONE
    assert job.owner, "a worker did it"
    bureau.follow("查看结果")
    bureau.look("cycle-reports")


def download(head: Visitor, group: EducationGroup) -> None:
    """Take Word and PDF: real files that carry the digest shown on the page."""
    result = Assessment.objects.get(group=group, result__isnull=False)
    run = ReportRun.objects.get(code="evaluation.group_booklet", subject_id=group.pk)
    head.go(result.get_absolute_url())
    head.look("assessment-published")
    head.turn_to("报告")
    head.look("reports")
    head.follow(run.title)
    expect(head.page.locator("main")).to_contain_text(run.digest)
    head.look("report-compiled")
    word, pdf = (_file(head, name) for name in ("Word", "PDF"))
    assert word.startswith(b"PK")
    assert run.digest in _words_of(word)
    assert pdf.startswith(b"%PDF-")
    assert run.digest in _text_of(pdf)


def _file(head: Visitor, name: str) -> bytes:
    link = head.page.locator("main .page-head").get_by_role("link", name=name)
    with head.page.expect_download() as taken:
        link.first.click()
    return Path(taken.value.path()).read_bytes()


def _words_of(docx: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(docx)) as packed:
        parts = [n for n in packed.namelist() if n.endswith(".xml")]
        return "".join(packed.read(name).decode() for name in parts)


def _text_of(pdf: bytes) -> str:
    """Return the text and the properties; lines may break the digest."""
    reader = PdfReader(io.BytesIO(pdf))
    text = "".join(page.extract_text() for page in reader.pages)
    return re.sub(r"\s+", "", text) + str(reader.metadata)
