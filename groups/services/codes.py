"""Codes of groups: region, year, running number."""

from bureau.models import Region
from groups.models import EducationGroup


def next_group_code(region: Region, year: int) -> str:
    """Return the next free code, ``500113-2026-003``.

    Locks the region's row, so that two decisions at once take different numbers.
    """
    Region.objects.select_for_update(of=("self",), no_key=True).get(pk=region.pk)
    prefix = f"{region.code}-{year}-"
    taken = EducationGroup.objects.filter(code__startswith=prefix)
    numbers = [
        int(code.removeprefix(prefix))
        for code in taken.values_list("code", flat=True)
        if code.removeprefix(prefix).isdigit()
    ]
    return f"{prefix}{max(numbers, default=0) + 1:03d}"
