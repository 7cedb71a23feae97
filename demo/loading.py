"""Load the demo: all of it, or nothing; a second time it changes nothing."""

import time
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils.translation import override

from core.days import today
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
from demo.builders.insight import build_insight
from demo.builders.notices import read_old_messages
from demo.builders.quality import build_quality
from demo.builders.returns import build_returns
from demo.builders.rosters import build_rosters
from demo.builders.schools import build_honours, build_labels, build_schools
from demo.builders.structure import build_partnerships, build_structure
from demo.builders.teachers import build_teachers
from demo.builders.unlocks import build_unlocks
from demo.clock import on
from demo.refusing import refuse_real_data, wait_for_another_load
from demo.world import CITY, World

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
    build_unlocks,
    build_quality,
    build_teachers,
    build_rosters,
    build_structure,
    build_groups,
    build_partnerships,
    build_cases,
    build_cycles,
    build_insight,
    renew_passwords,
)
"""What is built, in this order; each chapter finds what it built before."""
TOLD_UNTIL = date(2027, 8, 31)
"""The last day on which the schools that are new in the story are new."""


def load() -> dict[str, Any]:
    """Load the demo in one transaction; return counts, accounts and seconds.

    Raises ValidationError where real data may stand: in an installation that is no
    demo, or in a database that somebody already works in.
    """
    started = time.monotonic()
    with transaction.atomic(), override("zh-hans"), told_on(today()):
        world = World()
        wait_for_another_load()
        refuse_real_data(CITY)
        for build in CHAPTERS:
            build(world)
            _let_deferred_rules_speak()
        if world.ledger.created:
            read_old_messages()
    if world.ledger.created:
        _tell_the_planner()
    return {
        "region": CITY,
        **world.ledger.as_dict(),
        "accounts": len(standing_accounts()),
        "seconds": round(time.monotonic() - started, 1),
    }


def told_on(day: date) -> AbstractContextManager[Any]:
    """Let the story be told on its last day where the day lies after it."""
    return on(TOLD_UNTIL) if day > TOLD_UNTIL else nullcontext()


def _tell_the_planner() -> None:
    """Give the tables statistics: the first to look around must not wait for them."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _let_deferred_rules_speak() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
