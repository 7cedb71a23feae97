"""A OneRoster bundle of 500 000 people taken in, again, and 10 000 rows by the API.

The mix is that of a large city whose pupils are kept as a minimal roster: 470 000
pupils and 30 000 teachers of 1 000 schools, in the 1.2 layout (``roles.csv`` besides
``users.csv``), identifiers in no order. Everything is real: the zip is read, every rule
asked, references resolved, results stored, constraints and triggers speaking.

Every figure is the median of three, because machines are noisy; what was taken in is
removed in between. The limits are taken in the same run: COPY of the same people into
the same keyed table, with its indexes, keys and triggers; the anti-join alone; and two
ways of doing it with the tools at hand. Everything happens in a database of its own.
"""

from __future__ import annotations

import hashlib
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

from benchmarks.ground import scratch, settle
from benchmarks.harness import Report, run
from benchmarks.roster_ground import (
    BATCH,
    PEOPLE,
    SCHOOLS,
    TEACHERS,
    bundle,
    identifier,
    is_teacher,
    name,
    objects,
    parameters,
    places,
    scale,
)

SAMPLE, TIMES = 500, 3


def taken_in(source: Any, path: Any) -> tuple[float, Any]:
    """Take a bundle in as the job does; return its seconds and its run."""
    from django.core.files import File
    from django.core.files.storage import default_storage

    from core.models import Attachment
    from core.transitions import move
    from roster.bundles.receiving import work_off
    from roster.models import SyncRun

    mark = f"{path} {time.monotonic_ns()}"
    digest = hashlib.sha256(mark.encode()).hexdigest()
    sync = SyncRun.objects.create(
        source=source, kind="BUNDLE", file_name="评测.zip", file_sha256=digest
    )
    with open(path, "rb") as file:
        default_storage.save(f"{digest[:2]}/{digest[2:4]}/{digest}", File(file))
    from django.contrib.contenttypes.models import ContentType

    sync.attachment = Attachment.objects.create(
        subject_type=ContentType.objects.get_for_model(SyncRun),
        subject_id=sync.pk,
        kind="UPLOAD",
        name="评测.zip",
        sha256=digest,
        size=os.path.getsize(path),
        mime="application/zip",
    )
    sync.save()
    sync = move(sync, "validate", by=None)
    began = time.perf_counter()
    work_off(sync)
    seconds = time.perf_counter() - began
    sync.refresh_from_db()
    if sync.state != "DONE":
        raise SystemExit(f"{sync.state}: {sync.failure} {sync.held_for}")
    return seconds, sync


def rolled_back(work: Callable[[], Any]) -> float:
    """Return the seconds of a piece of work that is taken back."""
    from django.db import connection, transaction

    with transaction.atomic():
        began = time.perf_counter()
        work()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        seconds = time.perf_counter() - began
        transaction.set_rollback(True)
    return seconds


