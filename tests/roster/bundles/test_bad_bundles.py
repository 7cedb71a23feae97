"""Bundles that are wrong: refused by name, told in the answer, sent again."""

import io
import zipfile
from typing import Any

import pytest

from roster.choices import RunState
from schools.models import School
from tests.roster.bundles.factories import (
    bundle,
    csv_of,
    manifest,
    roster,
    send,
)


def refused(rows: Any = None, **more: bytes) -> bytes:
    """Return a bundle with something wrong in its files."""
    return bundle(rows or roster(), **more)


HEAD = csv_of("orgs", [])


BROKEN = {
    "no manifest": (lambda: _zip({"orgs.csv": HEAD}), "no_manifest"),
    "bad version": (
        lambda: refused(
            manifest__csv=manifest(roster()).replace(b"version,1.2", b"x,9")
        ),
        "bad_version",
    ),
    "mode": (
        lambda: refused(
            manifest__csv=manifest(roster()).replace(b"orgs,bulk", b"orgs,full")
        ),
        "bad_mode",
    ),
    "missing file": (
        lambda: _zip({"manifest.csv": manifest(["orgs"])}),
        "missing_file",
    ),
    "extra file": (lambda: refused(readme__txt=b"hello"), "extra_file"),
    "unlisted": (lambda: refused(demographics__csv=b"a"), "extra_file"),
    "head order": (
        lambda: refused(orgs__csv=HEAD.replace(b"name,type", b"type,name")),
        "bad_head",
    ),
    "head": (lambda: refused(orgs__csv=b"a,b\r\n1,2"), "bad_head"),
    "ragged": (lambda: refused(orgs__csv=HEAD + b"only,two\r\n"), "bad_csv"),
    "open quote": (lambda: refused(orgs__csv=HEAD + b'"never closed,,,'), "bad_csv"),
    "end mark": (lambda: refused(orgs__csv=HEAD + b",,,,,,\n\\.\n"), "bad_csv"),
    "null byte": (
        lambda: refused(orgs__csv=HEAD + b"a\0,,,n,school,,\r\n"),
        "bad_csv",
    ),
    "folder": (lambda: _zip({"a/manifest.csv": b""}), "not_at_root"),
    "slip": (lambda: _zip({"../manifest.csv": b""}), "not_at_root"),
    "damaged": (lambda: refused()[:-200], "broken_zip"),
    "bomb": (
        lambda: refused(orgs__csv=HEAD + b"0" * (40 << 20)),
        "zip_bomb",
    ),
}


def _zip(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize("case", sorted(BROKEN))
def test_a_bundle_that_is_wrong_is_refused_by_name(
    world: Any, capture: Any, case: str
) -> None:
    make, code = BROKEN[case]

    run = send(world, make(), capture)

    assert run.state == RunState.FAILED
    told = {fault["code"] for fault in run.manifest["faults"]}
    assert code in told, run.failure
    assert run.failure
    assert School.objects.count() == 0


def test_a_failed_bundle_may_be_sent_again(world: Any, capture: Any) -> None:
    content = refused(readme__txt=b"hello")
    first = send(world, content, capture)

    assert send(world, content, capture).pk != first.pk
