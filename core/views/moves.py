"""Before you press it: one page for every move, and the POST that makes it."""

from collections.abc import Callable, Mapping
from functools import cached_property
from importlib import import_module
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from core.forms import ReasonForm
from core.transitions import Effects, Move, MoveRefused, effects_of, table_of
from core.verdict import Denied, Verdict
from core.views.detail import ObjectMixin
from core.views.page import Crumb, Page

Verb = Callable[..., Any]


def verb_of(obj: Any, name: str) -> Verb:
    """Return the service that makes a move: ``<app>.services.MOVES[model][name]``."""
    meta = obj._meta
    table = import_module(f"{meta.app_config.name}.services").MOVES
    for key in (meta.label_lower, meta.label, meta.model_name, meta.object_name):
        if isinstance(table.get(key), Mapping):
            table = table[key]
            break
    verb: Verb = table[name]
    return verb


def _all_valid(forms: list[BaseForm]) -> bool:
    """Check every form, so that all errors are shown at once."""
    answers = [form.is_valid() for form in forms]
    return all(answers)


class MovePage(ObjectMixin, Page):
    """Shows what a move will do, asks for what it needs, and makes it on POST.

    URL arguments: ``pk`` and ``move``. ``form_classes`` maps a move to a form whose
    cleaned data goes to the service. ``permission`` is that of seeing the object;
    who may move is answered by the move's own ``can``.
    """

    template_name = "generic/confirm.html"
    form_classes: Mapping[str, type[BaseForm]] = {}

    @cached_property
    def move(self) -> Move:
        """The move asked for; an unknown one is 404."""
        moves = table_of(self.model).moves
        found = moves.get(self.kwargs["move"])
        if found is None or found.by_system:
            raise Http404(_("没有这项办理。"))
        return found

    def get_title(self) -> Any:
        """Return verb and object."""
        return _("%(verb)s：%(name)s") % {"verb": self.move.label, "name": self.object}

    def get_crumbs(self) -> list[Crumb]:
        """Return the way back to the object."""
        return [Crumb(str(self.object), self.back_url())]

    def get_crumb_title(self) -> Any:
        """Return the verb alone: the object stands before it in the path."""
        return self.move.label

    def back_url(self) -> str:
        """Return the object's page."""
        return str(self.object.get_absolute_url())

    def get_verb(self) -> Verb:
        """Return the service of this move."""
        return verb_of(self.object, self.kwargs["move"])

    def verdict(self) -> Verdict:
        """Answer whether this user may make the move now."""
        if self.request.is_past:
            return Denied(
                _("正在查看过去某一天的情况，不能办理"), "", _("请先回到今天")
            )
        if self.object.state not in self.move.from_states:
            return Denied(
                _("未能%(label)s：当前状态是“%(state)s”")
                % {"label": self.move.label, "state": self.object.get_state_display()},
                self.move.clause,
                _("请返回查看最新进展"),
            )
        return self.move.can(self.request.user, self.object)

    def effects(self) -> Effects:
        """Tell what the move would do."""
        return effects_of(self.request.user, self.object, self.kwargs["move"])

    def needs_reason(self) -> bool:
        """Tell whether a reason must be written: by the move, or for a red warning."""
        if self.move.needs_reason:
            return True
        return any(level == "red" for level, _text in self.current_effects.warnings)

    @cached_property
    def current_effects(self) -> Effects:
        """The effects, worked out once."""
        return self.effects()

    def get_form_kwargs(self) -> dict[str, Any]:
        """Return further arguments of the move's form."""
        return {"user": self.request.user}

    def _forms(self, data: Any = None, files: Any = None) -> list[BaseForm]:
        found = []
        form_class = self.form_classes.get(self.kwargs["move"])
        if form_class:
            found.append(form_class(data, files, **self.get_form_kwargs()))
        if self.needs_reason():
            found.append(ReasonForm(data))
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the confirm panel, or why the move is refused."""
        verdict = self.verdict()
        if not verdict:
            return self._answer([], refusal=verdict, status=403)
        return self._answer(self._forms())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Make the move; a refusal comes back in four parts, nothing typed is lost."""
        verdict = self.verdict()
        if not verdict:
            return self._answer([], refusal=verdict, status=403)
        forms = self._forms(request.POST, request.FILES)
        if not _all_valid(forms):
            return self._answer(forms)
        try:
            done = self._perform(forms)
        except MoveRefused as refusal:
            return self._answer(forms, refusal=refusal.verdict, status=403)
        except ValidationError as error:
            return self._answer(forms, problems=error.messages)
        messages.success(request, self.success_message(done))
        return HttpResponseRedirect(self.success_url(done))

    def _perform(self, forms: list[BaseForm]) -> Any:
        extra: dict[str, Any] = {}
        for form in forms:
            extra.update(form.cleaned_data)
        return self.get_verb()(self.object, by=self.request.user, **extra)

    def success_message(self, done: Any) -> str:
        """Say what was done."""
        return _("已%(verb)s：%(name)s") % {
            "verb": self.move.label,
            "name": done or self.object,
        }

    def success_url(self, done: Any) -> str:
        """Return where to go afterwards."""
        return self.back_url()

    def _answer(
        self,
        forms: list[BaseForm],
        *,
        refusal: Verdict | None = None,
        problems: list[str] | None = None,
        status: int = 200,
    ) -> HttpResponseBase:
        context = self.get_context_data(
            object=self.object,
            move=self.move,
            effects=Effects() if refusal else self.current_effects,
            forms=forms,
            refusal=refusal,
            problems=problems or [],
            back_url=self.back_url(),
            is_multipart=any(form.is_multipart() for form in forms),
        )
        return TemplateResponse(
            self.request, self.template_name, context, status=status
        )
