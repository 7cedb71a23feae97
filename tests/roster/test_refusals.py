"""What sources and the roster of pupils refuse, and in which words."""

import pytest
from django.utils import timezone

from roster.permissions import can_send_bundle
from roster.pupils.permissions import can_switch_off
from tests.accounts.factories import user_with
from tests.bureau.factories import CountyFactory
from tests.roster.inbound.factories import SourceFactory, keep_pupils

pytestmark = pytest.mark.django_db


def test_a_roster_of_pupils_is_closed_by_its_own_bureau() -> None:
    kept = keep_pupils(CountyFactory(name="云洲区"))
    stranger = user_with("DISTRICT_EDU", CountyFactory())

    verdict = can_switch_off(stranger, kept)

    assert not verdict
    assert verdict.message.startswith("未能关闭学生最小名册：您不负责云洲区")
    assert can_switch_off(user_with("DISTRICT_EDU", kept.region), kept)


def test_a_paused_source_takes_no_bundle() -> None:
    source = SourceFactory()
    official = user_with("DISTRICT_EDU", source.region)
    assert can_send_bundle(official, source)

    source.paused_at = timezone.now()

    verdict = can_send_bundle(official, source)
    assert not verdict
    assert verdict.message.startswith("该来源已停用，不接收数据")
