"""Whom to speak to at a school."""

import re

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from core.querysets import AccessQuerySet
from schools.models.school import School

PHONE_SHAPE = r"^\+?[0-9][0-9 -]{5,22}(转[0-9]{1,6})?$"


class SchoolContact(models.Model):
    """A person to speak to at a school today, by post; what was before is not kept.

    Personal data: no history, no public interface, no export. Phone and e-mail are
    whole for the school itself and its bureau, masked for everybody else.
    """

    school = models.ForeignKey(
        School, models.CASCADE, verbose_name=_("学校"), related_name="contacts"
    )
    post = models.CharField(_("职务"), max_length=40)
    name = models.CharField(_("姓名"), max_length=40)
    phone = models.CharField(
        _("电话"),
        max_length=30,
        blank=True,
        validators=[
            RegexValidator(
                PHONE_SHAPE, _("电话只能写数字、空格和短横线，分机写成“转801”")
            )
        ],
    )
    email = models.EmailField(_("电子邮箱"), max_length=120, blank=True)
    is_main = models.BooleanField(_("主要联系人"), default=False)

    objects = AccessQuerySet.as_manager()

    class Meta:
        ordering = ["school_id", "-is_main", "post", "pk"]
        verbose_name = verbose_name_plural = _("学校联系人")
        constraints = [
            UniqueConstraint(
                fields=["school"],
                condition=Q(is_main=True),
                name="contact_one_main",
                violation_error_message=_("该校已有主要联系人"),
            ),
            UniqueConstraint(
                fields=["school", "post", "name"],
                name="contact_once",
                violation_error_message=_("该校已登记这位联系人"),
            ),
            CheckConstraint(
                name="contact_named",
                condition=~Q(post__regex=r"^\s*$") & ~Q(name__regex=r"^\s*$"),
                violation_error_message=_("请填写职务和姓名"),
            ),
            CheckConstraint(
                name="contact_reachable",
                condition=~Q(phone="") | ~Q(email=""),
                violation_error_message=_("电话和电子邮箱至少填写一项"),
            ),
            CheckConstraint(
                name="contact_phone_shape",
                condition=Q(phone="") | Q(phone__regex=PHONE_SHAPE),
                violation_error_message=_("电话只能写数字、空格和短横线"),
            ),
        ]

    def __str__(self) -> str:
        return self.post

    def get_absolute_url(self) -> str:
        """Return the page of the school."""
        return self.school.get_absolute_url()

    @property
    def masked_phone(self) -> str:
        """Return the phone with every digit but the first three starred."""
        return self.phone[:3] + re.sub(r"\d", "*", self.phone[3:])

    @property
    def masked_email(self) -> str:
        """Return the e-mail with its box starred."""
        box, at, host = self.email.partition("@")
        return f"{box[:1]}***{at}{host}" if box else ""
