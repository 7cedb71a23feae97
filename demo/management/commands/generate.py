"""Generate a county, a city or a province of invented schools, for trying out."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from core.commands import JsonCommand
from demo.generating import SIZES, generate


class Command(JsonCommand):
    """``manage.py generate --size county [--pupils] [--json]``; safe to run again."""

    help = (
        "Fill an empty database with a demo installation of one size, the same rows "
        "every time: schools, classes, annual returns and groups over three school "
        "years. Refused where other data stands; a second run changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the size."""
        super().add_arguments(parser)
        parser.add_argument(
            "--size", required=True, choices=list(SIZES), help="how much to generate"
        )
        parser.add_argument(
            "--pupils",
            action="store_true",
            help="name every pupil too, as a minimal roster (a million in a city)",
        )

    def run(self, **options: Any) -> dict[str, Any]:
        """Generate, or find that everything is there."""
        return generate(options["size"], with_pupils=options["pupils"])

    def describe(self, result: dict[str, Any]) -> list[str]:
        """Tell what stands, and how to get in."""
        told = [
            _("学校 %(schools)s · 在校生 %(pupils)s · 班级 %(classes)s") % result,
            _("年度报表 %(returns)s · 集团 %(groups)s · 成员关系 %(memberships)s")
            % result,
            _("教师 %(teachers)s · 学生名册 %(named_pupils)s") % result,
        ]
        if not result["is_new"]:
            return [_("%(size)s 已生成，没有改动（%(seconds)s 秒）") % result, *told]
        return [
            _("%(size)s 已生成（%(seconds)s 秒）") % result,
            *told,
            _("管理员邀请链接：manage.py init_bureau --region %(region)s") % result,
        ]
