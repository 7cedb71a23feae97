"""Register a program that uses the API on behalf of a region."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from bureau.regions import find_region
from bureau.services import create_client
from core.commands import JsonCommand


class Command(JsonCommand):
    """``manage.py create_api_client --name N --region CODE --scope S [--scope S]``."""

    help = "Register an API client; its secret is shown once and kept only hashed."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take name, region, scopes and a contact."""
        super().add_arguments(parser)
        parser.add_argument("--name", required=True, help="what the program is called")
        parser.add_argument("--region", required=True, help="code of its region")
        parser.add_argument(
            "--scope",
            required=True,
            action="extend",
            nargs="+",
            help="what it may do (read, write, import); may be given several times",
        )
        parser.add_argument("--contact", default="", help="who answers for it")

    def run(self, **options: Any) -> dict[str, Any]:
        """Register the client."""
        client, secret = create_client(
            options["name"],
            find_region(options["region"]),
            options["scope"],
            contact=options["contact"],
        )
        return {
            "client_id": client.client_id,
            "client_secret": secret,
            "name": client.name,
            "region": client.region.code,
            "scopes": client.scopes,
        }

    def describe(self, result: dict[str, Any]) -> list[str]:
        """Show the credentials once."""
        return [
            f"client_id: {result['client_id']}",
            f"client_secret: {result['client_secret']}",
            _("密钥仅显示这一次，请立即妥善保存。"),
        ]
