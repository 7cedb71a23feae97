"""Jobs: one claim, parts once, failures in words, silence resumed."""

from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from core import jobs
from core.models import Job


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    seen: dict[str, Any] = {"runs": [], "explode": ""}

    def work(running: jobs.RunningJob) -> str:
        for key, item in running.parts(["a", "b", "c"], key=str, label=str):
            if item == seen["explode"]:
                raise jobs.JobFailed("第二部分缺少数据")
            seen["runs"].append(item)
            running.finish_part(key)
        return "/result/"

    entries = {**jobs.kinds._entries, "test": (work, "interactive")}
    monkeypatch.setattr(jobs.kinds, "_entries", entries)
    return seen


def make(**fields: Any) -> Job:
    return Job.objects.create(kind="test", title="测试任务", **fields)


@pytest.mark.django_db
def test_a_job_runs_every_part_and_ends_with_its_result(kind: dict[str, Any]) -> None:
    job = make()

    jobs.run_job.apply(args=[job.pk])

    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("DONE", 3, 3)
    assert job.result_url == "/result/"
    assert kind["runs"] == ["a", "b", "c"]


@pytest.mark.django_db
def test_a_job_delivered_twice_is_done_once(kind: dict[str, Any]) -> None:
    job = make()

    jobs.run_job.apply(args=[job.pk])
    jobs.run_job.apply(args=[job.pk])

    assert kind["runs"] == ["a", "b", "c"]


@pytest.mark.django_db
def test_a_failed_job_says_why_and_a_resumed_one_repeats_no_finished_part(
    kind: dict[str, Any],
) -> None:
    job = make()
    kind["explode"] = "b"
    jobs.run_job.apply(args=[job.pk])
    job.refresh_from_db()
    assert (job.state, job.message) == ("FAILED", "第二部分缺少数据")

    kind["explode"] = ""
    Job.objects.filter(pk=job.pk).update(state="QUEUED")
    jobs.run_job.apply(args=[job.pk])

    job.refresh_from_db()
    assert job.state == "DONE"
    assert kind["runs"] == ["a", "b", "c"]


@pytest.mark.django_db
def test_a_silent_job_can_be_claimed_again_and_its_first_worker_loses_it(
    kind: dict[str, Any],
) -> None:
    job = make()
    first = jobs.claim(job.pk)
    assert first and jobs.claim(job.pk) is None
    long_ago = timezone.now() - timedelta(hours=1)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=long_ago)

    second = jobs.claim(job.pk)

    assert second
    with pytest.raises(jobs.ClaimLost):
        first.finish_part("a")
    second.finish_part("a")


@pytest.mark.django_db
def test_a_queued_job_is_cancelled_at_once_and_never_starts(
    kind: dict[str, Any],
) -> None:
    job = make()

    assert jobs.cancel(job, by=None)
    jobs.run_job.apply(args=[job.pk])

    job.refresh_from_db()
    assert job.state == "CANCELLED"
    assert kind["runs"] == []


@pytest.mark.django_db
def test_a_running_job_stops_at_the_next_step_when_cancelled(
    kind: dict[str, Any],
) -> None:
    job = make()
    running = jobs.claim(job.pk)
    assert running

    jobs.cancel(job, by=None)
    jobs.perform(running)

    job.refresh_from_db()
    assert job.state == "CANCELLED"


@pytest.mark.django_db
def test_an_open_job_with_the_same_key_is_returned_instead_of_a_second(
    kind: dict[str, Any],
) -> None:
    one = jobs.enqueue("test", title="编译", key="cycle-1")

    two = jobs.enqueue("test", title="编译", key="cycle-1")

    assert one.pk == two.pk


@pytest.mark.django_db(transaction=True)
def test_sixteen_workers_claim_one_job_and_one_wins(kind: dict[str, Any]) -> None:
    job = make()
    won: list[bool] = []

    def race() -> None:
        won.append(jobs.claim(job.pk) is not None)
        connection.close()

    threads = [Thread(target=race) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(won) == [False] * 15 + [True]
