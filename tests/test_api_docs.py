"""The examples of ``docs/api.md``, run against a live site: what they say is so."""

import contextlib
import io
import json
import os
import re
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from bureau.services import create_client
from personnel.choices import Employment
from personnel.models import Teacher
from tests.bureau.factories import AcademicYearFactory, CountyFactory
from tests.schools.factories import SchoolFactory, SchoolReturnFactory

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "api.md"
ROSTER = [
    f"https://purl.imsglobal.org/spec/or/v1p2/scope/{name}"
    for name in ("roster-core.readonly", "roster.createput")
]
BLOCK = re.compile(r"^```(bash|python|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANYTHING = "…"
MARK = "<<<next>>>"


def blocks() -> list[tuple[str, str]]:
    """Return the fenced blocks of the document: language and text."""
    return BLOCK.findall(DOCUMENT.read_text(encoding="utf-8"))


class Reader:
    """Somebody who types the examples in, one after the other, in one shell."""

    def __init__(self, variables: dict[str, str]) -> None:
        self.variables = {"PATH": os.environ["PATH"], "HOME": "/", **variables}
        self.python: dict[str, Any] = {}

    def run(self, language: str, text: str) -> str:
        """Run one block and return what it printed."""
        return self._bash(text) if language == "bash" else self._python(text)

    def _bash(self, text: str) -> str:
        done = subprocess.run(
            ["bash", "-aeuc", f"{text}\necho '{MARK}'\nenv -0"],
            env=self.variables,
            capture_output=True,
            check=False,
            timeout=60,
            cwd=self.variables["FOLDER"],
        )
        assert done.returncode == 0, f"{text}\n{done.stderr.decode()}"
        printed, _mark, rest = done.stdout.partition(f"{MARK}\n".encode())
        after = dict(
            pair.decode().split("=", 1) for pair in rest.split(b"\0") if b"=" in pair
        )
        self.variables.update(after)
        return printed.decode()

    def _python(self, text: str) -> str:
        out = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out):
            for name, value in self.variables.items():
                patch.setenv(name, value)
            patch.chdir(self.variables["FOLDER"])
            exec(text, self.python)  # noqa: S102 - the product's own examples
        return out.getvalue()


def agrees(told: Any, came: Any) -> bool:
    """Tell whether an answer holds what the document shows of it."""
    if told == ANYTHING:
        return True
    if isinstance(told, dict):
        return isinstance(came, dict) and all(
            key in came and agrees(value, came[key]) for key, value in told.items()
        )
    if isinstance(told, list):
        return (
            isinstance(came, list)
            and len(told) == len(came)
            and all(map(agrees, told, came))
        )
    return bool(told == came)


@pytest.fixture
def variables(transactional_db: None, live_server: Any, tmp_path: Any) -> dict:
    """A county with two schools, a teacher and a return, and a program of it."""
    county = CountyFactory(code="990113", name="临江区", short_name="临江")
    school = SchoolFactory(name="滨河二小", region=county, opened_on=date(2001, 9, 1))
    SchoolFactory(name="滨江新区小学", region=county, opened_on=date(2022, 9, 1))
    SchoolFactory()
    Teacher.objects.create(
        school=school,
        name="示例",
        staff_no="T001",
        employment=Employment.ESTABLISHMENT,
    )
    SchoolReturnFactory(school=school, year=AcademicYearFactory())
    client, secret = create_client("docs", county, ["read", "write", *ROSTER])
    return {
        "SITE": live_server.url,
        "CLIENT_ID": client.client_id,
        "CLIENT_SECRET": secret,
        "FOLDER": str(tmp_path),
    }


@pytest.mark.django_db(transaction=True)
def test_every_example_of_the_api_document_gives_what_it_shows(
    variables: dict[str, str],
) -> None:
    reader, printed, checked = Reader(variables), "", 0

    for language, text in blocks():
        if language != "json":
            printed = reader.run(language, text)
            continue
        told, came = json.loads(text), json.loads(printed)
        assert agrees(told, came), f"documented: {text}\ncame: {printed}"
        checked += 1

    assert checked >= 15
