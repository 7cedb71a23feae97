"""Addresses of the pages that the tests of the generic pages use."""

from typing import Any

import django_filters
from django import forms
from django.urls import path, reverse

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as site
from core.filters import FilterSet, VisibleChoiceFilter
from core.forms import Form, ModelForm
from core.tables import (
    Column,
    MomentColumn,
    NameColumn,
    NumberColumn,
    StateColumn,
    Table,
)
from core.transitions import Effects
from core.views import (
    SIGNED_IN,
    Action,
    Crumb,
    DetailPage,
    DetailTab,
    Empty,
    Fact,
    FormPage,
    ListPage,
    MovePage,
    Page,
    Tab,
)
from schools.models import School, SchoolReturn

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


class SchoolTable(Table):
    name = NameColumn(
        sub="short_name", linkify=lambda record: f"/t/schools/{record.pk}/"
    )
    region = Column(accessor="region__name", verbose_name="区县")
    type = Column()
    ownership = StateColumn(verbose_name="办别")
    opened_on = MomentColumn(accessor="changed_at", verbose_name="更新")
    stages = NumberColumn(accessor="pk", verbose_name="编号", orderable=False)


class SchoolFilter(FilterSet):
    region = VisibleChoiceFilter(model=School, label="同校")
    changed_at = django_filters.DateFromToRangeFilter(label="更新日期")
    is_legal_person = django_filters.BooleanFilter(label="法人")

    class Meta:
        model = School
        fields = ["type", "ownership"]
        search_fields = ("name", "short_name")
        open_fields = ("type",)


class SchoolListPage(ListPage):
    model = School
    permission = "schools.view_school"
    export_permission = "schools.export_school"
    title, unit = "学校", "所"
    table_class = SchoolTable
    filterset_class = SchoolFilter
    page_size = 50
    tabs = (Tab("小学", "type=PRIMARY"),)
    empty = Empty("还没有学校", "从名册导入", Action("导入名册", "/import/"))

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("region")

    def get_actions(self) -> list[Action]:
        return [
            Action("导入", "/import/", permission="schools.import_school"),
            Action("新建", "/new/", primary=True, permission="schools.add_school"),
        ]


class SchoolPage(DetailPage):
    model = School
    permission = "schools.view_school"
    tabs = (
        DetailTab("one", "概况", "components/messages.html"),
        DetailTab(
            "two", "保密", "components/messages.html", permission="accounts.add_user"
        ),
    )

    def get_crumbs(self) -> list[Crumb]:
        return [Crumb("学校", "/t/schools/")]

    def get_facts(self) -> list[Fact]:
        return [Fact("区县", self.object.region), Fact("代码", None)]


class SchoolForm(ModelForm):
    class Meta:
        model = School
        fields = ["name", "short_name", "region", "ownership"]

    def clean_name(self) -> str:
        if "学校" in self.cleaned_data["name"]:
            raise forms.ValidationError("名称不合规")
        return self.cleaned_data["name"]


class SchoolEditPage(FormPage):
    model = School
    permission = "schools.change_school"
    form_class = SchoolForm
    autosave = True

    def get_effects(self, form: Any) -> Effects:
        return Effects(immediately=["校名立即更新"])

    def success_url(self, saved: Any) -> str:
        return f"/t/schools/{saved.pk}/"

    def back_url(self) -> str:
        return "/t/schools/"


class ReturnPage(DetailPage):
    model = SchoolReturn
    permission = "schools.view_schoolreturn"
    move_url_name = "return-move"


class NoteForm(Form):
    note = forms.CharField(label="备注", required=False)


class ReturnMovePage(MovePage):
    model = SchoolReturn
    permission = "schools.view_schoolreturn"

    def back_url(self) -> str:
        return reverse("return-page", args=[self.object.pk])


class NamelessPage(Page):
    pass


class OpenPage(DetailPage):
    model = School
    permission = SIGNED_IN


urlpatterns = [
    path("t/schools/", SchoolListPage.as_view(), name="t-schools"),
    path("t/schools/<int:pk>/", SchoolPage.as_view(), name="t-school"),
    path("t/schools/<int:pk>/edit/", SchoolEditPage.as_view(), name="t-edit"),
    path("t/schools/new/", SchoolEditPage.as_view(), name="t-new"),
    path("t/returns/<int:pk>/", ReturnPage.as_view(), name="return-page"),
    path(
        "t/returns/<int:pk>/move/<slug:move>/",
        ReturnMovePage.as_view(),
        name="return-move",
    ),
    path("t/nameless/", NamelessPage.as_view()),
    *site,
]
