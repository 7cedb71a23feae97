"""Make a working installation for one region, without demo data."""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Invitation, RoleGrant
from accounts.roles import ROLES, SEPARATE
from accounts.services import invite
from audit.services import record
from bureau.choices import Level
from bureau.loading import load_parameters, load_policies, load_regions
from bureau.models import Department, PolicyDocument, Region
from bureau.naming import department_names
from bureau.regions import find_region
from bureau.services.calendar import ensure_years
from core.models import Installation
from core.registries import setup_steps


@dataclass
class Setup:
    """What an installation holds after the set-up."""

    region: str
    region_name: str
    regions: int = 0
    academic_years: int = 0
    terms: int = 0
    departments: int = 0
    policies_basis: int = 0
    policies_template: int = 0
    clauses: int = 0
    parameters: int = 0
    roles: int = 0
    rooms: dict[str, int] = field(default_factory=dict)
    invitations: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form for JSON."""
        return asdict(self)


@transaction.atomic
def set_up(
    code: str, *, is_demo: bool = False, reinvite: bool = False, by: Any = None
) -> Setup:
    """Prepare the installation for a city or county; safe to run again.

    Loads regions, policies and parameters, creates school years and departments, and
    invites the separate administrators. Raises ValidationError when the region is
    unknown, is no city or county, or the installation belongs to another region.
    """
    load_regions()
    region = find_region(code)
    _check(region)
    created = _claim(region, is_demo)
    years = ensure_years()
    _policies, clauses = load_policies()
    parameters = load_parameters()
    result = Setup(
        region=region.code,
        region_name=region.name,
        regions=Region.objects.count(),
        academic_years=len(years),
        terms=sum(year.terms.count() for year in years),
        departments=ensure_departments(region),
        policies_basis=PolicyDocument.objects.basis_for(region).count(),
        clauses=clauses,
        parameters=parameters,
        roles=len(ROLES),
        rooms={name: step(region) for name, step in setup_steps.items()},
        invitations=[_invite(role, reinvite, by) for role in SEPARATE],
    )
    result.policies_template = PolicyDocument.objects.count() - result.policies_basis
    if created:
        record("bureau.set_up", region, by=by)
    return result


def _check(region: Region) -> None:
    below = region.children.open()
    is_municipality = below.exists() and not below.filter(level=Level.CITY).exists()
    usable = {Level.CITY, Level.COUNTY, Level.FUNCTIONAL_ZONE}
    if region.level in usable or (region.level == Level.PROVINCE and is_municipality):
        return
    raise ValidationError(
        _("“%(name)s”不是市或区县，请给出市级或县级的区划代码") % {"name": region},
        code="level",
    )


def _claim(region: Region, is_demo: bool) -> bool:
    current = Installation.current()
    if current is None:
        Installation.objects.create(region_code=region.code, is_demo=is_demo)
        return True
    if current.region_code != region.code:
        raise ValidationError(
            _("本系统已为 %(code)s 建立，不能改为 %(name)s")
            % {"code": current.region_code, "name": region},
            code="installed",
        )
    return False


def ensure_departments(region: Region) -> int:
    """Create the usual departments of a region and of the counties below it.

    Returns how many departments stand there. One that was renamed is not created again.
    """
    places = Region.objects.within(region).exclude(level=Level.TOWN).open()
    held = set(Department.objects.values_list("region_id", "kind"))
    Department.objects.bulk_create(
        Department(region=place, kind=kind, name=name)
        for place in places
        for kind, name in department_names(place)
        if (place.pk, kind) not in held
    )
    return Department.objects.filter(region__in=places).count()


def _invite(role: str, reinvite: bool, by: Any) -> dict[str, Any]:
    """Invite one administrator unless there is one, or an invitation waits."""
    told: dict[str, Any] = {"role": role, "label": str(ROLES[role].label)}
    if RoleGrant.objects.standing().filter(role=role).exists():
        return told | {"state": "accepted", "link": "", "expires_at": None}
    waiting = Invitation.objects.filter(
        role=role, accepted_at__isnull=True, expires_at__gt=timezone.now()
    )
    if waiting.exists() and not reinvite:
        until = waiting.latest("expires_at").expires_at
        return told | {"state": "waiting", "link": "", "expires_at": until.isoformat()}
    waiting.update(expires_at=timezone.now())
    invitation, token = invite(role, by=by)
    return told | {
        "state": "created",
        "link": invitation_link(token),
        "expires_at": invitation.expires_at.isoformat(),
    }


def invitation_link(token: str) -> str:
    """Return the one-time sign-up link of an invitation."""
    path = reverse("accounts:invitation", args=[token])
    return f"{settings.SITE_URL.rstrip('/')}{path}"
