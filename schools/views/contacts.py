"""Pages on which a school keeps whom to speak to."""

from typing import Any

from django.contrib import messages
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from core.transitions import Effects
from schools.forms_places import ContactForm
from schools.models import SchoolContact
from schools.services import add_contact, change_contact
from schools.views.places import OfSchoolPage

hides_person = method_decorator(
    sensitive_post_parameters("name", "phone", "email"), name="dispatch"
)
"""Keeps what was typed out of error reports."""


class _ContactPage(OfSchoolPage):
    """Says who will see what is entered."""

    model, permission = SchoolContact, "schools.change_schoolcontact"
    form_class = ContactForm

    def get_effects(self, form: Any) -> Effects:
        """Say who sees phone and e-mail whole."""
        return Effects(
            immediately=[
                _("电话和邮箱只有本校和主管部门看得到全部，其他人看到的是打星号的"),
                _("不进入修改历史、导出文件和对外接口；勾选主要联系人后原来的改为普通"),
            ]
        )


@hides_person
class ContactCreatePage(_ContactPage):
    """Enter a person to speak to."""

    service = staticmethod(add_contact)
    adds = True
    title = gettext_lazy("登记联系人")
    submit_label = gettext_lazy("登记")


@hides_person
class ContactEditPage(_ContactPage):
    """Correct a person to speak to, or take one off."""

    service = staticmethod(change_contact)
    title = gettext_lazy("修改联系人")

    def save(self, form: Any) -> Any:
        """Say when somebody was taken off."""
        saved = super().save(form)
        if form.cleaned_data.get("is_gone"):
            messages.success(self.request, _("已删除这位联系人。"))
        return saved
