"""Enterprises, institutes and associations that work with schools."""

import pghistory
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.querysets import AccessQuerySet
from schools.choices import PartnerKind
from schools.credit import checks_out, validate_credit_code
from schools.names import NormalName


@pghistory.track(
    pghistory.UpdateEvent(condition=None, row=pghistory.Old),
    pghistory.DeleteEvent(),
    exclude=["normalized_name", "contact_name", "contact_phone"],
)
class Partner(models.Model):
    """Who works with schools without being one; never counted as a school (BN-3.4).

    The person to speak to is kept out of the history and shown only to those who
    keep the list.
    """

    region = models.ForeignKey(
        "bureau.Region",
        models.PROTECT,
        verbose_name=_("登记地区"),
        related_name="partners",
    )
    kind = models.CharField(_("类别"), max_length=20, choices=PartnerKind.choices)
    name = models.CharField(_("名称"), max_length=120)
    normalized_name = models.GeneratedField(
        expression=NormalName("name"),
        output_field=models.CharField(max_length=480),
        db_persist=True,
        verbose_name=_("规范名称"),
    )
    credit_code = models.CharField(  # noqa: DJ001 - unknown is null
        _("统一社会信用代码"),
        max_length=18,
        null=True,
        blank=True,
        validators=[validate_credit_code],
    )
    industry = models.CharField(_("所属行业"), max_length=80, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    contact_name = models.CharField(_("联系人"), max_length=40, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=30, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    objects = AccessQuerySet.as_manager()

    class Meta:
        ordering = ["region__path", "kind", "name", "pk"]
        verbose_name = verbose_name_plural = _("合作单位")
        constraints = [
            UniqueConstraint(fields=["id", "kind"], name="partner_id_kind"),
            UniqueConstraint(
                fields=["region", "normalized_name"],
                name="partner_name_once",
                violation_error_message=_("本地区已登记同名单位"),
            ),
            UniqueConstraint(
                fields=["region", "credit_code"],
                name="partner_credit_code_once",
                violation_error_message=_("本地区已登记该统一社会信用代码"),
            ),
            CheckConstraint(
                name="partner_credit_code_checks",
                condition=Q(credit_code__isnull=True) | checks_out("credit_code"),
                violation_error_message=_(
                    "统一社会信用代码不正确：应为 18 位，且校验位须相符"
                ),
            ),
            CheckConstraint(
                name="partner_known",
                condition=Q(kind__in=PartnerKind.values) & ~Q(normalized_name=""),
                violation_error_message=_("请选择类别并填写名称"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the page of the partner."""
        return reverse("schools:partner-detail", args=[self.pk])
