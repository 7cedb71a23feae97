"""The supervisor, the benchmark harness and the addresses of external services."""

import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from benchmarks.harness import Report, run, timed
from script._lib import addresses, bench, processes
from script._lib.processes import Process
from script._lib.say import Stop

SLEEP = "import time; print('ready.', flush=True); time.sleep(60)"


def process(tmp_path: Path, code: str) -> Process:
    """A program of one line."""
    command = [sys.executable, "-c", code]
    return Process("web", command, tmp_path / "log", dict(os.environ), tmp_path)


def test_stopping_ends_every_process_and_keeps_its_log(tmp_path: Path) -> None:
    one = process(tmp_path, SLEEP)
    one.start()
    while "ready." not in one.said():
        time.sleep(0.02)
    processes.stop_all([one])
    assert not one.alive()
    assert "ready." in (tmp_path / "log").read_text()


def test_a_process_that_ignores_the_request_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "PATIENCE", 0.3)
    stubborn = f"import signal; signal.signal({signal.SIGTERM}, signal.SIG_IGN);{SLEEP}"
    one = process(tmp_path, stubborn)
    one.start()
    while "ready." not in one.said():
        time.sleep(0.02)
    processes.stop_all([one])
    assert not one.alive()


def test_a_killed_process_starts_again_but_not_for_ever(tmp_path: Path) -> None:
    one = process(tmp_path, "print('no flour')")
    one.start()
    assert one.popen is not None
    one.popen.wait()
    for _ in range(processes.TOO_OFTEN):
        processes.revive(one)
        one.popen.wait()
    with pytest.raises(Stop, match="again and again") as caught:
        processes.revive(one)
    assert "no flour" in caught.value.detail


def test_a_server_that_does_not_answer_is_named() -> None:
    with pytest.raises(Stop, match="REDIS_URL is not"):
        addresses.require({"DATABASE_URL": "postgres://a@127.0.0.1:9/b"})
    with pytest.raises(Stop, match="PostgreSQL does not answer"):
        addresses.require_postgres("postgres://a@127.0.0.1:9/b")
    with pytest.raises(Stop, match="Redis does not answer"):
        addresses.require_redis("redis://127.0.0.1:9/0")


def test_a_missing_database_is_answered_with_the_command_that_makes_it() -> None:
    from django.conf import settings

    database = settings.DATABASES["default"]
    host = database["HOST"] or database["OPTIONS"].get("host", "")
    port = f"&port={database['PORT']}" if database["PORT"] else ""
    url = f"postgres://{database['USER']}@/no_such_portal?host={host}{port}"
    with pytest.raises(Stop) as caught:
        addresses.require_postgres(url)
    assert caught.value.remedy == "createdb no_such_portal"


def test_a_missed_target_fails_the_benchmark_and_every_run_is_kept(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "argv", ["/somewhere/compile.py"])
    lines = tmp_path / "bench.jsonl"

    def measure(report: Report) -> None:
        taken = timed(lambda: None, repeat=3)
        report.seconds("nothing", taken.median, at_most=1)
        report.rate("rows", 10, "rows", at_least=100, ratio=2, ratio_at_least=3)

    with pytest.raises(SystemExit) as left:
        run(measure, dataset="city", lines=lines)
    assert left.value.code == 1
    kept = json.loads(lines.read_text())
    assert (kept["benchmark"], kept["dataset"], kept["passed"]) == (
        "compile",
        "city",
        False,
    )
    assert [one["verdict"] for one in kept["figures"]] == ["PASS", "FAIL"]
    assert "FAIL" in capsys.readouterr().out


def test_a_benchmark_without_any_target_cannot_pass() -> None:
    report = Report("x", "none")
    report.seconds("only told", 1)
    assert not report.passed


def test_an_unknown_benchmark_is_refused() -> None:
    with pytest.raises(Stop, match="no benchmark nothing-like-it"):
        bench.wanted(["nothing-like-it"])
