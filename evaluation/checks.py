"""The publish check of a framework: what must hold before it may be used."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from bureau.models import PolicyClause
from core.registries import metrics
from evaluation.choices import Method
from evaluation.models import Framework, Indicator
from evaluation.rules import metrics_of
from evaluation.scoring.conditions import parse
from evaluation.scoring.functions import FUNCTIONS

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Check:
    """One question of the publish check and its answer."""

    title: str
    passed: bool
    detail: str
    clause: str = "BN-4.3.3"


@dataclass(frozen=True)
class Coverage:
    """How much weight the system computes now, and how much people score."""

    automatic: Decimal
    mixed: Decimal
    by_hand: Decimal
    missing: list[str]


def publish_checks(framework: Framework) -> list[Check]:
    """Return every check of a framework, passed or not."""
    tree = list(framework.indicators.all())
    return [
        _total(tree),
        _children(tree),
        _both_sources(framework, tree),
        _leaves_have_rules(tree),
        _human_leaves_have_evidence(tree),
        _clauses_exist(tree),
    ]


def is_publishable(framework: Framework) -> bool:
    """Tell whether every check is passed."""
    return all(check.passed for check in publish_checks(framework))


def _total(tree: list[Indicator]) -> Check:
    weight = sum((i.weight for i in tree if i.level == 1), Decimal(0))
    return Check(
        _("一级指标权重合计为 100"),
        weight == HUNDRED,
        _("合计 %(weight)s") % {"weight": weight},
    )


def _children(tree: list[Indicator]) -> Check:
    sums: dict[int | None, Decimal] = defaultdict(Decimal)
    for node in tree:
        sums[node.parent_id] += node.weight
    wrong = [
        f"{node.short_code} {sums[node.pk]}≠{node.weight}"
        for node in tree
        if not node.is_leaf and sums[node.pk] != node.weight
    ]
    detail = "、".join(wrong) or _("共 %(count)d 项，逐级相等") % {"count": len(tree)}
    return Check(_("下级权重之和等于上级权重"), not wrong, detail)


def _both_sources(framework: Framework, tree: list[Indicator]) -> Check:
    weight = {
        method: sum((i.weight for i in tree if i.method == method), Decimal(0))
        for method in (Method.EXPERT, Method.SURVEY)
    }
    return Check(
        _("行业认定与社会评价相结合"),
        all(weight.values()),
        _("行业认定 %(expert)s 分，社会评价 %(survey)s 分")
        % {"expert": weight[Method.EXPERT], "survey": weight[Method.SURVEY]},
        "BN-4.3.2",
    )


def _leaves_have_rules(tree: list[Indicator]) -> Check:
    wrong = [leaf.short_code for leaf in tree if leaf.is_leaf and not _has_rule(leaf)]
    detail = "、".join(wrong) or _("全部三级指标都有可执行的计分规则")
    return Check(_("三级指标都有计分规则"), not wrong, detail)


def _has_rule(leaf: Indicator) -> bool:
    shares = sum((Decimal(part["share"]) for part in leaf.parts), Decimal(0))
    known = all(p["function"] in {*FUNCTIONS, "RUBRIC"} for p in leaf.parts)
    needs_rubric = any(part["function"] == "RUBRIC" for part in leaf.parts)
    if leaf.na_rule:
        parse(leaf.na_rule["when"])
    return shares == 1 and known and (bool(leaf.rubric) or not needs_rubric)


def _human_leaves_have_evidence(tree: list[Indicator]) -> Check:
    wrong = [
        leaf.short_code
        for leaf in tree
        if leaf.method in {Method.EXPERT, Method.MIXED, Method.THIRD_PARTY}
        and not leaf.evidence
    ]
    detail = "、".join(wrong) or _("评议类指标均列明佐证材料")
    return Check(_("评议类指标列明佐证材料"), not wrong, detail)


def _clauses_exist(tree: list[Indicator]) -> Check:
    wanted = {leaf.clause for leaf in tree if leaf.clause}
    found = set(
        PolicyClause.objects.filter(clause_id__in=wanted).values_list(
            "clause_id", flat=True
        )
    )
    bare = [leaf.short_code for leaf in tree if leaf.is_leaf and not leaf.clause]
    wrong = sorted(wanted - found) + bare
    detail = "、".join(wrong) or _("引用 %(count)d 条政策条款") % {"count": len(found)}
    return Check(_("每项指标都有政策依据"), not wrong, detail)


def coverage(tree: list[Indicator]) -> Coverage:
    """Return how much of the weight the registered metrics compute today."""
    automatic = mixed = by_hand = Decimal(0)
    missing: set[str] = set()
    for leaf in tree:
        if not leaf.is_leaf:
            continue
        wanted = metrics_of(leaf.parts)
        unknown = {name for name in wanted if name not in metrics}
        human = any(part["source"] != "SYSTEM" for part in leaf.parts)
        missing |= unknown
        if unknown or leaf.method in {Method.EXPERT, Method.SURVEY}:
            by_hand += leaf.weight
        elif human:
            mixed += leaf.weight
        else:
            automatic += leaf.weight
    return Coverage(automatic, mixed, by_hand, sorted(missing))
