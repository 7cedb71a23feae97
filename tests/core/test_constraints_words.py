"""Every refusal of the database has words for a person."""

import re
from collections.abc import Iterator

from django.apps import apps

from core.constraints.explain import _messages

RAISED = re.compile(r"CONSTRAINT = '(\w+)'")


def raised_names() -> Iterator[str]:
    """Yield the names that the triggers of all models raise."""
    for model in apps.get_models():
        for trigger in getattr(model._meta, "triggers", ()):
            yield from RAISED.findall(str(trigger.func))


def test_each_trigger_that_refuses_has_words_in_chinese() -> None:
    names = set(raised_names())
    words = _messages()

    assert len(names) >= 14
    assert sorted(names - words.keys()) == []
    assert all(re.search(r"[\u4e00-\u9fff]", str(words[name])) for name in names)
