"""The English catalogue is complete: nothing is left in Chinese."""

import ast
import re
from ast import literal_eval
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation.template import templatize

CATALOGUE = Path(settings.BASE_DIR) / "locale/en/LC_MESSAGES/django.po"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENTRY = re.compile(
    r'^msgid (?P<id>(?:".*"\n)+)(?:msgid_plural (?:".*"\n)+)?'
    r'(?P<text>(?:msgstr(?:\[\d\])? (?:".*"\n?)+)+)',
    re.MULTILINE,
)
HOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


def entries() -> list[tuple[str, str]]:
    text = CATALOGUE.read_text(encoding="utf-8")
    return [(m["id"], m["text"]) for m in ENTRY.finditer(text) if m["id"] != '""\n']


def test_every_string_of_the_interface_has_an_english_text() -> None:
    found = entries()
    missing = [i for i, t in found if re.fullmatch(r'(msgstr(\[\d\])? ""\n?)+', t)]

    assert len(found) > 2000
    assert missing == []
    assert "#, fuzzy" not in CATALOGUE.read_text(encoding="utf-8")


MARKS = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext", "pgettext_lazy"}
IN_TEMPLATE = re.compile(r"gettext\(u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")
NOT_SHOWN = {"tests", "script", "benchmarks", "migrations", "node_modules"}


def marked_in_python(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in MARKS:
            given = (a.value for a in node.args if isinstance(a, ast.Constant))
            yield from (word for word in given if isinstance(word, str))


def marked_in_template(text: str) -> Iterator[str]:
    for found in IN_TEMPLATE.finditer(templatize(text)):
        yield ast.literal_eval(found[1])


def sources(pattern: str) -> Iterator[Path]:
    for path in Path(settings.BASE_DIR).glob(pattern):
        parts = path.relative_to(settings.BASE_DIR).parts
        if not NOT_SHOWN & set(parts) and not parts[0].startswith((".", "var")):
            yield path


def test_every_string_marked_in_the_code_is_in_the_catalogue() -> None:
    known = {"".join(map(literal_eval, i.splitlines())) for i, _text in entries()}
    marked = {
        word
        for pattern, read in (
            ("*/**/*.py", marked_in_python),
            ("templates/**/*.html", marked_in_template),
        )
        for path in sources(pattern)
        for word in read(path.read_text(encoding="utf-8"))
    }

    chinese = {word for word in marked if CHINESE.search(word)}
    assert len(chinese) > 2000
    assert sorted(chinese - known) == []


def test_the_compiled_catalogue_holds_every_entry() -> None:
    with CATALOGUE.with_suffix(".mo").open("rb") as compiled:
        known = GNUTranslations(compiled)._catalog
    ids = ["".join(map(literal_eval, i.splitlines())) for i, _text in entries()]

    assert [i for i in ids if i not in known and (i, 0) not in known] == []


def test_no_english_text_holds_chinese_characters() -> None:
    assert [t for _i, t in entries() if CHINESE.search(t)] == []


def test_every_english_text_keeps_the_placeholders() -> None:
    wrong = [
        i
        for i, t in entries()
        if "msgstr[" not in t and set(HOLDER.findall(i)) != set(HOLDER.findall(t))
    ]

    assert wrong == []


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "首页"), ("en", "Home")])
def test_the_compiled_catalogue_is_used(language: str, word: str) -> None:
    with translation.override(language):
        assert translation.gettext("首页") == word
