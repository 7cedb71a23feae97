"""Templates: nothing a strict content policy would refuse, nothing from elsewhere."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(
    path
    for path in (ROOT / "templates").rglob("*.html")
    if "documents" not in path.parts
)
IDS = [str(path.relative_to(ROOT / "templates")) for path in TEMPLATES]
HANDLER = re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE)
SCRIPT = re.compile(r"<script(?P<attrs>[^>]*)>(?P<body>.*?)</script>", re.DOTALL)
ELSEWHERE = re.compile(r"""(?:src|href|action)=["'](?:https?:)?//""")
ICON = re.compile(r"""\{%\s*icon\s+["']([a-z0-9-]+)["']""")


@pytest.mark.parametrize("path", TEMPLATES, ids=IDS)
def test_template_carries_no_script_of_its_own(path):
    text = path.read_text()

    bodies = [
        match["body"].strip()
        for match in SCRIPT.finditer(text)
        if "application/json" not in match["attrs"]
    ]

    assert not any(bodies)
    assert not HANDLER.search(text)
    assert "javascript:" not in text
    assert "hx-on" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=IDS)
def test_template_fetches_nothing_from_elsewhere(path):
    assert not ELSEWHERE.search(path.read_text())


@pytest.mark.parametrize("path", TEMPLATES, ids=IDS)
def test_template_compiles(path):
    assert get_template(str(path.relative_to(ROOT / "templates")))


def test_every_icon_named_is_on_the_list_of_icons():
    listed = {
        line.strip()
        for line in (ROOT / "static" / "icons.txt").read_text().splitlines()
        if line and not line.startswith("#")
    }

    named = {name for path in TEMPLATES for name in ICON.findall(path.read_text())}

    assert named <= listed


def test_posting_forms_carry_the_token():
    forms = re.compile(r"<form[^>]*method=\"post\"[^>]*>.*?</form>", re.DOTALL)

    for path in TEMPLATES:
        for form in forms.findall(path.read_text()):
            assert "csrf_token" in form, path
