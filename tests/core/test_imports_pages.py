"""The import wizard as a bureau meets it: upload, map, preview, apply, undo."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from bureau.models import Department
from core.imports import ImportRefused, work
from core.imports.engine import answer as give_answers
from core.imports.engine import stage_at_once
from core.imports.intake import choose_sheet, set_mapping
from core.jobs import enqueue, run_job
from core.models import ImportEffect, ImportLayout, ImportRun, Job, StagingRow
from tests.accounts.factories import user_with
from tests.bureau.factories import CountyFactory, DepartmentFactory
from tests.core.import_kinds import KEY
from tests.core.workbooks import HEADS, xlsx

pytestmark = pytest.mark.django_db

ROWS = (
    ("部门名录",),
    HEADS,
    ("教育局", "教育行政部门", "编办", "2024-03-01"),
    ("财政局", None, "编办", None),
    ("合计", 2),
)


@pytest.fixture
def county() -> Any:
    return CountyFactory()


@pytest.fixture
def officer(county: Any) -> Any:
    return user_with("DISTRICT_EDU", county)


@pytest.fixture
def desk(officer: Any, signed_in: Any) -> Any:
    return signed_in(officer)


def upload(desk: Any, *rows: Any, name: str = "名录.xlsx", content: bytes = b"") -> Any:
    file = SimpleUploadedFile(name, content or xlsx(*(rows or ROWS)))
    url = reverse("core:import-start", args=[KEY])
    return desk.post(url, {"file": file})


def mapped(desk: Any, *rows: Any) -> ImportRun:
    upload(desk, *rows)
    run = ImportRun.objects.latest("pk")
    data = {f"column-{name}": at for name, at in run.mapping.items()}
    desk.post(reverse("core:import-mapping", args=[run.pk]), data)
    run.refresh_from_db()
    return run


def page(desk: Any, name: str, run: ImportRun, query: str = "") -> str:
    response = desk.get(reverse(f"core:import-{name}", args=[run.pk]) + query)
    assert response.status_code == 200, response.headers
    return response.content.decode()


def test_the_wizard_goes_from_the_file_to_the_register_and_back(
    desk: Any, county: Any
) -> None:
    assert desk.get(reverse("core:import-start", args=[KEY])).status_code == 200

    response = upload(desk)
    run = ImportRun.objects.get()
    assert response.url == reverse("core:import-mapping", args=[run.pk])
    assert "该列前几行" in page(desk, "mapping", run)
    assert run.scope == county

    data = {f"column-{name}": at for name, at in run.mapping.items()}
    response = desk.post(reverse("core:import-mapping", args=[run.pk]), data)
    assert response.url == reverse("core:import-preview", args=[run.pk])
    run.refresh_from_db()
    preview = page(desk, "preview", run)
    assert "未填“部门类别”" in preview
    assert "读取时略过" in preview
    assert "教育局" in page(desk, "preview", run, "?show=created")
    assert not Department.objects.exists()

    response = desk.post(reverse("core:import-preview", args=[run.pk]), {"apply": "1"})
    assert response.url == reverse("core:import-detail", args=[run.pk])
    detail = page(desk, "detail", run, "?show=created")
    assert "撤销这次导入" in detail
    assert Department.objects.get().name == "教育局"

    assert "移除这次新增的 1 条记录" in page(desk, "undo", run)
    desk.post(reverse("core:import-undo", args=[run.pk]))
    assert not Department.objects.exists()
    assert "已撤销" in page(desk, "detail", run)


def test_a_corrected_mapping_is_used_and_remembered_for_the_same_heads(
    desk: Any,
) -> None:
    rows = (("叫法", "类别", "来源"), ("教育局", "教育行政部门", "编办"))
    upload(desk, *rows)
    run = ImportRun.objects.get()
    assert "还没有找到必填的列：部门名称" in page(desk, "mapping", run)
    url = reverse("core:import-mapping", args=[run.pk])

    desk.post(url, {"column-kind": "1"})
    run.refresh_from_db()
    assert run.state == "STAGED"

    desk.post(url, {"column-name": "0", "column-kind": "1"})
    upload(desk, *rows)

    run.refresh_from_db()
    assert run.state == "PREVIEWED"
    assert ImportRun.objects.latest("pk").mapping == {"name": 0, "kind": 1}
    assert ImportLayout.objects.count() == 1


def test_one_column_of_the_file_cannot_fill_two(desk: Any) -> None:
    upload(desk)
    run = ImportRun.objects.get()
    url = reverse("core:import-mapping", args=[run.pk])

    response = desk.post(url, {"column-name": "0", "column-kind": "0"}, follow=True)

    assert "“名称”被对应了两次" in response.content.decode()


def test_another_row_can_be_taken_as_the_heads(desk: Any) -> None:
    upload(
        desk,
        ("甲", "乙"),
        ("名称", "类别"),
        ("部门名称", "部门类别"),
        ("教育局", "教育行政部门"),
    )
    run = ImportRun.objects.get()

    desk.post(
        reverse("core:import-mapping", args=[run.pk]),
        {"choose_sheet": "1", "sheet": "名录", "header_row": "3"},
    )

    run.refresh_from_db()
    assert run.layout["header_row"] == 3
    assert run.layout["sample"] == [["教育局", "教育行政部门"]]


def test_questions_are_answered_in_the_preview(desk: Any) -> None:
    elsewhere = DepartmentFactory(name="教育局")
    run = mapped(desk, HEADS, ("教育局", "教育行政部门"))
    assert (run.asked, run.created) == (1, 0)
    assert "就是“教育局”" in page(desk, "preview", run)

    desk.post(reverse("core:import-preview", args=[run.pk]), {"answer-2": "new"})

    run.refresh_from_db()
    assert (run.asked, run.created) == (0, 1)
    desk.post(reverse("core:import-preview", args=[run.pk]), {"apply": "1"})
    assert Department.objects.exclude(pk=elsewhere.pk).get().name == "教育局"


def test_a_change_is_shown_before_and_after(desk: Any, county: Any) -> None:
    DepartmentFactory(region=county, name="教育局", source="旧")
    run = mapped(desk, HEADS, ("教育局", "教育行政部门", "新"))

    assert "来源：旧 → 新" in page(desk, "preview", run, "?show=updated")
    desk.post(reverse("core:import-preview", args=[run.pk]), {"apply": "1"})

    assert "来源：旧 → 新" in page(desk, "detail", run, "?show=updated")


def test_a_register_changed_since_the_preview_is_shown_again_and_not_written(
    desk: Any, county: Any
) -> None:
    run = mapped(desk, HEADS, ("教育局", "教育行政部门", "新"))
    DepartmentFactory(region=county, name="教育局", source="旧")

    response = desk.post(
        reverse("core:import-preview", args=[run.pk]), {"apply": "1"}, follow=True
    )

    assert "预览之后名册有了变化" in response.content.decode()
    run.refresh_from_db()
    assert (run.state, run.created, run.updated) == ("PREVIEWED", 0, 1)
    assert Department.objects.get().source == "旧"


def test_applying_twice_by_an_impatient_click_writes_once(desk: Any) -> None:
    run = mapped(desk)
    url = reverse("core:import-preview", args=[run.pk])

    desk.post(url, {"apply": "1"})
    desk.post(url, {"apply": "1"})

    assert Department.objects.count() == 1


def test_staging_lost_in_a_crash_is_read_again_from_the_file(desk: Any) -> None:
    run = mapped(desk)
    StagingRow.objects.all().delete()

    assert "教育局" in page(desk, "preview", run, "?show=created")
    desk.post(reverse("core:import-preview", args=[run.pk]), {"apply": "1"})

    assert Department.objects.count() == 1


def test_an_applied_run_is_not_mapped_or_answered_again(desk: Any) -> None:
    run = mapped(desk)
    early = ImportRun.objects.get(pk=run.pk)
    desk.post(reverse("core:import-preview", args=[run.pk]), {"apply": "1"})

    for late in (
        lambda: set_mapping(early, early.mapping),
        lambda: give_answers(early, {3: "new"}),
        lambda: choose_sheet(early, "名录"),
        lambda: stage_at_once(early),
    ):
        with pytest.raises(ImportRefused, match="已经结束"):
            late()
    for name in ("mapping", "preview"):
        url = reverse(f"core:import-{name}", args=[run.pk])
        assert desk.get(url).url == desk.post(url).url
    run.refresh_from_db()
    assert run.state == "APPLIED"


def test_a_job_begun_again_after_a_kill_reads_and_writes_once(
    desk: Any, django_capture_on_commit_callbacks: Any
) -> None:
    run = mapped(desk)
    ImportRun.objects.filter(pk=run.pk).update(state="STAGED")

    for kind in ("core.import_stage", "core.import_apply"):
        job = enqueue(kind, title="再来", params={"run": run.pk})
        silent = timezone.now() - timedelta(hours=1)
        Job.objects.filter(pk=job.pk).update(state="RUNNING", heartbeat_at=silent)
        run_job(job.pk)
        again = enqueue(kind, title="又来", params={"run": run.pk})
        run_job(again.pk)
        job.refresh_from_db()
        assert job.state == "DONE"

    assert Department.objects.count() == 1
    assert ImportEffect.objects.filter(run=run).count() == 1


def test_an_import_can_be_given_up(desk: Any) -> None:
    run = mapped(desk)

    desk.post(reverse("core:import-mapping", args=[run.pk]), {"discard": "1"})

    run.refresh_from_db()
    assert run.state == "DISCARDED"
    assert not StagingRow.objects.exists()
    assert "已放弃" in page(desk, "detail", run)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xlsx", b"not a workbook at all", "缺少必需的列|没有找到表头"),
        ("a.pdf", b"%PDF-1.4 \x00\x01", "不是可读取的表格"),
        ("a.csv", b"\x00\x01\x02", "不是可读取的表格"),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "其实是网页文件"),
    ],
)
def test_what_is_no_table_is_refused_on_the_page_and_nothing_is_kept(
    desk: Any, name: str, content: bytes, words: str
) -> None:
    response = upload(desk, name=name, content=content)

    text = response.content.decode()
    assert response.status_code == 400
    assert any(word in text for word in words.split("|"))
    assert "没有导入任何内容" in text
    assert not ImportRun.objects.exists()


def test_no_file_is_refused(desk: Any) -> None:
    response = desk.post(reverse("core:import-start", args=[KEY]), {})

    assert response.status_code == 400
    assert "请先选择要导入的文件" in response.content.decode()


def test_the_result_sheet_holds_the_original_columns_with_result_and_reason(
    desk: Any,
) -> None:
    run = mapped(desk)
    desk.post(reverse("core:import-preview", args=[run.pk]), {"apply": "1"})

    response = desk.get(reverse("core:import-result", args=[run.pk]))

    book = CalamineWorkbook.from_filelike(
        io.BytesIO(b"".join(response.streaming_content))
    )
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0] == ["行号", *HEADS, "结果", "原因"]
    assert rows[1] == [3, "教育局", "教育行政部门", "编办", "2024-03-01", "新增", ""]
    assert rows[2][0] == 4
    assert rows[2][-2:] == ["退回", "未填“部门类别”，请补填后重新导入"]
    assert len(rows) == 3


def test_the_template_can_be_uploaded_again(desk: Any) -> None:
    response = desk.get(reverse("core:import-template", args=[KEY]))

    book = CalamineWorkbook.from_filelike(io.BytesIO(response.content))
    assert book.get_sheet_by_index(0).to_python()[0] == [
        "部门名称",
        "部门类别",
        "来源",
        "登记日期",
    ]


def test_runs_of_another_region_are_not_found(desk: Any, signed_in: Any) -> None:
    run = mapped(desk)
    stranger = user_with("DISTRICT_EDU", CountyFactory())
    client = signed_in(stranger)

    for name in ("mapping", "preview", "detail", "undo", "result"):
        assert (
            client.get(reverse(f"core:import-{name}", args=[run.pk])).status_code == 404
        )
    assert run.file_name not in client.get(reverse("core:import-list")).content.decode()


def test_a_person_without_the_right_meets_the_reason(
    signed_in: Any, county: Any
) -> None:
    user = user_with("DEPT_FINANCE", county)

    response = signed_in(user).get(reverse("core:import-start", args=[KEY]))

    assert response.status_code == 403


def test_a_large_file_goes_through_jobs(
    desk: Any, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(work, "SMALL", 1)
    with django_capture_on_commit_callbacks(execute=True):
        run = mapped(desk)

    run.refresh_from_db()
    assert (run.state, run.created) == ("PREVIEWED", 1)
    with django_capture_on_commit_callbacks(execute=True):
        response = desk.post(
            reverse("core:import-preview", args=[run.pk]), {"apply": "1"}
        )
    job = Job.objects.latest("pk")
    assert response.url == job.get_absolute_url()
    assert job.state == "DONE"
    assert job.result_url == reverse("core:import-detail", args=[run.pk])
    assert Department.objects.count() == 1

    with django_capture_on_commit_callbacks(execute=True):
        desk.post(reverse("core:import-undo", args=[run.pk]))
    assert Job.objects.latest("pk").state == "DONE"
    assert not Department.objects.exists()


def test_the_list_takes_the_same_number_of_queries_with_3_and_30_runs(
    desk: Any, county: Any, officer: Any
) -> None:
    def add(number: int) -> None:
        for at in range(number):
            ImportRun.objects.create(
                kind=KEY, scope=county, file_name=f"{at}", by=officer
            )

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert desk.get(reverse("core:import-list")).status_code == 200
        return len(caught)

    add(3)
    queries()
    few = queries()
    add(27)

    assert queries() == few
