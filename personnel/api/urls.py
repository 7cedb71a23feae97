"""Routes of teachers."""

from personnel.api.views import TeacherViewSet

ROUTES = [("teachers", TeacherViewSet, "teacher")]
