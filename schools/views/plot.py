"""Where the schools lie, coloured by a figure."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.standing import region_of
from core.views import Crumb, Page
from schools.filters import SchoolFilter
from schools.models import School
from schools.pictures import plot, plotted

SHOWN = 20


class SchoolPlotPage(Page):
    """The schools of the list as points, by the same filters and day."""

    permission = "schools.view_school"
    title = gettext_lazy("学校分布")
    template_name = "schools/plot.html"

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list."""
        return [Crumb(_("学校"), reverse("schools:school-list"))]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Draw the schools that the filters of the list leave."""
        day = self.request.as_of
        rows = School.objects.visible_to(request.user, self.permission).existing(day)
        rows = rows.select_related("administered_by")
        filterset = SchoolFilter(request.GET, queryset=rows, request=request)
        schools = list(filterset.qs) if filterset.is_valid() else list(rows)
        offered = plotted(request.user)
        asked = request.GET.get("metric")
        first = offered[0] if offered else None
        metric = next((m for m in offered if m.key == asked), first)
        unplaced = [school for school in schools if school.longitude is None]
        kept = {n: v for n, v in request.GET.items() if n != "metric"}
        context = self.get_context_data(
            chart=plot(schools, metric, day, region_of(request)),
            offered=offered,
            metric=metric,
            unplaced=unplaced[:SHOWN],
            unplaced_count=len(unplaced),
            kept=kept,
        )
        return TemplateResponse(request, self.template_name, context)
