"""Long work in a page: what is being done, how far, what is left, the result."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import reach_condition
from core.jobs import cancel
from core.models import Job
from core.tables import (
    Column,
    MomentColumn,
    NameColumn,
    NumberColumn,
    StateColumn,
    Table,
)
from core.views.detail import ObjectMixin
from core.views.listing import Empty, ListPage
from core.views.page import Crumb, Page

LAST_LINES = 8


def own_jobs(user: Any) -> QuerySet[Job]:
    """Return the jobs a user started, and those the user's grants reach."""
    return Job.objects.filter(Q(by=user) | reach_condition(Job, user, "core.view_job"))


def seconds_left(job: Job) -> float | None:
    """Return the time left by the pace so far; None while it cannot be known."""
    if not job.started_at or not job.total or not 0 < job.done < job.total:
        return None
    spent = timezone.now() - job.started_at
    if spent < timedelta(seconds=2):
        return None
    return spent.total_seconds() / job.done * (job.total - job.done)


class JobPage(ObjectMixin, Page):
    """The live page of one job; it can be closed and opened again."""

    model = Job
    permission = "core.view_job"
    template_name = "generic/job.html"

    def get_queryset(self) -> QuerySet[Job]:
        """Return the jobs this user may watch."""
        return own_jobs(self.request.user)

    def get_title(self) -> Any:
        """Return what the job does."""
        return self.object.title

    def get_crumbs(self) -> list[Crumb]:
        """Return the way back to the list of jobs."""
        return [Crumb(_("后台任务"), "/jobs/")]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Draw the page, or only the bar when it polls."""
        job = self.object
        context = self.get_context_data(
            job=job,
            left=seconds_left(job),
            log=list(reversed(job.log[-LAST_LINES:])),
        )
        name = f"{self.template_name}#bar" if self.request.htmx else self.template_name
        return TemplateResponse(request, name, context)


class JobCancel(ObjectMixin, Page):
    """Asks a job to stop at its next safe point."""

    model = Job
    permission = "core.view_job"

    def get_queryset(self) -> QuerySet[Job]:
        """Return the jobs this user started."""
        return Job.objects.filter(by=self.request.user)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask for the stop and go back to the job."""
        if cancel(self.object, by=request.user):
            messages.info(request, _("已请求取消，完成手头这一步后停止。"))
        else:
            messages.warning(request, _("这项任务已经结束，或不能中途取消。"))
        return HttpResponseRedirect(self.object.get_absolute_url())


class JobTable(Table):
    """Jobs: what, by whom, how far."""

    title = NameColumn()
    state = StateColumn()
    done = NumberColumn(verbose_name=gettext_lazy("完成"))
    total = NumberColumn(verbose_name=gettext_lazy("总数"))
    message = Column(orderable=False)
    by = Column(accessor="by__full_name", verbose_name=gettext_lazy("发起人"))
    created_at = MomentColumn()
    finished_at = MomentColumn(default="—")


class JobListPage(ListPage):
    """The jobs a user may watch, newest first."""

    model = Job
    permission = "core.view_job"
    title = gettext_lazy("后台任务")
    unit = gettext_lazy("项")
    table_class = JobTable
    can_save_views = False
    empty = Empty(
        gettext_lazy("还没有后台任务"),
        gettext_lazy("导入名册、编制报告等耗时工作会列在这里，关掉页面也会继续。"),
        icon="activity",
    )

    def get_queryset(self) -> QuerySet[Job]:
        """Return the jobs this user may watch."""
        return own_jobs(self.request.user).select_related("by")
