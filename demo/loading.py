"""Load the demo: all of it, or nothing; a second time it changes nothing."""

import time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from core.models import Installation
from demo.accounts import standing_accounts
from demo.builders.accounts import (
    build_administrators,
    build_officials,
    build_school_people,
    renew_passwords,
)
from demo.builders.classes import build_classes
from demo.builders.cycles import build_cycles
from demo.builders.formation import build_cases
from demo.builders.frame import build_frame, build_regions
from demo.builders.groups import build_groups
from demo.builders.notices import read_old_messages
from demo.builders.quality import build_quality
from demo.builders.returns import build_returns
from demo.builders.schools import build_honours, build_labels, build_schools
from demo.world import CITY, World
from schools.models import School

CHAPTERS = (
    build_regions,
    build_administrators,
    build_frame,
    build_officials,
    build_schools,
    build_school_people,
    build_labels,
    build_honours,
    build_classes,
    build_returns,
    build_quality,
    build_groups,
    build_cases,
    build_cycles,
    renew_passwords,
)
"""What is built, in this order; each chapter finds what it built before."""
LOADING = 0xDE30


def load() -> dict[str, Any]:
    """Load the demo in one transaction; return counts, accounts and seconds.

    Raises ValidationError where real data may stand: in an installation that is no
    demo, or in a database that somebody already works in.
    """
    started = time.monotonic()
    world = World()
    with transaction.atomic(), override("zh-hans"):
        _wait_for_another()
        _refuse_real_data()
        for build in CHAPTERS:
            build(world)
            _let_deferred_rules_speak()
        if world.ledger.created:
            read_old_messages()
    return {
        "region": CITY,
        **world.ledger.as_dict(),
        "accounts": len(standing_accounts()),
        "seconds": round(time.monotonic() - started, 1),
    }


def _wait_for_another() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOADING])


def _refuse_real_data() -> None:
    installation = Installation.current()
    if installation is None:
        if User.objects.exists() or School.objects.exists():
            raise ValidationError(
                _("未能载入演示数据：数据库中已有账号或学校，请使用空数据库"),
                code="not_empty",
            )
        return
    if not installation.is_demo or installation.region_code != CITY:
        raise ValidationError(
            _("未能载入演示数据：本系统已为 %(code)s 正式建立，不是演示环境")
            % {"code": installation.region_code},
            code="not_demo",
        )


def _let_deferred_rules_speak() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
