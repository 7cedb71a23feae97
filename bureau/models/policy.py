"""Policy documents and their clauses, each with a summary in plain words."""

from datetime import date
from functools import cache

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bureau.choices import Area, PolicyLevel, Priority
from bureau.data import rows
from bureau.models.region import Region
from bureau.querysets import RuleQuerySet


@cache
def shipped_documents() -> frozenset[str]:
    """Return the numbers of the documents that come with the product."""
    return frozenset(row["doc_no"] for row in rows("policies.csv"))


class PolicyDocument(models.Model):
    """A policy document: a basis in the issuing region and below, a template elsewhere.

    A document without a region is national and a basis everywhere.
    """

    doc_no = models.CharField(_("文号"), max_length=60, unique=True)
    title = models.CharField(_("标题"), max_length=200)
    issuer = models.CharField(_("发文机关"), max_length=100)
    issued_year = models.PositiveSmallIntegerField(_("发文年份"))
    issued_on = models.DateField(
        _("发文日期"), null=True, blank=True, help_text=_("原件未载明日期的留空")
    )
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        verbose_name=_("发文地区"),
        null=True,
        blank=True,
        related_name="policy_documents",
    )
    effective_on = models.DateField(_("施行日期"), null=True, blank=True)
    repealed_on = models.DateField(
        _("废止日期"), null=True, blank=True, help_text=_("仍然有效的不填")
    )
    level = models.CharField(_("层级"), max_length=10, choices=PolicyLevel.choices)
    clause_prefix = models.CharField(_("条款前缀"), max_length=10, unique=True)

    objects = RuleQuerySet.as_manager()
    region_lookup = "region"

    class Meta:
        ordering = ["issued_year", "doc_no"]
        verbose_name = verbose_name_plural = _("政策文件")
        constraints = [
            models.CheckConstraint(
                name="policy_repealed_after_it_took_effect",
                condition=models.Q(effective_on__isnull=True)
                | models.Q(repealed_on__isnull=True)
                | models.Q(repealed_on__gt=models.F("effective_on")),
                violation_error_message=_("废止日期须晚于施行日期"),
            )
        ]

    def __str__(self) -> str:
        return self.doc_no

    def get_absolute_url(self) -> str:
        """Return the list of the document's clauses."""
        return f"{reverse('bureau:clause-list')}?document={self.pk}"

    def is_basis_for(self, region: Region) -> bool:
        """Tell whether the document counts in the region, and is no mere template."""
        return self.region_id is None or self.region_id in region.lineage

    def in_force_on(self, day: date) -> bool:
        """Tell whether the document has taken effect by the day and still holds."""
        begun = self.effective_on is None or self.effective_on <= day
        return begun and (self.repealed_on is None or self.repealed_on > day)

    @property
    def is_shipped(self) -> bool:
        """Tell whether the product brings the document and keeps its clauses."""
        return self.doc_no in shipped_documents()


class PolicyClause(models.Model):
    """One clause: what it asks for in plain words, and what the product does for it."""

    document = models.ForeignKey(
        PolicyDocument,
        models.PROTECT,
        verbose_name=_("政策文件"),
        related_name="clauses",
    )
    clause_id = models.CharField(_("条款"), max_length=20, unique=True)
    position = models.PositiveSmallIntegerField(_("顺序"))
    area = models.CharField(_("主题"), max_length=12, choices=Area.choices)
    priority = models.CharField(_("落实要求"), max_length=1, choices=Priority.choices)
    kinds = models.CharField(_("落实方式"), max_length=20, blank=True)
    key_terms = models.TextField(_("关键词"), blank=True)
    summary = models.TextField(_("条款大意"))
    features = models.CharField(_("系统中的落实"), max_length=200, blank=True)
    meaning_en = models.TextField(_("英文大意"), blank=True)

    objects = RuleQuerySet.as_manager()
    region_lookup = "document__region"

    class Meta:
        ordering = ["document", "position"]
        verbose_name = verbose_name_plural = _("政策条款")
        constraints = [
            models.CheckConstraint(
                name="clause_has_summary", condition=~models.Q(summary="")
            ),
        ]

    def __str__(self) -> str:
        return self.clause_id

    def get_absolute_url(self) -> str:
        """Return the page of the clause."""
        return reverse("bureau:clause-detail", args=[self.clause_id])
