"""Routes of schools."""

from schools.api.views import (
    ClassSectionViewSet,
    ReductionPlanViewSet,
    ReturnUnlockViewSet,
    SchoolReturnViewSet,
    SchoolViewSet,
)

ROUTES = [
    ("schools", SchoolViewSet, "school"),
    ("class-sections", ClassSectionViewSet, "classsection"),
    ("school-returns", SchoolReturnViewSet, "schoolreturn"),
    ("return-unlocks", ReturnUnlockViewSet, "returnunlock"),
    ("class-reduction-plans", ReductionPlanViewSet, "classreductionplan"),
]
