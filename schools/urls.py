"""Addresses of schools, classes and returns."""

from django.urls import path

from schools.views import (
    classes,
    comparison,
    contacts,
    duplicates,
    labels,
    places,
    plot,
    pressure,
    quality,
    returns,
    schools,
    stages,
    structure,
    unlocks,
)

app_name = "schools"
urlpatterns = [
    path("", schools.SchoolListPage.as_view(), name="school-list"),
    path("new/", schools.SchoolCreatePage.as_view(), name="school-create"),
    path("completeness/", comparison.CompletenessPage.as_view(), name="completeness"),
    path("<int:pk>/compare/", comparison.ComparePage.as_view(), name="school-compare"),
    path("plot/", plot.SchoolPlotPage.as_view(), name="school-plot"),
    path("pressure/", pressure.PressureListPage.as_view(), name="pressure-list"),
    path(
        "<int:pk>/reduction/new/",
        pressure.PlanCreatePage.as_view(),
        name="plan-create",
    ),
    path("reduction/<int:pk>/", pressure.PlanPage.as_view(), name="plan-detail"),
    path(
        "reduction/<int:pk>/edit/", pressure.PlanEditPage.as_view(), name="plan-update"
    ),
    path(
        "reduction/<int:pk>/<slug:move>/",
        pressure.PlanMovePage.as_view(),
        name="plan-move",
    ),
    path("stages/", stages.StageWorklistPage.as_view(), name="stage-worklist"),
    path("<int:pk>/", schools.SchoolPage.as_view(), name="school-detail"),
    path("<int:pk>/edit/", schools.SchoolEditPage.as_view(), name="school-update"),
    path("duplicates/", duplicates.DuplicateListPage.as_view(), name="duplicate-list"),
    path(
        "duplicates/<int:pk>/<int:other>/",
        duplicates.DuplicatePage.as_view(),
        name="duplicate-merge",
    ),
    path(
        "<int:pk>/campuses/new/",
        places.CampusCreatePage.as_view(),
        name="campus-create",
    ),
    path(
        "campuses/<int:pk>/edit/",
        places.CampusEditPage.as_view(),
        name="campus-update",
    ),
    path(
        "<int:pk>/contacts/new/",
        contacts.ContactCreatePage.as_view(),
        name="contact-create",
    ),
    path(
        "contacts/<int:pk>/edit/",
        contacts.ContactEditPage.as_view(),
        name="contact-update",
    ),
    path(
        "<int:pk>/quality/new/",
        quality.QualityCreatePage.as_view(),
        name="quality-create",
    ),
    path(
        "quality/<int:pk>/edit/",
        quality.QualityEditPage.as_view(),
        name="quality-update",
    ),
    path("projects/", places.ProjectListPage.as_view(), name="project-list"),
    path("projects/<int:pk>/", places.ProjectPage.as_view(), name="project-detail"),
    path(
        "projects/<int:pk>/edit/",
        places.ProjectEditPage.as_view(),
        name="project-update",
    ),
    path(
        "<int:pk>/projects/new/",
        places.ProjectCreatePage.as_view(),
        name="project-create",
    ),
    path("partners/", places.PartnerListPage.as_view(), name="partner-list"),
    path("partners/new/", places.PartnerCreatePage.as_view(), name="partner-create"),
    path("partners/<int:pk>/", places.PartnerPage.as_view(), name="partner-detail"),
    path(
        "partners/<int:pk>/edit/",
        places.PartnerEditPage.as_view(),
        name="partner-update",
    ),
    path("merge/", structure.MergePage.as_view(), name="school-merge"),
    path("<int:pk>/change/", structure.ProfilePage.as_view(), name="school-change"),
    path("<int:pk>/split/", structure.SplitPage.as_view(), name="school-split"),
    path("<int:pk>/close/", structure.ClosePage.as_view(), name="school-close"),
    path("<int:pk>/reopen/", structure.ReopenPage.as_view(), name="school-reopen"),
    path(
        "<int:pk>/change/undo/",
        structure.UndoChangePage.as_view(),
        name="school-change-undo",
    ),
    path(
        "<int:pk>/split/undo/",
        structure.UndoSplitPage.as_view(),
        name="school-split-undo",
    ),
    path("<int:pk>/labels/new/", labels.LabelCreatePage.as_view(), name="label-create"),
    path("labels/<int:pk>/end/", labels.LabelEndPage.as_view(), name="label-end"),
    path(
        "<int:pk>/honours/new/",
        labels.HonourCreatePage.as_view(),
        name="honour-create",
    ),
    path("<int:pk>/classes/", classes.ClassesEditPage.as_view(), name="class-update"),
    path("<int:pk>/returns/new/", returns.ReturnCreate.as_view(), name="return-create"),
    path("returns/", returns.ReturnBoardPage.as_view(), name="return-list"),
    path(
        "returns/prefill/", returns.ReturnPrefillPage.as_view(), name="return-prefill"
    ),
    path("returns/remind/", returns.ReturnsRemind.as_view(), name="returns-remind"),
    path("returns/open/", returns.ReturnsOpenPage.as_view(), name="returns-open"),
    path("returns/<int:pk>/", returns.ReturnPage.as_view(), name="return-detail"),
    path(
        "returns/<int:pk>/edit/", returns.ReturnEditPage.as_view(), name="return-update"
    ),
    path(
        "returns/<int:pk>/unlock/",
        unlocks.UnlockAskPage.as_view(),
        name="return-unlock",
    ),
    path(
        "returns/unlocks/<int:pk>/<slug:move>/",
        unlocks.UnlockMovePage.as_view(),
        name="unlock-move",
    ),
    path(
        "returns/<int:pk>/<slug:move>/",
        returns.ReturnMovePage.as_view(),
        name="return-move",
    ),
]
