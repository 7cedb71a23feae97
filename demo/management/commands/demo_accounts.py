"""Tell the accounts of a demo installation with their passwords."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.roles import ROLES
from core.commands import JsonCommand
from core.models import Installation
from demo.accounts import password_of, standing_accounts


class Command(JsonCommand):
    """``manage.py demo_accounts [--json]``; refused outside a demo installation."""

    help = "List the demo accounts: username, password, role and scope."

    def run(self, **options: Any) -> dict[str, Any]:
        """Return the accounts; ValidationError where there is no demo."""
        installation = Installation.current()
        if installation is None or not installation.is_demo:
            raise ValidationError(
                _("只有演示环境提供演示账号；请先在空数据库上运行 manage.py load_demo"),
                code="not_demo",
            )
        return {
            "accounts": [
                {
                    "username": post.username,
                    "password": password_of(post.username),
                    "role": post.role,
                    "role_label": str(ROLES[post.role].label),
                    "scope": scope,
                }
                for post, scope in standing_accounts()
            ]
        }

    def describe(self, result: dict[str, Any]) -> list[str]:
        """Return one line for each account."""
        return [
            f"{a['username']:<22} {a['password']:<16} {a['role_label']} {a['scope']}"
            for a in result["accounts"]
        ]
