"""What the records of teachers refuse, and in which words."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from core.days import today
from personnel.choices import LeaveReason
from personnel.services import leave_school, register_teacher, return_to_work
from tests.personnel.factories import TeacherFactory, identity_number

pytestmark = pytest.mark.django_db


def test_a_birth_year_against_the_identity_number_is_told_at_the_year(
    world: Any,
) -> None:
    with pytest.raises(ValidationError) as caught:
        register_teacher(
            by=world.here.clerk,
            school=world.here.school,
            name="测试甲",
            employment="CONTRACT",
            birth_year=1990,
            identity_number=identity_number("19850614"),
        )

    (told,) = caught.value.message_dict["birth_year"]
    assert told.endswith("与身份证号不一致，请核对")


def test_nobody_is_taken_on_again_from_a_day_to_come(world: Any) -> None:
    teacher = TeacherFactory(school=world.here.school)
    given = {"by": world.here.clerk, "left_on": today()}
    gone = leave_school(teacher, reason=LeaveReason.values[0], **given)

    with pytest.raises(ValidationError) as caught:
        return_to_work(
            gone,
            by=world.here.clerk,
            school=world.here.school,
            entered_on=today() + timedelta(days=1),
        )

    assert caught.value.message_dict == {"entered_on": ["任职日期不能晚于今天"]}
