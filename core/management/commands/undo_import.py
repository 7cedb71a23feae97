"""Undo one applied import by its number."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from core.imports import ImportRefused, UndoBlocked, undo_import
from core.imports.commands import fail


class Command(BaseCommand):
    """Remove what a run added and restore what it changed, unless blocked."""

    help = "Undo an applied import; exits with 1 and names what stands in the way."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the run and the switch."""
        parser.add_argument(
            "run", metavar="RUN", type=int, help="number of the import run"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON line")

    def handle(self, *args: Any, **options: Any) -> None:
        """Undo and report."""
        as_json = options["json"]
        try:
            summary = undo_import(options["run"])
        except UndoBlocked as blocked:
            message = _("不能撤销：%s") % blocked
            fail(self, message, "blocked", as_json=as_json, blocks=blocked.blocks)
        except ImportRefused as refusal:
            fail(self, refusal.message, refusal.code, as_json=as_json)
        if as_json:
            self.stdout.write(json.dumps(summary.as_dict(), ensure_ascii=False))
            return
        self.stdout.write(
            _(
                "导入 %(run)s 已撤销：移除 %(removed)s，恢复 %(restored)s，"
                "找回 %(returned)s"
            )
            % summary.as_dict()
        )
