"""The list of teachers; the identity number stands in no list and no file."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.tables import Column, DateColumn, NameColumn, Table
from core.templatetags.components import badge_html
from personnel.choices import TeacherStatus
from personnel.models import Teacher

TONES = {TeacherStatus.ACTIVE: "green", TeacherStatus.LEFT: "grey"}


def status_badge(teacher: Teacher) -> SafeString:
    """Return the status of a teacher as a badge."""
    tone = TONES[TeacherStatus(teacher.status)]
    return badge_html(tone, str(teacher.get_status_display()))


class TeacherTable(Table):
    """Teachers."""

    name = NameColumn(order_by="pinyin", verbose_name=_("姓名"))
    staff_no = Column(verbose_name=_("工号"))
    school = Column(
        accessor="school__name", order_by="school__pinyin", verbose_name=_("任职学校")
    )
    employment = Column(verbose_name=_("用工形式"))
    subject = Column(verbose_name=_("任教学科"))
    stage = Column(verbose_name=_("任教学段"))
    degree = Column(verbose_name=_("学历"))
    entered_on = DateColumn(verbose_name=_("入职日期"))
    status = Column(verbose_name=_("状态"))

    def render_status(self, record: Teacher) -> SafeString:
        """Draw the status."""
        return status_badge(record)
