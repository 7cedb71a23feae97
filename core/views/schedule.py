"""What runs by itself and when: a list for administrators, and a form to change it."""

from functools import cached_property
from typing import Any

from django import forms
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_celery_beat.models import PeriodicTask

from core.forms import Form
from core.schedule import change_entry, time_of, words_of
from core.transitions import Effects
from core.views.forms import FormPage
from core.views.page import Crumb, Page

TITLE = gettext_lazy("定时任务")
LEAST, MOST = 10, 86_400


def entries() -> Any:
    """Return the entries of this installation, not those of the scheduler itself."""
    rows = PeriodicTask.objects.exclude(task__startswith="celery.")
    return rows.select_related("crontab", "interval").order_by("name")


class ScheduleForm(Form):
    """Whether an entry runs, and when."""

    enabled = forms.BooleanField(label=gettext_lazy("启用"), required=False)
    at = forms.TimeField(
        label=gettext_lazy("每天几点"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    seconds = forms.IntegerField(
        label=gettext_lazy("间隔"), min_value=LEAST, max_value=MOST
    )

    class Meta:
        units = {"seconds": gettext_lazy("秒")}

    def __init__(self, *args: Any, entry: PeriodicTask, **kwargs: Any) -> None:
        at = time_of(entry)
        first = {"enabled": entry.enabled, "at": at}
        if entry.interval:
            first["seconds"] = entry.interval.every
        kwargs["initial"] = {**first, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        del self.fields["seconds" if at else "at"]


class SchedulePage(Page):
    """Everything that runs by itself."""

    permission = "django_celery_beat.view_periodictask"
    title = TITLE
    template_name = "core/schedule.html"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """List the entries with their last run."""
        rows = [{"entry": entry, "plan": words_of(entry)} for entry in entries()]
        context = self.get_context_data(rows=rows)
        return TemplateResponse(request, self.template_name, context)


class ScheduleChangePage(FormPage):
    """One entry: on or off, and when."""

    permission = "django_celery_beat.change_periodictask"
    form_class = ScheduleForm
    service = staticmethod(change_entry)

    @cached_property
    def object(self) -> PeriodicTask:
        """The entry named in the address."""
        found = entries().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404(_("没有找到该定时任务。"))
        return found

    def get_title(self) -> str:
        """Name the entry."""
        return _("调整：%(name)s") % {"name": self.object.name}

    def get_crumbs(self) -> list[Crumb]:
        """Return the way back to the list."""
        return [Crumb(TITLE, self.back_url())]

    def get_form_kwargs(self) -> dict[str, Any]:
        """Hand the entry on."""
        return {**super().get_form_kwargs(), "entry": self.object}

    def get_effects(self, form: Any) -> Effects:
        """Tell that the scheduler follows within seconds."""
        return Effects(immediately=[_("几秒后按新的时间运行，停用后不再自动运行")])

    def back_url(self) -> str:
        """Return the list."""
        return reverse("core:schedule")

    def success_message(self, saved: PeriodicTask) -> str:
        """Say what holds now."""
        if not saved.enabled:
            return _("已停用：%(name)s") % {"name": saved.name}
        words = {"name": saved.name, "plan": words_of(saved)}
        return _("已保存：%(name)s，%(plan)s") % words

    def success_url(self, saved: PeriodicTask) -> str:
        """Return to the list."""
        return self.back_url()
