"""The enterprises, institutes and associations that work with a group."""

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.constraints import CarriedKey, NoOverlap
from core.models import DatedModel
from core.querysets import DatedQuerySet
from groups.models.group import EducationGroup
from schools.choices import PartnerKind


@pghistory.track(
    pghistory.UpdateEvent(row=pghistory.Old, condition=None), pghistory.DeleteEvent()
)
class Partnership(DatedModel):
    """A partner's part in a group for a span of days; no school and no member.

    ``partner_kind`` is carried from the partner, so that a vocational alliance can be
    asked for each kind its mode needs (BN-4.1.3a).
    """

    group = models.ForeignKey(
        EducationGroup,
        models.PROTECT,
        verbose_name=_("集团"),
        related_name="partnerships",
    )
    partner = models.ForeignKey(
        "schools.Partner",
        models.PROTECT,
        verbose_name=_("合作单位"),
        related_name="partnerships",
    )
    partner_kind = models.CharField(
        _("类别"), max_length=20, choices=PartnerKind.choices, editable=False
    )
    document_no = models.CharField(_("协议文号"), max_length=80, blank=True)
    ended_because = models.CharField(_("终止原因"), max_length=200, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta(DatedModel.Meta):
        ordering = ["group", "valid_from", "pk"]
        verbose_name = verbose_name_plural = _("合作关系")
        constraints = [
            *DatedModel.Meta.constraints,
            NoOverlap(
                name="partnership_once_a_day",
                fields=["group", "partner"],
                violation_error_message=_("该单位在此期间已与本集团合作"),
            ),
            CarriedKey(
                name="partnership_carries_kind",
                fields=["partner", "partner_kind"],
                to="schools.Partner",
                to_fields=["id", "kind"],
            ),
        ]

    def __str__(self) -> str:
        return str(self.partner)

    def get_absolute_url(self) -> str:
        """Return the page of the group."""
        return self.group.get_absolute_url()
