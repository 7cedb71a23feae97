"""Schools entered twice: what was found not to be, and what was put together."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from core.querysets import AccessQuerySet
from schools.models.school import School


class NotDuplicate(models.Model):
    """Two schools that look alike and are two, as somebody found out."""

    first = models.ForeignKey(
        School, models.CASCADE, verbose_name=_("学校"), related_name="+"
    )
    second = models.ForeignKey(
        School, models.CASCADE, verbose_name=_("另一学校"), related_name="+"
    )
    reason = models.CharField(_("理由"), max_length=200)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("认定人"),
        null=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("认定时间"), auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = _("非重复登记")
        constraints = [
            UniqueConstraint(
                fields=["first", "second"],
                name="not_duplicate_once",
                violation_error_message=_("已认定这两所学校不是重复登记"),
            ),
            CheckConstraint(
                name="not_duplicate_in_order", condition=Q(first__lt=F("second"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} ≠ {self.second}"


class MergedRecord(models.Model):
    """A second entry of a school that was put together with the first one.

    ``former_id`` is the number under which pages and files knew the second entry;
    ``facts`` keeps what stood in it, ``given_up_code`` the code that was entered
    wrongly where both had one; no other school ever gets it.
    """

    school = models.ForeignKey(
        School, models.CASCADE, verbose_name=_("学校"), related_name="merged_records"
    )
    former_id = models.BigIntegerField(_("原编号"), unique=True)
    name = models.CharField(_("原登记名称"), max_length=100)
    given_up_code = models.CharField(  # noqa: DJ001 - as on School
        _("停用的标识码"), max_length=10, null=True, blank=True
    )
    facts = models.JSONField(_("原登记内容"), default=dict, encoder=DjangoJSONEncoder)
    moved = models.JSONField(_("转入的记录"), default=dict)
    reason = models.CharField(_("事由"), max_length=1000)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("经办人"),
        null=True,
        related_name="+",
    )
    merged_at = models.DateTimeField(_("合并时间"), auto_now_add=True)

    objects = AccessQuerySet.as_manager()

    class Meta:
        ordering = ["-merged_at", "-pk"]
        verbose_name = verbose_name_plural = _("合并的重复登记")
        indexes = [models.Index(fields=["given_up_code"], name="merged_given_up_code")]
        constraints = [
            CheckConstraint(
                name="merged_record_of_another",
                condition=~Q(former_id=F("school")),
            )
        ]

    def __str__(self) -> str:
        return self.name
