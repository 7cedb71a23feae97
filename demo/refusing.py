"""The demo and the generator stay away from real data."""

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import User
from core.models import Installation
from schools.models import School

LOADING = 0xDE30


def wait_for_another_load() -> None:
    """Let one load at a time work in the database, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOADING])


def refuse_real_data(region: str) -> None:
    """Raise ValidationError unless the database is empty or the region's own demo."""
    installation = Installation.current()
    if installation is None:
        if User.objects.exists() or School.objects.exists():
            raise ValidationError(
                _("未能载入演示数据：数据库中已有账号或学校，请使用空数据库"),
                code="not_empty",
            )
        return
    if not installation.is_demo:
        raise ValidationError(
            _("未能载入演示数据：本系统已为 %(code)s 正式建立，不是演示环境")
            % {"code": installation.region_code},
            code="not_demo",
        )
    if installation.region_code != region:
        raise ValidationError(
            _("未能载入演示数据：数据库中已有 %(code)s 的演示数据，请使用空数据库")
            % {"code": installation.region_code},
            code="not_demo",
        )
