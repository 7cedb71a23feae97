"""Pages on which a bureau keeps what quality monitoring says of its schools."""

from typing import Any

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.transitions import Effects
from schools.forms_places import QualityForm
from schools.models import QualityResult
from schools.services import add_quality, change_quality
from schools.views.places import OfSchoolPage


class _QualityPage(OfSchoolPage):
    """Says that nobody outside the bureau will see what is entered."""

    model, permission = QualityResult, "schools.change_qualityresult"
    form_class = QualityForm

    def get_effects(self, form: Any) -> Effects:
        """Say who sees the figures and what they are for."""
        return Effects(
            immediately=[
                _("仅供主管部门内部使用：不公布、不导出、不向其他系统提供，不用于排名"),
                _("办理记录只写学年、学段和学科，不写分数"),
            ]
        )


class QualityCreatePage(_QualityPage):
    """Enter the result of one subject."""

    service = staticmethod(add_quality)
    adds = True
    title = gettext_lazy("登记质量监测结果")
    submit_label = gettext_lazy("登记")


class QualityEditPage(_QualityPage):
    """Correct a result, or take it off."""

    service = staticmethod(change_quality)
    title = gettext_lazy("修改质量监测结果")

    def save(self, form: Any) -> Any:
        """Say when a result was taken off."""
        saved = super().save(form)
        if form.cleaned_data.get("is_gone"):
            messages.success(self.request, _("已删除这条结果。"))
        return saved
