"""Check every seal of the audit chain."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audit.services import seal_all, verify


class Command(BaseCommand):
    """Verify the chain of seals; exit 1 when an event was changed or removed."""

    help = "核对业务事件的封存链；发现改动时以非零码退出。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the head kept outside, and whether to seal first."""
        parser.add_argument("--head", default="", help="另行留存的链头摘要")
        parser.add_argument(
            "--seal", action="store_true", help="核对前先封存待封存事件"
        )
        parser.add_argument("--json", action="store_true", help="输出一行 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify and report."""
        if options["seal"]:
            seal_all()
        found = verify(options["head"])
        if options["json"]:
            result = {
                "intact": found.is_intact,
                "seals": found.seals,
                "events": found.events,
                "unsealed": found.unsealed,
                "head": found.head,
                "faults": found.faults,
            }
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        else:
            self.stdout.write(
                f"封存 {found.seals} 批，{found.events} 条事件，"
                f"待封存 {found.unsealed} 条"
            )
            for fault in found.faults:
                self.stderr.write(fault)
        if not found.is_intact:
            sys.exit(1)
