"""The demo stays away from real data."""

import json
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from core.models import Installation
from demo.loading import load
from schools.models import School
from tests.accounts.factories import UserFactory


def test_refused_in_an_installation_that_is_no_demo(empty_database: None) -> None:
    Installation.objects.create(region_code="500113", is_demo=False)

    with pytest.raises(ValidationError, match="不是演示环境") as refusal:
        load()

    assert refusal.value.code == "not_demo"
    assert not School.objects.exists()


def test_refused_in_the_demo_of_another_region(empty_database: None) -> None:
    Installation.objects.create(region_code="500113", is_demo=True)

    with pytest.raises(ValidationError) as refusal:
        load()

    assert refusal.value.code == "not_demo"


def test_refused_where_somebody_already_works(empty_database: None) -> None:
    UserFactory()

    with pytest.raises(ValidationError, match="空数据库") as refusal:
        load()

    assert refusal.value.code == "not_empty"


def test_command_tells_the_refusal_as_json_and_fails(empty_database: None) -> None:
    Installation.objects.create(region_code="500113", is_demo=False)
    out = StringIO()

    with pytest.raises(SystemExit) as end:
        call_command("load_demo", "--json", stdout=out)

    assert end.value.code == 1
    assert json.loads(out.getvalue())["code"] == "not_demo"


def test_command_tells_the_refusal_in_words(empty_database: None) -> None:
    Installation.objects.create(region_code="500113", is_demo=False)

    with pytest.raises(CommandError, match="不是演示环境"):
        call_command("load_demo")


def test_nothing_stays_when_a_chapter_fails(
    empty_database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from demo import loading

    def fail(world: object) -> None:
        raise RuntimeError("interrupted")

    monkeypatch.setattr(loading, "CHAPTERS", (*loading.CHAPTERS[:2], fail))

    with pytest.raises(RuntimeError, match="interrupted"):
        load()

    assert Installation.current() is None
    assert not School.objects.exists()
