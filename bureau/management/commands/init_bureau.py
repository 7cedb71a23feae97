"""Make a working installation for one region, without demo data."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from bureau.services import set_up
from core.commands import JsonCommand


class Command(JsonCommand):
    """``manage.py init_bureau --region 500113 [--json]``; safe to run again."""

    help = (
        "Prepare the installation for a city or county: regions, school years, "
        "departments, policies, parameters, and one-time links for the system, "
        "security and audit administrators."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the region and whether open invitations are issued anew."""
        super().add_arguments(parser)
        parser.add_argument(
            "--region", required=True, help="code (or full name) of the city or county"
        )
        parser.add_argument(
            "--reinvite",
            action="store_true",
            help="end the invitations that wait and issue new links",
        )

    def run(self, **options: Any) -> dict[str, Any]:
        """Set the installation up."""
        return set_up(options["region"], reinvite=options["reinvite"]).as_dict()

    def describe(self, result: dict[str, Any]) -> list[str]:
        """Tell what is there and hand out the links."""
        lines = [
            _("%(region)s %(region_name)s 已就绪") % result,
            _("行政区 %(regions)s · 学年 %(academic_years)s · 部门 %(departments)s")
            % result,
            _("政策：依据 %(policies_basis)s，参考模板 %(policies_template)s") % result,
            _("条款 %(clauses)s · 参数 %(parameters)s · 角色 %(roles)s") % result,
        ]
        for invitation in result["invitations"]:
            lines.append(f"{invitation['label']}：{_link(invitation)}")
        return lines


def _link(invitation: dict[str, Any]) -> str:
    if invitation["state"] == "created":
        return _("%(link)s（%(expires_at)s 前有效，仅显示一次）") % invitation
    if invitation["state"] == "waiting":
        return _("邀请已发出，等待接受（--reinvite 可重新签发）")
    return _("已设立")
