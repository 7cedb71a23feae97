"""Teacher lists through the pages and the command, and who may bring them."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from python_calamine import CalamineWorkbook

from core.imports.engine import apply_run, discard, stage_at_once
from core.models import Attachment, ImportRun
from personnel import identity
from personnel.models import Teacher
from tests.personnel.factories import (
    identity_number,
    tables_holding,
)
from tests.personnel.lists import row, sheet

pytestmark = pytest.mark.django_db


def test_command_prints_one_line_of_json(world: Any, tmp_path: Path) -> None:
    file, out = tmp_path / "teachers.csv", io.StringIO()
    file.write_bytes(sheet(row(world, staff_no="T1"), row(world, "", staff_no="T2")))
    region = f"--region={world.here.county.code}"

    call_command("import_teachers", str(file), region, "--dry-run", "--json")
    assert not Teacher.objects.exists()
    call_command("import_teachers", str(file), region, "--json", stdout=out)

    assert out.getvalue().count("\n") == 1
    told = json.loads(out.getvalue())
    assert (told["created"], told["rejected"], told["run"]) == (
        1,
        1,
        ImportRun.objects.get().pk,
    )
    assert {"row", "column", "code", "message"} <= set(told["rows"][0])


def test_bureau_imports_on_the_pages_and_the_file_is_forgotten(
    world: Any, signed_in: Any
) -> None:
    number = identity_number()
    client = signed_in(world.here.bureau)
    upload = SimpleUploadedFile(
        "教师.csv", sheet(row(world, staff_no="T1", identity=number))
    )
    start = reverse("core:import-start", args=["personnel.teacher"])
    assert start in client.get(reverse("personnel:teacher-list")).content.decode()

    client.post(start, {"file": upload, "scope": world.here.county.pk})
    run = ImportRun.objects.get()
    kept = Attachment.objects.get()
    mapping = reverse("core:import-mapping", args=[run.pk])
    shown = client.get(mapping).content.decode()
    columns = {f"column-{name}": at for name, at in run.mapping.items()}
    client.post(mapping, columns)
    preview = reverse("core:import-preview", args=[run.pk])
    result = reverse("core:import-result", args=[run.pk])
    drawn = client.get(preview).content.decode()
    book = b"".join(client.get(result).streaming_content)
    client.post(preview, {"apply": "1"})
    detail = reverse("core:import-detail", args=[run.pk])
    assert identity.mask(number) in client.get(detail).content.decode()
    assert client.get(result).status_code == 200

    run.refresh_from_db()
    assert (run.state, Teacher.objects.count()) == ("APPLIED", 1)
    assert number not in shown and number not in drawn
    assert identity.mask(number) in drawn
    cells = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0)
    assert number not in str(cells.to_python())
    assert identity.mask(number) in str(cells.to_python())
    assert tables_holding(number) == []
    assert not Attachment.objects.filter(pk=kept.pk).exists()


@pytest.mark.parametrize("ended", ["applied", "given up"])
def test_content_of_a_forgotten_file_is_removed(
    world: Any, signed_in: Any, django_capture_on_commit_callbacks: Any, ended: str
) -> None:
    client = signed_in(world.here.bureau)
    upload = SimpleUploadedFile("教师.csv", sheet(row(world, staff_no="T1")))
    start = reverse("core:import-start", args=["personnel.teacher"])
    client.post(start, {"file": upload, "scope": world.here.county.pk})
    path, run = Attachment.objects.get().path, ImportRun.objects.get()
    assert default_storage.exists(path)

    with django_capture_on_commit_callbacks(execute=True):
        if ended == "applied":
            stage_at_once(run)
            apply_run(run)
        else:
            discard(run)

    assert not default_storage.exists(path)


@pytest.mark.parametrize("who", ["principal", "clerk"])
def test_schools_do_not_import(world: Any, signed_in: Any, who: str) -> None:
    start = reverse("core:import-start", args=["personnel.teacher"])

    assert signed_in(getattr(world.here, who)).get(start).status_code == 403
