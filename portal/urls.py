"""Addresses of the portal."""

from django.urls import path

from portal import views

app_name = "portal"
urlpatterns = [
    path("", views.HomePage.as_view(), name="home"),
    path("figures/", views.FiguresPage.as_view(), name="figures"),
    path("inbox/", views.InboxPage.as_view(), name="inbox"),
    path("search/", views.SearchPage.as_view(), name="search"),
    path("calendar/", views.CalendarPage.as_view(), name="calendar"),
    path("notifications/", views.NotificationsPage.as_view(), name="notifications"),
    path(
        "notifications/<int:pk>/open/",
        views.NotificationOpen.as_view(),
        name="notification-open",
    ),
    path("publicity/", views.PublicityListPage.as_view(), name="publicity-list"),
    path("publicity/<int:pk>/", views.PublicityPage.as_view(), name="publicity-detail"),
]
