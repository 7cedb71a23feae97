"""Forms of sources and bundles."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from bureau.forms import RegionChoice, regions_for
from bureau.models import Region
from core.forms import Form
from roster.bundles.receiving import MAX_MB
from roster.models import Source
from roster.models.source import CODE
from roster.permissions import ADD, CHANGE_SOURCE, VIEW


class SourceForm(Form):
    """A new sending system."""

    name = forms.CharField(
        label=_("名称"), max_length=100, help_text=_("写系统名称，如“学籍管理系统”")
    )
    code = forms.CharField(
        label=_("代码"),
        max_length=40,
        validators=[RegexValidator(CODE, _("请用小写字母、数字和连字符，字母开头"))],
        help_text=_("小写字母、数字和连字符，登记后不能改"),
    )
    region = RegionChoice(queryset=Region.objects.none(), label=_("地区"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions_for(self.user, CHANGE_SOURCE)


class ExportForm(Form):
    """What of a region's roster to take out, and why."""

    region = RegionChoice(queryset=Region.objects.none(), label=_("地区"))
    since = forms.DateField(
        label=_("只要此日以来的变化"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("不填则导出全部"),
    )
    reason = forms.CharField(label=_("事由"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions_for(self.user, VIEW)


class BundleForm(Form):
    """A bundle brought by a person."""

    source = forms.ModelChoiceField(queryset=Source.objects.none(), label=_("来源"))
    file = forms.FileField(
        label=_("数据包"),
        help_text=_("OneRoster CSV 1.1 或 1.2 的 zip 文件，最多 %s MB") % MAX_MB,
        widget=forms.ClearableFileInput(attrs={"accept": ".zip"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Source.objects.visible_to(self.user, ADD).filter(paused_at=None)
        self.fields["source"].queryset = rows.order_by("name")

    def clean_file(self) -> Any:
        """Refuse what is too large to be read."""
        found = self.cleaned_data["file"]
        if found.size > MAX_MB * 1024 * 1024:
            raise forms.ValidationError(_("文件超过 %s MB") % MAX_MB)
        return found
