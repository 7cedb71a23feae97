"""Find regions by code or by any name they have or had."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from bureau.models import Region


class RegionNotFound(ValidationError):
    """No region, or more than one, answers to what was written."""


def final(region: Region) -> Region:
    """Return the region that a merged one has become."""
    while region.successor is not None:
        region = region.successor
    return region


def find_region(text: str, within: Region | None = None) -> Region:
    """Return the region with this code, name, short name or former name.

    ``within`` limits the search to a subtree (the region itself included). A merged
    region leads to its successor. Raises RegionNotFound when nothing or more than one
    region fits.
    """
    text = text.strip()
    regions = Region.objects.within(within) if within else Region.objects.all()
    found = list(regions.called(text).select_related("successor"))
    exact = [r for r in found if text in {r.code, r.name} and r.valid_to is None]
    heirs = {final(r).pk: final(r) for r in exact or found}
    if len(heirs) == 1:
        return next(iter(heirs.values()))
    raise _refusal(text, within, list(heirs.values()))


def _refusal(text: str, within: Region | None, found: list[Region]) -> RegionNotFound:
    place = within.name if within else _("全国")
    if not found:
        message = _("在%(place)s找不到行政区“%(text)s”，请填写区划代码或全称")
        return RegionNotFound(
            message, code="unknown_region", params={"place": place, "text": text}
        )
    names = "、".join(f"{r.code} {r.name}" for r in found[:5])
    message = _("“%(text)s”对应多个行政区：%(names)s，请改填区划代码")
    return RegionNotFound(
        message, code="ambiguous_region", params={"text": text, "names": names}
    )
