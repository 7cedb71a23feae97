"""The house keeps its order: imports, foreign keys and services."""

import ast
import inspect
import tomllib
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType

from core.constraints import CarriedKey
from core.registries import transition_tables

ROOT = Path(settings.BASE_DIR)
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LAYERS = PYPROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
HEIGHT = {app: len(LAYERS) - place for place, app in enumerate(LAYERS)}
OURS = [m for m in apps.get_models() if m._meta.app_label in HEIGHT]


def test_every_app_of_the_project_stands_in_the_layers_contract() -> None:
    installed = {
        config.name
        for config in apps.get_app_configs()
        if Path(config.path).parent == ROOT
    }

    assert installed == set(HEIGHT)


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
def test_no_foreign_key_points_upwards(model: type) -> None:
    own = HEIGHT[model._meta.app_label]

    for field in model._meta.get_fields():
        target = getattr(field, "related_model", None)
        if not getattr(field, "concrete", False) or target is None:
            continue
        label = target._meta.label
        if label == settings.AUTH_USER_MODEL or target is ContentType:
            continue
        assert HEIGHT.get(target._meta.app_label, 0) <= own, f"{field} → {label}"


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
def test_no_carried_key_points_upwards(model: type) -> None:
    for constraint in model._meta.constraints:
        if isinstance(constraint, CarriedKey):
            target = apps.get_model(constraint.to)
            assert HEIGHT[target._meta.app_label] <= HEIGHT[model._meta.app_label]


@pytest.mark.parametrize("app", LAYERS)
def test_no_service_takes_a_request(app: str) -> None:
    if find_spec(f"{app}.services") is None:
        pytest.skip(f"{app} has no services")
    folder = Path(import_module(f"{app}.services").__file__ or "")
    files = folder.parent.rglob("*.py") if folder.name == "__init__.py" else [folder]

    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                names = [a.arg for a in node.args.args + node.args.kwonlyargs]
                assert "request" not in names, f"{file.name}:{node.name}"


def test_state_is_written_by_move_alone() -> None:
    writers = []
    for app in (a for a in LAYERS if a != "core"):
        for file in (ROOT / app).rglob("*.py"):
            if "migrations" in file.parts:
                continue
            tree = ast.parse(file.read_text(encoding="utf-8"))
            writers += [
                f"{file.relative_to(ROOT)}:{node.lineno}"
                for node in ast.walk(tree)
                if isinstance(node, ast.Assign)
                for target in node.targets
                if isinstance(target, ast.Attribute)
                and target.attr == "state"
                and not (
                    isinstance(target.value, ast.Name) and target.value.id == "self"
                )
            ]

    assert writers == []


@pytest.mark.parametrize("name", sorted(transition_tables))
def test_every_move_leads_between_states_of_its_model(name: str) -> None:
    table = transition_tables.get(name)
    states = set(dict(apps.get_model(name)._meta.get_field("state").choices))

    assert table.initial in states
    for move in table.moves.values():
        assert set(move.from_states) <= states
        assert move.to in states
        assert callable(move.can) and len(inspect.signature(move.can).parameters) == 2
