"""The regions of an import by every name they have or had."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from bureau.models import Region
from bureau.regions import final


@dataclass
class Places:
    """The regions of the scope by every name they have or had."""

    scope: Region | None
    by_name: dict[str, dict[int, Region]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    words_above: dict[int, set[str]] = field(default_factory=dict)
    met: dict[tuple[int, str], int] = field(default_factory=dict)

    def find(self, name: str, hints: Iterable[str]) -> list[Region]:
        """Return the regions of this name; hints choose between several."""
        found = list(self.by_name.get(name, {}).values())
        if len(found) < 2:
            return found
        near = [r for r in found if self.words_above[r.pk] & set(hints)]
        return near or found

    def meet(self, region_id: int, name: str) -> int:
        """Count the schools of one name in one county of this file."""
        key = (region_id, name)
        self.met[key] = self.met.get(key, 0) + 1
        return self.met[key]


def load_places(scope: Region | None) -> Places:
    """Read the names, present and former, of the scope's subtree."""
    places = Places(scope)
    regions = Region.objects.within(scope) if scope else Region.objects.all()
    regions = regions.select_related("successor", "parent").prefetch_related("names")
    for region in regions:
        heir = final(region)
        former = [word for n in region.names.all() for word in (n.name, n.code)]
        for word in {region.name, region.short_name, region.code, *former}:
            places.by_name[word.strip()][heir.pk] = heir
        parent = region.parent
        places.words_above[heir.pk] = (
            {parent.name, parent.short_name, parent.code} if parent else set()
        )
    return places
