"""Bundles of a roster system: one written, one held for approval, one refused."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core import files
from core.models import Attachment
from core.transitions import move
from demo.clock import day_of, on
from demo.data import tree
from demo.world import World
from roster.bundles.layout import ABSENT, BULK, FILES_1_2, LAYOUTS_1_2, VERSION
from roster.bundles.receiving import work_off
from roster.choices import RunKind
from roster.models import Source, SyncRun

Rows = Sequence[Mapping[str, str]]
STAMP = (2026, 9, 1, 0, 0, 0)
"""The moment written into every archive: the same rows give the same bytes."""


def build_bundles(world: World, source: Source) -> None:
    """Send the bundles the data file tells of, each on its day."""
    told = tree("bundles.json")
    for number, each in enumerate(told["bundles"], start=1):
        users = told["people"][: each["people"]]
        content = archive(_files(told["school"], users), leave_out=each["leave_out"])
        sender = each.get("sent_by")
        with on(day_of(each["on"])):
            run = SyncRun.objects.create(
                source=source,
                kind=RunKind.BUNDLE,
                is_dry=each.get("preview", False),
                file_name=each["file"],
                file_sha256=f"{number:064x}",
                sent_by=world.person(sender) if sender else None,
            )
            _work(run, content)
    world.ledger.note("roster_bundles", True, len(told["bundles"]))


def _work(run: SyncRun, content: bytes) -> None:
    """Work a bundle off at once, as the job does that waits for the commit."""
    run.attachment = files.attach(
        run, run.file_name, content, kind=Attachment.Kind.UPLOAD, by=run.sent_by
    )
    run.save(update_fields=["attachment"])
    work_off(move(run, "validate", by=None))


def _files(school: str, people: Iterable[Mapping[str, str]]) -> dict[str, Rows]:
    """Return the files of a bundle: one school and those who teach there."""
    listed = list(people)
    return {
        "orgs": [{"sourcedId": "xj-school", "name": school, "type": "school"}],
        "users": [
            {
                "sourcedId": one["id"],
                "enabledUser": "true",
                "familyName": one["name"][:1],
                "givenName": one["name"][1:],
                "identifier": one["staff_no"],
                "primaryOrgSourcedId": one.get("org", "xj-school"),
            }
            for one in listed
        ],
        "roles": [
            {
                "sourcedId": f"role-{one['id']}",
                "userSourcedId": one["id"],
                "roleType": "primary",
                "role": "teacher",
                "orgSourcedId": one.get("org", "xj-school"),
            }
            for one in listed
        ],
    }


def archive(parts: Mapping[str, Rows], leave_out: str = "") -> bytes:
    """Return the files as a zip; ``leave_out`` is a head that users.csv lacks."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as opened:
        texts = {"manifest": _manifest(parts)}
        for name, rows in parts.items():
            heads = [h for h in LAYOUTS_1_2[name].head if h != leave_out]
            texts[name] = _written(heads, rows)
        for name, text in texts.items():
            opened.writestr(zipfile.ZipInfo(f"{name}.csv", STAMP), text)
    return stream.getvalue()


def _manifest(parts: Mapping[str, Any]) -> str:
    listed = [("manifest.version", "1.0"), ("oneroster.version", VERSION)]
    listed += [(f"file.{n}", BULK if n in parts else ABSENT) for n in FILES_1_2]
    heads = ["propertyName", "value"]
    return _written(heads, [dict(zip(heads, row, strict=True)) for row in listed])


def _written(heads: Sequence[str], rows: Rows) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(
        text, heads, restval="", extrasaction="ignore", lineterminator="\r\n"
    )
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
