"""The consent or opinion of an organisation on anything."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models.subject import AboutSubject, SubjectQuerySet


class Opinion(AboutSubject):
    """What one organisation decided about one subject, by which body, on which day."""

    class Kind(models.TextChoices):
        CONSENT = "CONSENT", _("成员学校意见")
        OPINION = "OPINION", _("部门意见")

    class Verdict(models.TextChoices):
        AGREE = "AGREE", _("同意")
        CONDITIONAL = "CONDITIONAL", _("有条件同意")
        DISAGREE = "DISAGREE", _("不同意")

    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices)
    unit_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    unit_id = models.BigIntegerField()
    unit = GenericForeignKey("unit_type", "unit_id")
    unit_label = models.CharField(_("单位"), max_length=200)
    deciding_body = models.CharField(_("决定机构"), max_length=120, blank=True)
    decided_on = models.DateField(_("决定日期"))
    verdict = models.CharField(_("意见"), max_length=12, choices=Verdict.choices)
    votes_for = models.PositiveIntegerField(_("赞成票"), null=True, blank=True)
    votes_against = models.PositiveIntegerField(_("反对票"), null=True, blank=True)
    votes_abstained = models.PositiveIntegerField(_("弃权票"), null=True, blank=True)
    text = models.TextField(_("说明"), blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField(_("登记时间"), auto_now_add=True)

    objects = SubjectQuerySet.as_manager()

    class Meta(AboutSubject.Meta):
        ordering = ["pk"]
        verbose_name = verbose_name_plural = _("单位意见")
        constraints = [
            models.UniqueConstraint(
                name="opinion_once",
                fields=["subject_type", "subject_id", "unit_type", "unit_id", "kind"],
                violation_error_message=_("该单位已就此事提交过意见"),
            ),
            models.CheckConstraint(
                name="opinion_refusal_has_text",
                condition=Q(verdict="AGREE") | ~Q(text=""),
                violation_error_message=_("不同意或有条件同意时请写明理由或条件"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_label}：{self.get_verdict_display()}"
