"""The generic pages of the house; apps fill attributes and a few methods.

Every page names its ``permission`` (``app.verb_model``, or ``SIGNED_IN``): a user
without it gets the 403 page with the reason; an object outside the user's reach is 404
because rows come through ``visible_to``. POST alone changes anything. All pages work
without JavaScript.

List::

    class SchoolListPage(ListPage):
        model = School
        permission = "schools.view_school"
        title, unit = _("学校"), _("所")
        table_class = SchoolTable              # core.tables.Table
        filterset_class = SchoolFilter         # core.filters.FilterSet
        export_permission = "schools.export_school"
        tabs = (Tab(_("待确认学段"), "stage_to_confirm=true"),)
        empty = Empty(_("还没有学校"), _("从名册导入。"), Action(_("导入"), "/…/"))
        def get_queryset(self):                # join here: query count stays fixed
            return super().get_queryset().select_related("region")
        def get_actions(self):                 # hidden without the permission
            return [Action(_("新建学校"), reverse("…"), "plus", primary=True,
                           permission="schools.add_school")]

    class SchoolTable(Table):
        name = NameColumn(sub="short_name", order_by="pinyin")
        region = Column(accessor="region__short_name", verbose_name=_("区县"))
        headcount = NumberColumn(); share = PercentColumn(); amount = MoneyColumn()
        opened_on = DateColumn(); due_on = DueColumn(); state = StateColumn()

    class SchoolFilter(FilterSet):
        class Meta:
            model, fields = School, ["region", "type", "ownership"]
            search_fields = ("name", "short_name", "pinyin")
            open_fields = ("type",)            # the rest stands behind 更多筛选

Detail::

    class GroupPage(DetailPage):
        model, permission = EducationGroup, "groups.view_educationgroup"
        move_url_name = "groups:group-move"    # url args: pk, move
        tabs = (DetailTab("overview", _("概况"), "groups/group_overview.html"),)
        def get_facts(self): return [Fact(_("龙头学校"), lead, lead.get_absolute_url())]
        def get_tab_context(self, slug): return {...}

Other rooms hang panels on it with ``core.registries.panels``; they load lazily.

Move (confirm page, then the service verb ``<app>.services.MOVES[model][move]``)::

    class GroupMovePage(MovePage):
        model, permission = EducationGroup, "groups.view_educationgroup"
        form_classes = {"approve": DecisionForm}   # cleaned data goes to the verb
    path("<int:pk>/move/<slug:move>/", GroupMovePage.as_view(), name="group-move")

Form (create without ``pk`` in the URL, change with it)::

    class SchoolEditPage(FormPage):
        model, permission = School, "schools.change_school"
        form_class = SchoolForm                # core.forms.ModelForm; Meta.units,
        service = staticmethod(change_school)  #   Meta.clauses, Meta.sections
        autosave = True                        # drafts while typing, leave guard
        def get_effects(self, form): return Effects(immediately=[...])

Long work: ``redirect(job.get_absolute_url())`` shows the live page of a Job. Files:
``components/files.html``; a rows-only export outside a list: ``core.exports``.
"""

from core.views.detail import DetailPage, DetailTab, Fact, ObjectMixin
from core.views.forms import FormPage
from core.views.jobs import JobListPage, JobPage
from core.views.listing import Empty, ListPage, Tab
from core.views.moves import MovePage
from core.views.page import SIGNED_IN, Action, Crumb, Page

__all__ = [
    "SIGNED_IN",
    "Action",
    "Crumb",
    "DetailPage",
    "DetailTab",
    "Empty",
    "Fact",
    "FormPage",
    "JobListPage",
    "JobPage",
    "ListPage",
    "MovePage",
    "ObjectMixin",
    "Page",
    "Tab",
]
