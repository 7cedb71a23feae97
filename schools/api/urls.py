"""Routes of schools."""

from schools.api.views import (
    CampusViewSet,
    ClassSectionViewSet,
    PartnerViewSet,
    ProjectViewSet,
    ReductionPlanViewSet,
    ReturnUnlockViewSet,
    SchoolReturnViewSet,
    SchoolViewSet,
)

ROUTES = [
    ("schools", SchoolViewSet, "school"),
    ("campuses", CampusViewSet, "campus"),
    ("construction-projects", ProjectViewSet, "constructionproject"),
    ("partners", PartnerViewSet, "partner"),
    ("class-sections", ClassSectionViewSet, "classsection"),
    ("school-returns", SchoolReturnViewSet, "schoolreturn"),
    ("return-unlocks", ReturnUnlockViewSet, "returnunlock"),
    ("class-reduction-plans", ReductionPlanViewSet, "classreductionplan"),
]
