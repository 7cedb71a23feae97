"""The base of import commands: one JSON line for programs, plain words for people."""

import json
from typing import Any, ClassVar

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import models
from django.utils.translation import gettext as _

from core.imports.engine import run_import
from core.imports.errors import ImportRefused
from core.imports.kinds import kind_of
from core.imports.summary import ImportSummary

SHOWN_ROWS = 50


class ImportCommand(BaseCommand):
    """Import a file of one kind into one scope.

    A subclass names the ``kind``. The scope is found by ``scope_option`` (``--region``)
    in ``scope_field`` of the kind's scope model. With ``--json`` exactly one line is
    printed: created, updated, unchanged, rejected, asked, skipped, rows, questions,
    remarks, run, dry_run. A refusal prints one line with ``error`` and ``code`` and
    exits with 1.
    """

    kind: ClassVar[str]
    scope_option: ClassVar[str] = "region"
    scope_field: ClassVar[str] = "code"

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare file, scope and switches."""
        parser.add_argument(
            "file", metavar="FILE", help="XLSX, XLS, CSV or NDJSON file"
        )
        if kind_of(self.kind).scope:
            parser.add_argument(
                f"--{self.scope_option}", metavar="CODE", required=True, dest="scope"
            )
        parser.add_argument(
            "--dry-run", action="store_true", help="try out, keep nothing"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON line")
        parser.add_argument(
            "--answer",
            action="append",
            default=[],
            metavar="ROW=ANSWER",
            help="answer a question: new, skip or same:ID",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and report."""
        try:
            summary = run_import(
                self.kind,
                options["file"],
                scope=self._scope(options.get("scope")),
                options=self.run_options(options),
                answers=self._answers(options["answer"]),
                dry_run=options["dry_run"],
            )
        except ImportRefused as refusal:
            fail(self, refusal.message, refusal.code, as_json=options["json"])
        if options["json"]:
            self.stdout.write(json.dumps(summary.as_dict(), ensure_ascii=False))
        else:
            self._tell(summary)

    def run_options(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return what reaches the kind as ``run.options``."""
        return {}

    def _scope(self, code: str | None) -> models.Model | None:
        label = kind_of(self.kind).scope
        if not label:
            return None
        model = apps.get_model(label)
        rows = model._default_manager.filter(**{self.scope_field: code})
        found: models.Model | None = rows.first()
        if found is None:
            raise ImportRefused(
                _("没有代码为“%(code)s”的%(kind)s")
                % {"code": code, "kind": model._meta.verbose_name},
                f"unknown_{self.scope_option}",
            )
        return found

    def _answers(self, given: list[str]) -> dict[str, str]:
        return dict(pair.split("=", 1) for pair in given if "=" in pair)

    def _tell(self, summary: ImportSummary) -> None:
        self.stdout.write(in_words(summary))
        for row in [*summary.rows, *summary.questions][:SHOWN_ROWS]:
            place = _("第 %(row)s 行 %(column)s") % row
            self.stdout.write(f"  {place}：{row['message']}")


def in_words(summary: ImportSummary) -> str:
    """Return the counts of an import as one sentence."""
    text = (
        _(
            "新增 %(created)s，变更 %(updated)s，未变 %(unchanged)s，"
            "退回 %(rejected)s，待答复 %(asked)s，跳过 %(skipped)s"
        )
        % summary.as_dict()
    )
    if summary.dry_run:
        return _("试运行，未写入：") + text
    return _("导入编号 %s：") % summary.run_id + text


def fail(
    command: BaseCommand, message: str, code: str, *, as_json: bool, **more: Any
) -> None:
    """Report a refusal (one JSON line, or words on stderr) and exit with 1."""
    if as_json:
        line = {"error": message, "code": code, **more}
        command.stdout.write(json.dumps(line, ensure_ascii=False))
        raise SystemExit(1)
    raise CommandError(message)
