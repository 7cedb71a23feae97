"""Addresses of teachers."""

from django.urls import path

from personnel import views

app_name = "personnel"
urlpatterns = [
    path("", views.TeacherListPage.as_view(), name="teacher-list"),
    path("new/", views.TeacherCreatePage.as_view(), name="teacher-create"),
    path("<int:pk>/", views.TeacherPage.as_view(), name="teacher-detail"),
    path("<int:pk>/edit/", views.TeacherEditPage.as_view(), name="teacher-update"),
    path("<int:pk>/leave/", views.TeacherLeavePage.as_view(), name="teacher-leave"),
    path("<int:pk>/return/", views.TeacherReturnPage.as_view(), name="teacher-return"),
    path(
        "<int:pk>/identity/", views.TeacherUnmaskPage.as_view(), name="teacher-unmask"
    ),
]
