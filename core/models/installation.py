"""What this installation is; set once."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _


class Installation(models.Model):
    """The one row that says for whom the installation runs and whether it is a demo."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    region_code = models.CharField(_("行政区划代码"), max_length=12)
    is_demo = models.BooleanField(_("演示数据"), default=False)
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("安装信息")
        constraints = [
            models.CheckConstraint(
                name="installation_only_one", condition=models.Q(id=1)
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="set_once", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return self.region_code

    @classmethod
    def current(cls) -> "Installation | None":
        """Return the row, or None before the installation was set up."""
        return cls.objects.first()
