"""Homes by role, the inbox, search, the calendar, notifications and notices."""

from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from bureau.models import Region
from core.days import today
from core.models import Notification, Objection, Publicity
from core.registries import search
from core.standing import Standing, standing_of
from core.views.page import SIGNED_IN, Page
from portal.figures import KIND_OF_SCOPE, REGION_SCOPE, figures_for
from portal.waiting import due_for, waiting_for

SHOWN_DUE = 6
AHEAD = timedelta(days=120)


def _region_of(standing: Standing | None) -> Region | None:
    if standing and standing.scope == REGION_SCOPE:
        return Region.objects.filter(pk=standing.scope_id).first()
    return None


class HomePage(Page):
    """What is due, what waits for me, my figures – for the place I stand in."""

    permission = SIGNED_IN
    title = gettext_lazy("首页")
    template_name = "portal/home.html"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Draw the home of the user's standing."""
        standing = standing_of(request)
        context = self.get_context_data(
            standing=standing,
            waiting=waiting_for(request.user),
            has_figures=bool(standing and standing.scope in KIND_OF_SCOPE),
            due=due_for(request.user)[:SHOWN_DUE],
        )
        return TemplateResponse(request, self.template_name, context)


class FiguresPage(Page):
    """My figures: a part of the home that comes by itself, and a page without it."""

    permission = SIGNED_IN
    title = gettext_lazy("主要数据")
    template_name = "portal/figures.html"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Work the figures out for the place the user stands in."""
        standing = standing_of(request)
        figures = []
        if standing and standing.scope_id:
            figures = figures_for(
                request.user, standing.scope, standing.scope_id, _region_of(standing)
            )
        part = "#tiles" if request.htmx else ""  # type: ignore[attr-defined]
        context = self.get_context_data(figures=figures)
        return TemplateResponse(request, f"{self.template_name}{part}", context)


class InboxPage(Page):
    """Everything that waits for me, and what I wait for."""

    permission = SIGNED_IN
    title = gettext_lazy("待办")
    template_name = "portal/inbox.html"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """List both halves; an empty inbox shows the next deadline."""
        context = self.get_context_data(
            waiting=waiting_for(request.user), due=due_for(request.user)[:1]
        )
        return TemplateResponse(request, self.template_name, context)


class SearchPage(Page):
    """Find schools, groups, cases and documents that the user may know of."""

    permission = SIGNED_IN
    title = gettext_lazy("搜索")
    template_name = "portal/search.html"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Ask every registered source."""
        words = request.GET.get("q", "").strip()[:60]
        found = []
        if words:
            found = [
                h for source in search.values() for h in source(request.user, words)
            ]
        found.sort(key=lambda hit: hit.kind)
        kinds = [(kind, list(hits)) for kind, hits in groupby(found, lambda h: h.kind)]
        context = self.get_context_data(words=words, kinds=kinds, count=len(found))
        return TemplateResponse(request, self.template_name, context)


class CalendarPage(Page):
    """The days by which something is due, month by month."""

    permission = SIGNED_IN
    title = gettext_lazy("日程")
    template_name = "portal/calendar.html"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Group the open deadlines by month."""
        until = today() + AHEAD
        due = [item for item in due_for(request.user) if item.due <= until]

        def month(item: Any) -> date:
            return item.due.replace(day=1)

        months = [(m, list(items)) for m, items in groupby(due, month)]
        context = self.get_context_data(months=months)
        return TemplateResponse(request, self.template_name, context)


class NotificationsPage(Page):
    """What I was told, unread first."""

    permission = SIGNED_IN
    title = gettext_lazy("通知")
    template_name = "portal/notifications.html"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """List the latest hundred."""
        rows = Notification.objects.filter(user=request.user)
        listed = sorted(rows[:100], key=lambda n: n.read_at is not None)
        context = self.get_context_data(notifications=listed)
        return TemplateResponse(request, self.template_name, context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Mark all as read."""
        Notification.objects.filter(user=request.user, read_at__isnull=True).update(
            read_at=timezone.now()
        )
        messages.success(request, _("已全部标为已读"))
        return redirect("portal:notifications")


class NotificationOpen(Page):
    """Mark one notification as read and go where it points."""

    permission = SIGNED_IN

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Follow the link of one's own notification."""
        note = get_object_or_404(Notification, pk=pk, user=request.user)
        if note.read_at is None:
            note.read_at = timezone.now()
            note.save(update_fields=["read_at"])
        return redirect(note.url or "portal:notifications")


class ObjectionForm(forms.ModelForm):
    """An objection to a public notice."""

    class Meta:
        model = Objection
        fields = ["text", "contact"]
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "contact": gettext_lazy("可不填；填写后便于我们向您反馈处理结果"),
        }


@method_decorator(login_not_required, name="dispatch")
class PublicityListPage(View):
    """The notices being shown to the public today."""

    permission = "*public*"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """List the notices that have begun and not ended."""
        context = {"title": _("公示"), "notices": Publicity.objects.showing()}
        return TemplateResponse(request, "portal/publicity_list.html", context)


@method_decorator(login_not_required, name="dispatch")
class PublicityPage(View):
    """One notice with the form for an objection; an ended notice is 404."""

    permission = "*public*"

    def _notice(self, pk: int) -> Publicity:
        notice = Publicity.objects.showing().filter(pk=pk).first()
        if notice is None:
            raise Http404(_("该公示不存在或公示期已结束"))
        return notice

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Show the notice."""
        return self._page(request, self._notice(pk), ObjectionForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Take an objection."""
        notice = self._notice(pk)
        form = ObjectionForm(request.POST, instance=Objection(publicity=notice))
        if form.is_valid():
            form.save()
            messages.success(request, _("异议已收到，公示期内会有专人核查"))
            return redirect("portal:publicity-detail", pk=pk)
        return self._page(request, notice, form)

    def _page(
        self, request: HttpRequest, notice: Publicity, form: Any
    ) -> HttpResponseBase:
        context = {"title": notice.title, "notice": notice, "form": form}
        return TemplateResponse(request, "portal/publicity_detail.html", context)
