"""The database that test databases are copies of: one for each set of migrations."""

from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from script._lib import template


@pytest.fixture
def product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A product of one migration that takes its words from a module and a package."""
    files = {
        "requirements.txt": "django==5.2",
        "shop/migrations/0001_initial.py": "import shop.words\nimport shop.rules",
        "shop/words.py": "TILL = 1\n",
        "shop/rules/__init__.py": "FIRST = 1\n",
        "shop/views.py": "",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(template, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        "requirements.txt",
        "shop/migrations/0001_initial.py",
        "shop/migrations/0002_more.py",
        "shop/words.py",
        "shop/rules/__init__.py",
    ],
)
def test_what_migrations_are_made_of_asks_for_another_template(
    product: Path, name: str
) -> None:
    before = template.name()

    (product / name).touch()
    (product / name).write_text((product / name).read_text() + "\n# changed\n")

    assert template.name() != before


def test_other_files_keep_the_template(product: Path) -> None:
    before = template.name()

    (product / "shop/views.py").write_text("LATER = 1\n")

    assert template.name() == before


@pytest.mark.django_db
def test_a_copy_lacks_no_migration() -> None:
    executor = MigrationExecutor(connection)

    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