def copy_alone(total: int, schools: list[tuple[int, int]]) -> Callable[[], None]:
    """Return the work of copying the same people into the keyed tables, unjudged."""
    from core.copying import copy_rows
    from personnel.models import Teacher
    from roster.models import Pupil

    sourced = ("source", "sourced_id", "source_hash", "school_id", "region_id")

    def pupils() -> Iterator[tuple[Any, ...]]:
        for n in range(total):
            if not is_teacher(n):
                place = schools[n % SCHOOLS]
                family, given = name(n)
                yield (
                    "copy",
                    f"c{identifier(n)}",
                    ":" + "0" * 32,
                    *place,
                    family,
                    given,
                )

    def teachers() -> Iterator[tuple[Any, ...]]:
        for n in range(0, total, PEOPLE // TEACHERS):
            place, said = schools[n % SCHOOLS], "".join(name(n))
            yield (
                *("copy", f"c{identifier(n)}", ":" + "0" * 32, *place, said),
                *(f"C{n}", "OTHER"),
            )

    def work() -> None:
        copy_rows(Pupil, (*sourced, "family_name", "given_name"), pupils())
        copy_rows(Teacher, (*sourced, "name", "staff_no", "employment"), teachers())

    return work


def anti_join(total: int, source: Any) -> float:
    """Return the seconds of comparing staged digests with those that are held."""
    from core.copying import copy_cells
    from core.imports.lane import fresh_table, rows_of
    from core.imports.lane import run as execute

    fresh_table("held", {"sourced_id": "text", "digest": "text"})
    execute(
        "INSERT INTO held SELECT sourced_id, split_part(source_hash, ':', 2)"
        " FROM roster_pupil WHERE source = %(s)s",
        {"s": source.code},
    )
    copy_cells("held", ("sourced_id", "digest"), [])
    execute("ANALYZE held")
    began = time.perf_counter()
    rows_of(
        "SELECT count(*) FROM held h LEFT JOIN roster_pupil p"
        " ON p.sourced_id = h.sourced_id AND p.source = %(s)s"
        " WHERE p.id IS NULL OR split_part(p.source_hash, ':', 2) <> h.digest",
        {"s": source.code},
    )
    return time.perf_counter() - began


def loop_alone(schools: list[tuple[int, int]]) -> float:
    """Return rows a second of ``update_or_create``, row by row."""
    from roster.models import Pupil

    def work() -> None:
        for n in range(SAMPLE):
            school, region = schools[n % SCHOOLS]
            family, given = name(n)
            Pupil.objects.update_or_create(
                source="loop",
                sourced_id=f"loop-{n}",
                region_id=region,
                defaults={
                    "school_id": school,
                    "family_name": family,
                    "given_name": given,
                },
            )

    return SAMPLE / rolled_back(work)


def places_of_loop(city: Any) -> list[tuple[int, int]]:
    """Return one school, as often as the loop asks: the tables are empty still."""
    from schools.models import School

    school = School.objects.create(name="逐行小学", region=city, administered_by=city)
    return [(school.pk, city.pk)] * SCHOOLS


def with_serializers(
    rows: list[dict[str, Any]], schools: list[tuple[int, int]]
) -> float:
    """Return the seconds of ModelSerializer(many=True) and bulk_create."""
    from rest_framework import serializers

    from roster.models import Pupil

    class Plain(serializers.ModelSerializer):  # type: ignore[type-arg]
        class Meta:
            model = Pupil
            fields = (
                *("source", "sourced_id", "school", "family_name"),
                *("given_name", "grade"),
            )

    def work() -> None:
        flat = [
            {
                "source": "drf",
                "sourced_id": row["sourcedId"],
                "school": schools[n % SCHOOLS][0],
                "family_name": row["familyName"],
                "given_name": row["givenName"],
                "grade": int(row["grades"][0]),
            }
            for n, row in enumerate(rows)
        ]
        found = Plain(data=flat, many=True)
        found.is_valid(raise_exception=True)
        Pupil.objects.bulk_create(
            Pupil(region_id=schools[n % SCHOOLS][1], **each)
            for n, each in enumerate(found.validated_data)
        )

    return rolled_back(work)


def megabytes() -> float:
    """Return the peak memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def bench(report: Report) -> None:
    """Measure the bundle, the same again, and the bulk interface."""
    total = scale()
    with tempfile.TemporaryDirectory() as folder, scratch():
        path = f"{folder}/bundle.zip"
        bundle(path, total)
        city, _counties = places()
        parameters()
        measure(report, city, total, path)


def measure(report: Report, city: Any, total: int, path: str) -> None:
    """Take everything in and compare."""
    from roster.models import Source
    from schools.models import School

    source = Source.objects.create(region=city, code="bench", name="评测")
    looped = loop_alone(places_of_loop(city))
    before = megabytes()
    loads = []
    for _ in range(TIMES):
        emptied()
        seconds, sync = taken_in(source, path)
        expect(sync.counts["users"]["created"], total)
        loads.append(seconds)
    schools = list(
        School.objects.filter(source="bench")
        .order_by("pk")
        .values_list("pk", "administered_by_id")
    )
    copying = copy_alone(total, schools)
    copied = total / median(rolled_back(copying) for _ in range(TIMES))
    ours = total / median(loads)
    report.add("COPY into the keyed tables alone", copied, "rows/s")
    report.add("update_or_create, row by row", looped, "rows/s")
    rate(report, "first load", ours, 60_000, ours / copied, 0.22)
    rate(report, "first load, against the loop", ours, None, ours / looped, 40)
    report.add("memory while loading", megabytes(), "MiB", at_most=400)
    report.add("memory before", before, "MiB")
    measure_again(report, source, total, path)
    measure_bulk(report, source, schools)


def emptied() -> None:
    """Remove what a load brought, and let the database come to rest."""
    from django.db import connection

    tables = "personnel_teacher, roster_pupil, roster_syncrow, roster_syncblock"
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")
    settle()


def measure_again(report: Report, source: Any, total: int, path: str) -> None:
    """Take the same in again: nothing may be written."""
    from roster.models import Pupil

    settle()
    newest = Pupil.objects.order_by("-changed_at").values_list("changed_at")
    stood, taken = newest.first(), []
    for _ in range(TIMES):
        seconds, sync = taken_in(source, path)
        expect(sync.counts["users"]["unchanged"], total)
        taken.append(seconds)
    if stood != newest.first():
        raise SystemExit("an unchanged row was written")
    joined = total / median(anti_join(total, source) for _ in range(TIMES))
    again = total / median(taken)
    report.add("anti-join alone", joined, "rows/s")
    rate(report, "identical again", again, 150_000, again / joined, 0.13)


def measure_bulk(report: Report, source: Any, schools: list[tuple[int, int]]) -> None:
    """Take new rows in by the API's bulk interface."""
    from roster.inbound.receiving import receive_rows

    peer = median(with_serializers(objects("p", BATCH), schools) for _ in range(TIMES))
    taken = []
    for turn in range(TIMES):
        rows = objects(f"b{turn}-", BATCH)
        began = time.perf_counter()
        answer = receive_rows(source, "users", rows)
        taken.append(time.perf_counter() - began)
        expect(answer["counts"]["created"], BATCH)
    report.seconds("ModelSerializer(many) and bulk_create, 10 000 rows", peer)
    report.seconds(
        ":bulk, 10 000 new rows with verdicts",
        median(taken),
        at_most=1,
        ratio=peer / median(taken),
        ratio_at_least=5,
    )


def rate(
    report: Report,
    what: str,
    value: float,
    least: float | None,
    ratio: float,
    ratio_least: float,
) -> None:
    """Report rows a second with a ratio to the limit or peer."""
    report.add(
        what,
        value,
        "rows/s",
        at_least=least,
        ratio=ratio,
        ratio_at_least=ratio_least,
    )


def expect(count: int, wanted: int) -> None:
    """Stop when a count is wrong: a quick wrong load is no figure."""
    if count != wanted:
        raise SystemExit(f"wrong count: {count}, expected {wanted}")


if __name__ == "__main__":
    run(bench, dataset="470 000 pupils and 30 000 teachers")
