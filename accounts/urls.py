"""Addresses of accounts, grants and the auditor's pages."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.UserListPage.as_view(), name="user-list"),
    path("new/", views.UserFormPage.as_view(), name="user-create"),
    path("<int:pk>/", views.UserPage.as_view(), name="user-detail"),
    path("<int:pk>/edit/", views.UserFormPage.as_view(), name="user-update"),
    path("<int:pk>/grants/new/", views.GrantCreatePage.as_view(), name="grant-create"),
    path(
        "grants/<int:pk>/revoke/", views.GrantRevokePage.as_view(), name="grant-revoke"
    ),
    path(
        "<int:pk>/password-link/",
        views.PasswordLinkPage.as_view(),
        name="password-link",
    ),
    path(
        "<int:pk>/password/<str:token>/",
        views.PasswordSetPage.as_view(),
        name="password-set",
    ),
    path("invitations/<str:token>/", views.InvitationPage.as_view(), name="invitation"),
    path("events/", views.EventListPage.as_view(), name="event-list"),
    path("access-log/", views.AccessLogListPage.as_view(), name="accesslog-list"),
]
