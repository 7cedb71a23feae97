"""Job pages: how far a job is, its result, and who may cancel it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import Job
from tests.accounts.factories import user_with

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.ui_urls")]


class TestJobs:
    @pytest.fixture
    def owner(self, school) -> Any:
        return user_with("SCHOOL_CLERK", school)

    def test_a_running_job_shows_how_far_it_is_and_keeps_asking(self, owner, signed_in):
        job = Job.objects.create(
            kind="x",
            title="编制年度报告",
            by=owner,
            state="RUNNING",
            done=3,
            total=12,
            message="正在编制第 4 册",
            log=["10:00:01 读取数据"],
            started_at=timezone.now() - timedelta(seconds=30),
        )
        client = signed_in(owner)

        page = client.get(job.get_absolute_url()).text
        for words in (
            "编制年度报告",
            "正在编制第 4 册",
            "已完成 3 / 12",
            "约剩",
            "读取数据",
            "取消任务",
            "every 1s",
            "refresh",
        ):
            assert words in page
        assert (
            "<html"
            not in client.get(job.get_absolute_url(), HTTP_HX_REQUEST="true").text
        )

    def test_a_finished_job_offers_its_result_and_stops_asking(self, owner, signed_in):
        job = Job.objects.create(
            kind="x",
            title="导入",
            by=owner,
            state="DONE",
            result_url="/result/",
            finished_at=timezone.now(),
        )

        page = signed_in(owner).get(job.get_absolute_url()).text

        assert 'href="/result/"' in page
        assert "every 1s" not in page

    def test_a_job_of_somebody_else_is_hidden(self, owner, signed_in, school):
        job = Job.objects.create(kind="x", title="导入", by=owner)
        client = signed_in(user_with("SCHOOL_CLERK", school))

        assert client.get(job.get_absolute_url()).status_code == 404
        assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 404
        assert client.get("/jobs/").context["count"] == 0

    def test_a_job_can_be_cancelled_by_its_owner_with_post_only(self, owner, signed_in):
        job = Job.objects.create(kind="x", title="导入", by=owner)
        client = signed_in(owner)

        assert client.get(f"/jobs/{job.pk}/cancel/").status_code == 405
        client.post(f"/jobs/{job.pk}/cancel/")

        job.refresh_from_db()
        assert job.state == "CANCELLED"

    def test_a_job_that_is_over_cannot_be_cancelled(self, owner, signed_in):
        job = Job.objects.create(kind="x", title="导入", by=owner, state="DONE")

        response = signed_in(owner).post(f"/jobs/{job.pk}/cancel/", follow=True)

        assert "已经结束" in response.text

    def test_the_list_of_jobs_has_a_fixed_number_of_queries(self, owner, signed_in):
        client = signed_in(owner)

        def count(rows: int) -> int:
            Job.objects.bulk_create(
                Job(kind="x", title=f"{n}", by=owner) for n in range(rows)
            )
            with CaptureQueriesContext(connection) as queries:
                client.get("/jobs/")
            return len(queries)

        count(1)
        assert count(2) == count(27)
