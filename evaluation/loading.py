"""Bring the shipped frameworks into a region."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db import transaction

from audit.services import record
from bureau.models import Region
from core.days import today
from core.transitions import move
from evaluation.choices import Subject
from evaluation.models import Framework, Indicator
from evaluation.services.frameworks import settle_sums

DATA = Path(__file__).parent / "data" / "frameworks.json"


def shipped() -> list[dict[str, Any]]:
    """Return the shipped frameworks as they stand in the data file."""
    found: list[dict[str, Any]] = json.loads(DATA.read_text(encoding="utf-8"))
    return found


def load_frameworks(
    region: Region, *, codes: Iterable[str] | None = None, publish: bool = False
) -> dict[str, int]:
    """Load the shipped frameworks as versions owned by the region; run twice is safe.

    They come in as drafts; ``publish`` publishes the new ones on the system's own
    account. Returns counts ``created`` and ``unchanged``.
    """
    counts = {"created": 0, "unchanged": 0}
    for data in shipped():
        if codes is None or data["code"] in set(codes):
            made = _load_one(region, data, publish)
            counts["created" if made else "unchanged"] += 1
    return counts


@transaction.atomic
def _load_one(region: Region, data: dict[str, Any], publish: bool) -> bool:
    framework, made = Framework.objects.get_or_create(
        region=region,
        code=data["code"],
        version=data["version"],
        defaults={
            "name_zh": data["name_zh"],
            "name_en": data["name_en"],
            "policy": data["policy"],
            "targets": data["target"],
        },
    )
    if not made:
        return False
    build_tree(framework, data["indicators"])
    record("evaluation.framework.load", framework, data={"code": data["code"]})
    if publish:
        framework.refresh_from_db()
        publish_loaded(framework)
    return True


def publish_loaded(framework: Framework) -> Framework:
    """Publish a shipped framework on the system's own account."""
    with transaction.atomic():
        done = move(framework, "load", by=None, published_on=today())
        settle_sums()
    return done


def build_tree(framework: Framework, dimensions: list[dict[str, Any]]) -> None:
    """Write the indicators of a framework level by level."""
    order = _positions(dimensions)
    above: list[tuple[dict[str, Any], Indicator | None]] = [
        (node, None) for node in dimensions
    ]
    while above:
        rows = Indicator.objects.bulk_create(
            _indicator(framework, node, parent, order[node["code"]])
            for node, parent in above
        )
        above = [
            (child, row)
            for (node, _parent), row in zip(above, rows, strict=True)
            for child in node.get("children", [])
        ]


def _positions(dimensions: list[dict[str, Any]]) -> dict[str, int]:
    order: dict[str, int] = {}

    def walk(nodes: list[dict[str, Any]]) -> None:
        for node in nodes:
            order[node["code"]] = len(order) + 1
            walk(node.get("children", []))

    walk(dimensions)
    return order


def _indicator(
    framework: Framework,
    node: dict[str, Any],
    parent: Indicator | None,
    position: int,
) -> Indicator:
    return Indicator(
        framework=framework,
        parent=parent,
        parent_level=parent.level if parent else 0,
        level=node["level"],
        position=position,
        code=node["code"],
        name_zh=node["name_zh"],
        name_en=node["name_en"],
        weight=node["weight"],
        method=node.get("method", ""),
        subject=node.get("subject", Subject.BOTH),
        clause=node.get("clause", ""),
        parts=node.get("parts", []),
        rubric=node.get("rubric"),
        evidence=node.get("evidence", []),
        na_rule=node.get("na_rule"),
        variants=node.get("variants", {}),
    )
