"""Load the fictional city and its district, with three school years of history."""

from typing import Any

from django.utils.translation import gettext as _

from core.commands import JsonCommand
from demo.loading import load


class Command(JsonCommand):
    """``manage.py load_demo [--json]``; safe to run again."""

    help = (
        "Load the demo: fictional schools, groups, cases and appraisals of one city. "
        "Refused where real data may stand; a second run changes nothing."
    )

    def run(self, **options: Any) -> dict[str, Any]:
        """Load, or find that everything is there."""
        return load()

    def describe(self, result: dict[str, Any]) -> list[str]:
        """Tell what was created."""
        if not result["created"]:
            return [_("演示数据已是最新，没有改动（%(seconds)s 秒）") % result]
        lines = [
            f"{kind}: {counts['created']}"
            for kind, counts in result["tables"].items()
            if counts["created"]
        ]
        return [
            _("演示数据已载入（%(seconds)s 秒）") % result,
            *lines,
            _("演示账号 %(accounts)s 个：manage.py demo_accounts") % result,
        ]
