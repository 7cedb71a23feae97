"""Draw every state machine from the tables that the pages use."""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from core.registries import transition_tables
from core.transitions import TransitionTable

PATH = Path("docs") / "moves.md"
HEAD = """# Moves

Drawn from the transition tables by `manage.py draw_moves`; a test fails when this
page is behind the code. Each arrow carries the move's name, its label and its clause.
"""


def diagram(name: str, table: TransitionTable) -> str:
    """Return one state machine as a Mermaid diagram."""
    model = apps.get_model(name)
    words = dict(model._meta.get_field("state").flatchoices)
    lines = [f"## {model._meta.label} {model._meta.verbose_name}", "", "```mermaid"]
    lines.append("stateDiagram-v2")
    lines += [f"    {state}: {state} {word}" for state, word in words.items()]
    lines.append(f"    [*] --> {table.initial}")
    for move_name, move in table.moves.items():
        clause = f" {move.clause}" if move.clause else ""
        for state in sorted(move.from_states):
            text = f"{move_name} {move.label}{clause}"
            lines.append(f"    {state} --> {move.to}: {text}")
    return "\n".join([*lines, "```", ""])


def document() -> str:
    """Return the whole page."""
    with translation.override("zh-hans"):
        parts = [
            diagram(n, transition_tables.get(n)) for n in sorted(transition_tables)
        ]
    return "\n".join([HEAD, *parts])


class Command(BaseCommand):
    """Write docs/moves.md, or with --check fail when it is behind."""

    help = "由流转表生成 docs/moves.md 中的状态图。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --check."""
        parser.add_argument("--check", action="store_true", help="只核对，不改写")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare."""
        path = settings.BASE_DIR / PATH
        text = document()
        if options["check"]:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                raise SystemExit("docs/moves.md 已过时，请运行 manage.py draw_moves")
            return
        path.write_text(text, encoding="utf-8")
        self.stdout.write(str(PATH))
