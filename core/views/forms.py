"""Create and change one row, with drafts kept while typing."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.forms.models import BaseModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import FormMixin
from core.models import FormDraft
from core.templatetags.formats import clock
from core.transitions import Effects, MoveRefused
from core.verdict import ALLOWED, Denied, Verdict
from core.views.detail import ObjectMixin
from core.views.page import SIGNED_IN, Page

DRAFT_LIMIT = 200_000
NEVER_KEPT = ("csrfmiddlewaretoken", "password", "password1", "password2")


class FormPage(ObjectMixin, Page):
    """Creates a row, or changes the one named by ``pk`` in the URL.

    Without ``service`` the form saves itself. With it, ``service(by=user, **cleaned)``
    creates and ``service(obj, by=user, **cleaned)`` changes; it returns the object.
    """

    template_name = "generic/form.html"
    form_class: type[BaseForm]
    service: Callable[..., Any] | None = None
    submit_label: Any = gettext_lazy("保存")
    autosave = False
    shows_section_nav = False

    @property
    def is_new(self) -> bool:
        """Whether the page creates."""
        return "pk" not in self.kwargs

    @cached_property
    def object(self) -> Any:
        """The row being changed, None while creating."""
        return None if self.is_new else self.fetch_object()

    def get_title(self) -> Any:
        """Return what is being made or changed."""
        if self.title:
            return self.title
        verb = _("新建%s") if self.is_new else _("修改%s")
        return verb % self.model._meta.verbose_name

    def get_form_kwargs(self) -> dict[str, Any]:
        """Return the form's arguments besides data."""
        kwargs: dict[str, Any] = {}
        if issubclass(self.form_class, FormMixin):
            kwargs["user"] = self.request.user
        if issubclass(self.form_class, BaseModelForm):
            kwargs["instance"] = self.object
        return kwargs

    def get_form(self, data: Any = None, files: Any = None) -> BaseForm:
        """Return the form, first values taken from the draft when there is one."""
        kwargs = self.get_form_kwargs()
        if data is None and self.draft:
            kwargs["initial"] = {**(kwargs.get("initial") or {}), **_first_values(self)}
        return self.form_class(data, files, **kwargs)

    def get_effects(self, form: BaseForm) -> Effects:
        """Tell what saving will do (shown above the button)."""
        return Effects()

    def back_url(self) -> str:
        """Return where 取消 leads."""
        if self.object is not None:
            return str(self.object.get_absolute_url())
        return self.request.GET.get("back", "") if _is_local(self.request) else "/"

    @cached_property
    def draft(self) -> FormDraft | None:
        """What the user had typed before, when the page keeps drafts."""
        if not self.autosave:
            return None
        return FormDraft.objects.filter(
            user=self.request.user, page=self.request.path
        ).first()

    def verdict(self) -> Verdict:
        """Tell whether filling the form in can lead anywhere; override to ask first."""
        return ALLOWED

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Draw the form, or lead back and say why it would be refused."""
        verdict = self.verdict()
        if isinstance(verdict, Denied):
            return self.turned_away(verdict)
        return self._answer(self.get_form())

    def turned_away(self, verdict: Denied) -> HttpResponseBase:
        """Lead back to the object with the reason; override where nothing may be read.

        For what the state of the object forbids: who has no right at all gets 403.
        """
        messages.warning(self.request, verdict.message)
        return HttpResponseRedirect(self.object.get_absolute_url())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Save, or come back with every error named."""
        if "discard_draft" in request.POST:
            return self._discard()
        form = self.get_form(request.POST, request.FILES)
        if not form.is_valid():
            return self._answer(form)
        try:
            saved = self.save(form)
        except MoveRefused as refusal:
            form.add_error(None, refusal.verdict.message)
            return self._answer(form)
        except ValidationError as error:
            _add_errors(form, error)
            return self._answer(form)
        FormDraft.objects.filter(user=self.request.user, page=request.path).delete()
        messages.success(request, self.success_message(saved))
        return HttpResponseRedirect(self.success_url(saved))

    def save(self, form: BaseForm) -> Any:
        """Call the service, or let the form save itself."""
        service = type(self).service
        if service is None:
            return form.save()  # type: ignore[attr-defined]
        subject = () if self.is_new else (self.object,)
        return service(*subject, by=self.request.user, **form.cleaned_data)

    def success_message(self, saved: Any) -> str:
        """Say what was done."""
        return _("已保存：%(name)s") % {"name": saved}

    def success_url(self, saved: Any) -> str:
        """Return the saved object's page."""
        return str(saved.get_absolute_url())

    def _discard(self) -> HttpResponseBase:
        FormDraft.objects.filter(
            user=self.request.user, page=self.request.path
        ).delete()
        return HttpResponseRedirect(self.request.get_full_path())

    def _answer(self, form: BaseForm) -> HttpResponseBase:
        context = self.get_context_data(
            form=form,
            object=self.object,
            effects=self.get_effects(form),
            submit_label=self.submit_label,
            back_url=self.back_url(),
            draft=self.draft if not form.is_bound else None,
            autosave=self.autosave,
            shows_section_nav=self.shows_section_nav,
        )
        return TemplateResponse(self.request, self.template_name, context)


def _first_values(page: FormPage) -> dict[str, Any]:
    data = page.draft.data if page.draft else {}
    many = {
        n
        for n, f in page.form_class.base_fields.items()  # type: ignore[attr-defined]
        if getattr(f.widget, "allow_multiple_selected", False)
    }
    return {n: v if n in many else v[-1] for n, v in data.items() if v}


def _add_errors(form: BaseForm, error: ValidationError) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, problems in error.error_dict.items():
        form.add_error(name if name in form.fields else None, problems)


def _is_local(request: HttpRequest) -> bool:
    back = request.GET.get("back", "")
    return back.startswith("/") and not back.startswith(("//", "/\\"))


class DraftSave(Page):
    """Keeps what is typed into a form; answers with the time in words."""

    permission = SIGNED_IN

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Keep the draft of the page named by ``draft_page``."""
        page = request.POST.get("draft_page", "")[:200]
        kept = {
            key: request.POST.getlist(key)
            for key in request.POST
            if key not in NEVER_KEPT and key != "draft_page"
        }
        if (
            not page.startswith("/")
            or sum(len(str(v)) for v in kept.values()) > DRAFT_LIMIT
        ):
            return HttpResponse(_("草稿过长，请尽快保存"), status=413)
        draft, _created = FormDraft.objects.update_or_create(
            user=self.request.user, page=page, defaults={"data": kept}
        )
        return HttpResponse(format_html(_("已保存 {}"), clock(draft.saved_at)))
