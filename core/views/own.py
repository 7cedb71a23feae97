"""What a person keeps: saved views, where one stands, the count of the inbox."""

from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from core.models import SavedView
from core.registries import InboxSource, inbox
from core.standing import SESSION_KEY, standings_of
from core.views.page import SIGNED_IN, Page

MAX_VIEWS = 12
COUNT_SECONDS = 30


def safe_back(request: HttpRequest, fallback: str = "/") -> str:
    """Return the address asked for in ``back`` when it is on this site."""
    back = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        return back
    return fallback


class SavedViewCreate(Page):
    """Keeps the present filter of a list as a tab."""

    permission = SIGNED_IN

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Keep it under the name given."""
        name = request.POST.get("name", "").strip()[:30]
        page = request.POST.get("page", "")[:120]
        query = request.POST.get("query", "")[:1000]
        problem = self._problem(name, page, query)
        if not problem:
            problem = self._keep(name, page, query)
        if problem:
            messages.error(request, problem)
        else:
            messages.success(request, _("已保存视图“%s”。") % name)
        return HttpResponseRedirect(safe_back(request))

    def _problem(self, name: str, page: str, query: str) -> str:
        if not name:
            return _("未能保存视图：请填写名称。")
        if not page or not query:
            return _("未能保存视图：请先设置筛选条件。")
        if (
            SavedView.objects.filter(user=self.request.user, page=page).count()
            >= MAX_VIEWS
        ):
            return (
                _("未能保存视图：每个列表最多保存 %d 个，请先删除不用的。") % MAX_VIEWS
            )
        return ""

    def _keep(self, name: str, page: str, query: str) -> str:
        try:
            with transaction.atomic():
                SavedView.objects.create(
                    user=self.request.user, page=page, name=name, query=query
                )
        except IntegrityError:
            return _("未能保存视图：已有同名视图“%s”，请换一个名称。") % name
        return ""


class SavedViewDelete(Page):
    """Removes one of the user's own saved views."""

    permission = SIGNED_IN

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Remove it; another person's is 404."""
        view = get_object_or_404(SavedView, pk=kwargs["pk"], user=self.request.user)
        view.delete()
        messages.info(request, _("已删除视图“%s”。") % view.name)
        return HttpResponseRedirect(safe_back(request))


class StandingSwitch(Page):
    """Chooses where the user stands."""

    permission = SIGNED_IN

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Keep the choice in the session when it is one of the user's own."""
        key = request.POST.get("standing", "")
        if key in {s.key for s in standings_of(request.user)}:
            request.session[SESSION_KEY] = key
        return HttpResponseRedirect("/")


def waiting_count(user: Any) -> int:
    """Return how many things wait for a user (kept for half a minute)."""
    key = f"inbox-count:{user.pk}"
    kept = cache.get(key)
    if kept is None:
        kept = sum(_count(source, user) for source in inbox.values())
        cache.set(key, kept, COUNT_SECONDS)
    return int(kept)


def _count(source: InboxSource, user: Any) -> int:
    return source.count(user) if source.count else len(source.waiting(user))


class InboxCount(Page):
    """The number beside 待办, asked for by the page after it is drawn."""

    permission = SIGNED_IN

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer with the mark, or with nothing when nothing waits."""
        count = waiting_count(request.user)
        if not count:
            return HttpResponse("")
        shown = str(count) if count < 100 else "99+"
        words = _("%d 项待办") % count
        return HttpResponse(
            format_html(
                '<span class="count" aria-hidden="true">{}</span>'
                '<span class="sr-only">{}</span>',
                shown,
                words,
            )
        )
