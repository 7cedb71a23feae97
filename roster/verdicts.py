"""What became of the rows of a run, read as one list wherever they are kept."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Coalesce

from roster.choices import RowResult
from roster.models import SyncBlock, SyncRow, SyncRun

CHUNK = 2_000


class Verdicts:
    """The verdicts of a run: rows with something to say first, then the plain new ones.

    ``result`` narrows them to one result. A page costs four queries at most, however
    far down it lies. Rows of a block are no stored objects: they have no key.
    """

    def __init__(self, run: SyncRun, result: str = "") -> None:
        self.run = run
        rows = SyncRow.objects.filter(run=run).order_by("pk")
        self._rows: QuerySet[SyncRow] = rows.filter(result=result) if result else rows
        blocks: QuerySet[SyncBlock] = SyncBlock.objects.filter(run=run).order_by("pk")
        has_blocks = result in {"", RowResult.CREATED}
        self._blocks = blocks if has_blocks else blocks.none()

    def __iter__(self) -> Iterator[SyncRow]:
        yield from self._rows.iterator(chunk_size=CHUNK)
        for block in self._blocks.iterator(chunk_size=10):
            yield from self._opened(block)

    def page(self, start: int, count: int) -> list[SyncRow]:
        """Return ``count`` verdicts from a place in the list, or those there are."""
        found = list(self._rows[start : start + count])
        if len(found) == count:
            return found
        before = start + len(found) if found or not start else self._rows.count()
        skip, wanted = max(start - before, 0), count - len(found)
        return found + self._new(skip, wanted)

    def _new(self, skip: int, wanted: int) -> list[SyncRow]:
        """Return verdicts out of the blocks that hold the wanted places."""
        keys, first = [], None
        for key, size in self._blocks.values_list("pk", "numbers__len"):
            if skip >= size and first is None:
                skip -= size
                continue
            first = skip if first is None else first
            keys.append(key)
            skip -= size
            if -skip >= wanted:
                break
        rows = [
            row
            for block in self._blocks.filter(pk__in=keys)
            for row in self._opened(block)
        ]
        return rows[first or 0 : (first or 0) + wanted]

    def _opened(self, block: SyncBlock) -> list[SyncRow]:
        pairs = sorted(zip(block.numbers, block.sourced_ids, strict=True))
        return [
            SyncRow(
                run=self.run,
                collection=block.collection,
                number=number,
                sourced_id=sourced_id,
                result=RowResult.CREATED,
            )
            for number, sourced_id in pairs
        ]


def verdict_counts(run: SyncRun) -> dict[str, int]:
    """Return how many verdicts of each result are kept of a run."""
    rows = SyncRow.objects.filter(run=run).order_by().values_list("result")
    found: Counter[str] = Counter(dict(rows.annotate(Count("pk"))))
    new = SyncBlock.objects.filter(run=run).order_by()
    found[RowResult.CREATED] += new.aggregate(number=Coalesce(Sum("numbers__len"), 0))[
        "number"
    ]
    return {str(result): number for result, number in found.items() if number}


def forget_verdicts(runs: Any) -> int:
    """Forget the verdicts of runs; return how many there were. Their counts stay."""
    blocks = SyncBlock.objects.filter(run__in=runs)
    new: int = blocks.aggregate(number=Coalesce(Sum("numbers__len"), 0))["number"]
    blocks.delete()
    return new + SyncRow.objects.filter(run__in=runs).delete()[0]
