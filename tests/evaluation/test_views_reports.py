"""Pages of reports: written and sent by the principal, read when compiled."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.models import Job
from evaluation.models import PeriodicReport
from evaluation.reports import compile_now, runs_of
from tests.evaluation.factories import SignIn, World, get, hand_in, text_of

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00"
    b"\x00\x1f\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


def test_compiling_shows_the_bar_of_its_job(
    world: World, signed_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    cycle = world.published()
    client = signed_in(world.bureau)

    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(reverse("evaluation:cycle-compile", args=[cycle.pk]))

    job = Job.objects.get()
    assert done.url == job.get_absolute_url()
    assert (job.state, job.done) == ("DONE", 3)
    assert "编制年度考核报告" in text_of(client.get(done.url))


def test_the_principal_writes_saves_and_submits_the_report(
    world: World, signed_in: SignIn
) -> None:
    cycle = world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")
    node = cycle.framework.indicators.get(code="T-C1.1")
    client = signed_in(world.principal)
    url = reverse("evaluation:report-write", args=[report.pk])
    typed = {f"text|T-{d}": f"{d} 方面" for d in "ABC"}
    typed["note|T-A|T-A1.1"] = "转学两人未计入"
    typed["self|T-C|T-C1.1"] = "18"

    page = client.get(url)
    saved = client.post(
        url,
        {
            **typed,
            "submit": "1",
            f"file-{node.pk}": SimpleUploadedFile("证书.png", PNG, "image/png"),
        },
    )
    confirm = client.get(saved.url)
    sent = client.post(saved.url)

    assert "440 ÷ 880 = 0.5" in text_of(page)
    assert "来源：2024-2025 学年各校确认报表和登记" in text_of(page)
    assert saved.url == reverse("evaluation:report-move", args=[report.pk, "submit"])
    assert "报告提交后不能修改" in text_of(confirm)
    assert sent.status_code == 302
    report.refresh_from_db()
    assert report.state == "SUBMITTED"
    assert report.leaf("T-A", "T-A1.1")["note"] == "转学两人未计入"
    assert [f.label for f in report.files.all()] == ["T-C1.1"]
    assert "转学两人未计入" in text_of(client.get(report.get_absolute_url()))


def test_typing_is_saved_by_itself(world: World, signed_in: SignIn) -> None:
    world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")
    client = signed_in(world.principal)

    said = client.post(
        reverse("evaluation:report-autosave", args=[report.pk]),
        {"text|T-A": "写了一半"},
    )

    report.refresh_from_db()
    assert said.content.decode().startswith("已保存")
    assert report.section("T-A")["text"] == "写了一半"


def test_a_bad_file_is_named_and_the_text_is_kept(
    world: World, signed_in: SignIn
) -> None:
    cycle = world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")
    node = cycle.framework.indicators.get(code="T-C1.1")
    bad = SimpleUploadedFile("病毒.exe", b"MZ\x90", "application/octet-stream")

    page = signed_in(world.principal).post(
        reverse("evaluation:report-write", args=[report.pk]),
        {"text|T-A": "正文", f"file-{node.pk}": bad},
    )

    report.refresh_from_db()
    assert page.status_code == 200
    assert "不接受“病毒.exe”" in text_of(page)
    assert report.section("T-A")["text"] == "正文"


def test_evidence_can_be_taken_off_while_writing(
    world: World, signed_in: SignIn
) -> None:
    cycle = world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")
    node = cycle.framework.indicators.get(code="T-C1.1")
    client = signed_in(world.principal)
    write = reverse("evaluation:report-write", args=[report.pk])
    client.post(write, {f"file-{node.pk}": SimpleUploadedFile("a.png", PNG)})
    file = report.files.get()

    client.post(
        reverse("evaluation:evidence-delete", args=[report.pk, file.pk]),
        {"text|T-A": "还在写"},
    )

    report.refresh_from_db()
    assert not report.files.exists()
    assert report.section("T-A")["text"] == "还在写"


def test_a_member_principal_cannot_see_the_lead_schools_report(
    world: World, signed_in: SignIn
) -> None:
    world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")
    client = signed_in(world.member_principal)

    assert get(client, "report-detail", report.pk).status_code == 404
    assert get(client, "report-write", report.pk).status_code == 404


def test_a_returned_report_shows_its_reason_on_the_form(
    world: World, signed_in: SignIn
) -> None:
    world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")
    hand_in(report.assessment, by=world.principal)
    url = reverse("evaluation:report-move", args=[report.pk, "return"])

    signed_in(world.bureau).post(url, {"reason": "缺少数据说明"})
    page = get(signed_in(world.principal), "report-write", report.pk)

    assert "缺少数据说明" in text_of(page)


def test_a_report_shows_the_document_its_files_and_its_digest(
    world: World, signed_in: SignIn
) -> None:
    cycle = world.published()
    compile_now(cycle)
    run = next(run for run in runs_of(cycle) if "甲集团" in run.title)
    client = signed_in(world.principal)

    listed = text_of(client.get(reverse("core:report-list")))
    page = text_of(client.get(run.get_absolute_url()))
    file = client.get(
        reverse("core:report-download", args=[run.pk, "docx"]), follow=True
    )

    assert run.title in listed
    assert "乙集团" not in listed
    assert "数据与摘要一致" in page
    assert run.digest in page
    assert b"".join(file.streaming_content).startswith(b"PK")


def test_draft_reports_stay_inside_the_bureau(world: World, signed_in: SignIn) -> None:
    cycle = world.consolidated()
    compile_now(cycle)
    run = next(run for run in runs_of(cycle) if "甲集团" in run.title)

    inside = signed_in(world.bureau).get(run.get_absolute_url())
    outside = signed_in(world.principal).get(run.get_absolute_url())

    assert (inside.status_code, outside.status_code) == (200, 404)
