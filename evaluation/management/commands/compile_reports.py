"""Compile a cycle's annual reports and print files and hashes."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from core.commands import JsonCommand
from core.jobs import JobFailed
from evaluation.models import Cycle
from evaluation.models.cycle import CALCULATED
from evaluation.reports import compile_now, summary


class Command(JsonCommand):
    """``compile_reports --cycle ID|latest``: a booklet a group, one overall report."""

    help = (
        "Compile the annual reports of a cycle: one booklet for each group and one "
        "report of the region, as DOCX, PDF and XLSX. Running it again changes nothing "
        "while the data are the same."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--cycle``."""
        super().add_arguments(parser)
        parser.add_argument(
            "--cycle", required=True, help="the cycle's id, or latest for the newest"
        )

    def run(self, **options: Any) -> dict[str, Any]:
        """Compile in this process; ValidationError with the reason when it fails."""
        cycle = self._cycle(options["cycle"])
        try:
            job = compile_now(cycle)
        except JobFailed as error:
            raise ValidationError(str(error)) from error
        return {
            "cycle": cycle.pk,
            "name": cycle.name,
            "job": job.pk,
            "reports": summary(cycle),
        }

    def _cycle(self, wanted: str) -> Cycle:
        rows = Cycle.objects.order_by("-year__starts_on", "-pk")
        if wanted == "latest":
            found = rows.filter(state__in=CALCULATED).first()
        elif wanted.isdecimal():
            found = rows.filter(pk=int(wanted)).first()
        else:
            found = None
        if found is None:
            raise ValidationError(
                _(
                    "找不到考核周期“%(wanted)s”：请给出编号，"
                    "或用 latest 表示最近一个已汇总的周期"
                )
                % {"wanted": wanted}
            )
        return found

    def describe(self, result: dict[str, Any]) -> list[str]:
        """Return one line a file."""
        lines = [result["name"]]
        for report in result["reports"]:
            lines.append(f"{report['title']} v{report['version']} {report['digest']}")
            lines += [f"  {f['sha256'][:12]}  {f['name']}" for f in report["files"]]
        return lines
