"""Addresses of the minimal roster of pupils."""

from django.urls import path

from roster.pupils import views

urlpatterns = [
    path("pupils/", views.PupilRosterPage.as_view(), name="pupils"),
    path("pupils/on/", views.PupilRosterOnPage.as_view(), name="pupils-on"),
    path("pupils/<int:pk>/off/", views.PupilRosterOffPage.as_view(), name="pupils-off"),
]
