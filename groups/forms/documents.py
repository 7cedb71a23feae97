"""Forms of charters, plans and other papers; the sections follow the kind."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.models import AcademicYear
from core.forms import Form, Section
from groups.choices import DocumentKind
from groups.forms.fields import DayField
from groups.models import Document
from groups.sections import sections_of

DATED = (DocumentKind.DEVELOPMENT_PLAN, DocumentKind.AGREEMENT)


class DocumentForm(Form):
    """Title, period, sections and file of one document."""

    title = forms.CharField(label=gettext_lazy("标题"), max_length=200)
    document_number = forms.CharField(
        label=gettext_lazy("文号"), max_length=100, required=False
    )
    file = forms.FileField(
        label=gettext_lazy("文件"),
        required=False,
        help_text=gettext_lazy("可以只上传文件，也可以只填写正文。"),
    )

    def __init__(
        self,
        *args: Any,
        kind: str,
        document: Document | None = None,
        **kwargs: Any,
    ) -> None:
        self.kind, self.document = kind, document
        self.Meta = _meta_of(kind)
        super().__init__(*args, **kwargs)
        self.fields.update(_fields_of(kind))
        self._show(document)
        self._dress_fields()

    def _show(self, document: Document | None) -> None:
        self.fields["title"].initial = DocumentKind(self.kind).label
        if document is None:
            return
        for name in ("title", "document_number", "valid_from", "valid_to", "year"):
            if name in self.fields:
                self.fields[name].initial = getattr(document, name)
        for code, text in document.sections.items():
            if f"section_{code}" in self.fields:
                self.fields[f"section_{code}"].initial = text

    def clean(self) -> dict[str, Any]:
        """Gather the sections."""
        data = super().clean() or {}
        data["sections"] = {
            code: data.pop(f"section_{code}", "")
            for code, _title, _help in sections_of(self.kind)
        }
        return data


def _meta_of(kind: str) -> type:
    head = ["title", "document_number"]
    if kind in DATED:
        head += ["valid_from", "valid_to"]
    if kind == DocumentKind.WORK_PLAN:
        head.append("year")
    texts = tuple(f"section_{code}" for code, _title, _help in sections_of(kind))
    sections = (
        Section(_("基本信息"), (*head, "file")),
        Section(_("正文"), texts),
    )
    return type("Meta", (), {"sections": sections, "clauses": {}, "units": {}})


def _fields_of(kind: str) -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {
        f"section_{code}": forms.CharField(
            label=title,
            help_text=text,
            required=False,
            max_length=20_000,
            widget=forms.Textarea(attrs={"rows": 5}),
        )
        for code, title, text in sections_of(kind)
    }
    if kind in DATED:
        fields["valid_from"] = DayField(label=_("起始日期"))
        fields["valid_to"] = DayField(
            label=_("终止日期（不含）"),
            help_text=_("规划期为三至五年，写到期满次日。"),
        )
    if kind == DocumentKind.WORK_PLAN:
        fields["year"] = forms.ModelChoiceField(
            label=_("学年"), queryset=AcademicYear.objects.all()
        )
    return fields


class FilingForm(Form):
    """The day on which a filed document takes effect."""

    valid_from = DayField(
        label=gettext_lazy("生效日期"),
        required=False,
        help_text=gettext_lazy("不填则自今天起生效；规划和计划按其起始日期。"),
    )
