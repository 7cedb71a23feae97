"""Addresses of groups."""

from django.urls import path

from groups.views import cases, documents, groups, modes, opinions, partnerships

app_name = "groups"
urlpatterns = [
    path("", groups.GroupListPage.as_view(), name="group-list"),
    path("register/", groups.RegisterPage.as_view(), name="group-register"),
    path("<int:pk>/", groups.GroupPage.as_view(), name="group-detail"),
    path(
        "<int:pk>/move/<slug:move>/", groups.GroupMovePage.as_view(), name="group-move"
    ),
    path("<int:pk>/file/", groups.GroupFilePage.as_view(), name="group-file"),
    path(
        "<int:pk>/members/register/",
        groups.MembershipRegisterPage.as_view(),
        name="membership-register",
    ),
    path(
        "<int:pk>/documents/new/<slug:kind>/",
        documents.GroupDocumentCreatePage.as_view(),
        name="document-create",
    ),
    path("cases/", cases.CaseListPage.as_view(), name="case-list"),
    path("cases/board/", cases.CaseBoardPage.as_view(), name="case-board"),
    path("cases/new/", cases.CaseFormPage.as_view(), name="case-create"),
    path("cases/<int:pk>/", cases.CasePage.as_view(), name="case-detail"),
    path("cases/<int:pk>/edit/", cases.CaseFormPage.as_view(), name="case-change"),
    path("cases/<int:pk>/lines/", cases.CaseLinesPage.as_view(), name="case-lines"),
    path(
        "cases/<int:pk>/move/<slug:move>/",
        cases.CaseMovePage.as_view(),
        name="case-move",
    ),
    path(
        "cases/<int:pk>/consent/<int:school>/",
        opinions.ConsentPage.as_view(),
        name="case-consent",
    ),
    path(
        "cases/<int:pk>/opinion/<int:department>/",
        opinions.DepartmentOpinionPage.as_view(),
        name="case-opinion",
    ),
    path(
        "cases/<int:pk>/city-opinion/",
        opinions.CityOpinionPage.as_view(),
        name="case-city-opinion",
    ),
    path(
        "cases/<int:pk>/documents/new/<slug:kind>/",
        documents.CaseDocumentCreatePage.as_view(),
        name="case-document-create",
    ),
    path(
        "tasks/<int:pk>/move/<slug:move>/",
        cases.TaskMovePage.as_view(),
        name="task-move",
    ),
    path(
        "<int:pk>/partners/new/",
        partnerships.PartnershipCreatePage.as_view(),
        name="partnership-create",
    ),
    path(
        "partnerships/<int:pk>/end/",
        partnerships.PartnershipEndPage.as_view(),
        name="partnership-end",
    ),
    path("documents/", documents.DocumentListPage.as_view(), name="document-list"),
    path(
        "documents/<int:pk>/", documents.DocumentPage.as_view(), name="document-detail"
    ),
    path(
        "documents/<int:pk>/edit/",
        documents.DocumentChangePage.as_view(),
        name="document-change",
    ),
    path(
        "documents/<int:pk>/move/<slug:move>/",
        documents.DocumentMovePage.as_view(),
        name="document-move",
    ),
    path("modes/", modes.ModeListPage.as_view(), name="mode-list"),
    path(
        "modes/<slug:code>/switch/", modes.ModeSwitchPage.as_view(), name="mode-switch"
    ),
]
