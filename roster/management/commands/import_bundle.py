"""Take a OneRoster CSV bundle of a source in."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from core.commands import JsonCommand
from core.jobs import JobFailed, run_now
from roster.bundles.receiving import JOB, receive_bundle
from roster.inbound.receiving import SourcePaused
from roster.models import Source, SyncRun


class Command(JsonCommand):
    """``import_bundle FILE --source CODE [--preview] [--atomic]``."""

    help = (
        "Take a OneRoster 1.1 or 1.2 CSV bundle in for a source, as the API does; "
        "large removals wait for a person's approval."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the file and the source."""
        super().add_arguments(parser)
        parser.add_argument("path", type=Path, metavar="FILE")
        parser.add_argument("--source", required=True, help="code of the source")
        parser.add_argument("--preview", action="store_true", help="write nothing yet")
        parser.add_argument("--atomic", action="store_true", help="all rows or none")

    def run(self, **options: Any) -> dict[str, Any]:
        """Take the bundle in here and now; tell the state and the counts."""
        source = Source.objects.filter(code=options["source"]).first()
        if source is None:
            raise ValidationError(_("没有代码为 %s 的来源") % options["source"])
        path: Path = options["path"]
        if not path.is_file():
            raise ValidationError(_("没有文件 %s") % path)
        try:
            run, is_new = receive_bundle(
                source,
                path.name,
                path.read_bytes(),
                preview=options["preview"],
                atomic=options["atomic"],
            )
            if is_new and not run.job.is_over:
                run_now(JOB, title=str(run), params={"run": run.pk}, key=str(run.pk))
        except SourcePaused as error:
            raise ValidationError(_("该来源已停用，不接收数据")) from error
        except JobFailed as error:
            raise ValidationError(str(error)) from error
        run = SyncRun.objects.get(pk=run.pk)
        return {
            "run": run.pk,
            "state": run.state,
            "held_for": run.held_for,
            "counts": run.counts,
        }
