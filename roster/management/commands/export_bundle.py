"""Write the roster of a region as a OneRoster CSV bundle."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from bureau.models import Region
from core.commands import JsonCommand
from core.imports.errors import ImportRefused
from roster.bundles.exporting import checked_export


class Command(JsonCommand):
    """``export_bundle --region CODE [--since MOMENT] OUT.zip``."""

    help = (
        "Write the roster of a region as a OneRoster 1.2 CSV bundle: whole, or with "
        "--since what changed after a moment (ISO, with its zone)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the region, the moment and the file."""
        super().add_arguments(parser)
        parser.add_argument("path", type=Path, metavar="OUT.zip")
        parser.add_argument("--region", required=True, help="code of the region")
        parser.add_argument("--since", help="2026-09-01T00:00:00+08:00")

    def run(self, **options: Any) -> dict[str, Any]:
        """Export, check, tell the rows by file and where the next delta begins."""
        region = Region.objects.filter(code=options["region"]).first()
        if region is None:
            raise ValidationError(_("没有代码为 %s 的地区") % options["region"])
        since = parse_datetime(options["since"]) if options["since"] else None
        if options["since"] and (since is None or since.tzinfo is None):
            raise ValidationError(_("--since 应如 2026-09-01T00:00:00+08:00"))
        try:
            counts, complete_to = checked_export(region, options["path"], since)
        except ImportRefused as refusal:
            raise ValidationError(refusal.message, refusal.code) from refusal
        return {
            "file": str(options["path"]),
            "rows": counts,
            "next_since": complete_to.isoformat(),
        }
