"""The region's annual report on all its groups."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from bureau.models import Region
from core.documents import (
    BAR,
    HEATMAP,
    NOT_APPLICABLE,
    NUMBER,
    Block,
    BulletList,
    Chart,
    Column,
    Definitions,
    Document,
    Heading,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Series,
    Table,
    to_data,
)
from evaluation.choices import Grade, How, Limit, Method, Veto
from evaluation.marks import keys_of, marks_of_grades, told_in_report
from evaluation.models import Cycle, Result, Score
from evaluation.reading import number
from evaluation.reports.figures import Field, dimensions_of, issuer_of
from evaluation.scoring.functions import half_up

MOST_LEAVES = 10
DIGITS = 16


def in_groups(digest: str) -> str:
    """Write a digest in groups of digits, so that a table can break it."""
    starts = range(0, len(digest), DIGITS)
    return " ".join(digest[at : at + DIGITS] for at in starts)


def build_district_report(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Return the frozen document of one cycle over all groups."""
    cycle = Cycle.objects.select_related("region", "year", "framework").get(
        pk=params["cycle"], region=region
    )
    return to_data(DistrictReport(cycle).document())


class DistrictReport:
    """Writes the parts of the annual report."""

    def __init__(self, cycle: Cycle) -> None:
        self.cycle = cycle
        self.field = Field(cycle)
        self.tree = list(cycle.framework.indicators.all())

    def document(self) -> Document:
        """Return the whole report."""
        return Document(
            title=_("%(region)s%(year)s 学年集团化办学考核评价报告")
            % {"region": self.cycle.region.name, "year": self.cycle.year.code},
            issuer=issuer_of(self.cycle.region),
            prepared_on=self.cycle.consolidated_on or self.cycle.reference_day,
            period=_("%(year)s 学年") % {"year": self.cycle.year.code},
            region=self.cycle.region.name,
            sources=[
                _("成员关系和学校登记：%(day)s")
                % {"day": f"{self.cycle.reference_day:%Y-%m-%d}"},
                _("年度数据：%(year)s 学年各校确认报表")
                % {"year": self.cycle.year.code},
                *told_in_report(marks_of_grades(self.cycle, self.keys())),
            ],
            blocks=[
                *self.overview(),
                *self.framework(),
                *self.ranking(),
                *self.distribution(),
                *self.dimensions(),
                *self.schools(),
                *self.limits(),
                *self.weak_leaves(),
                *self.use(),
            ],
            appendix=self.appendix(),
        )

    def keys(self) -> set[str]:
        """Return the keys of the parameters that the framework computes with."""
        return {key for node in self.tree for key in keys_of(node.parts)}

    def overview(self) -> list[Block]:
        """How many groups, the mean, the grades."""
        rows = self.field.groups
        scores = [r.score for r in rows]
        mean = half_up(sum(scores, Decimal(0)) / len(scores)) if scores else None
        good = sum(r.grade in "AB" for r in rows)
        exempt = self.cycle.assessments.filter(state="EXEMPT").count()
        figures = [
            KeyFigure(_("参评集团"), len(rows), NUMBER),
            KeyFigure(_("平均得分"), mean, NUMBER, decimals=2),
            KeyFigure(_("良好及以上"), good, NUMBER),
            KeyFigure(_("参评成员学校"), len(self.field.schools), NUMBER),
        ]
        told = _("本次考核采用“%(framework)s”，数据基准日 %(day)s。") % {
            "framework": self.cycle.framework,
            "day": f"{self.cycle.reference_day:%Y-%m-%d}",
        }
        if exempt:
            told += _("另有 %(count)d 个考核对象不予评定。") % {"count": exempt}
        return [Heading(_("考核概况")), KeyFigures(figures), Paragraph(told)]

    def framework(self) -> list[Block]:
        """The dimensions, their weights, and how they are scored."""
        areas = [node for node in self.tree if node.level == 2]
        names = {node.pk: node.name_zh for node in self.tree}
        columns = [
            Column(_("维度")),
            Column(_("二级指标")),
            Column(_("权重"), NUMBER, decimals=2),
        ]
        rows = [(names[a.parent_id or 0], a.name_zh, a.weight) for a in areas]
        total = (_("合计"), "", sum((a.weight for a in areas), Decimal(0)))
        held = self.weight_by_how()
        method = _(
            "行业认定 %(expert)s 分，社会评价 %(survey)s 分（BN-4.3.2）。"
            "本次各集团指标权重中，"
            "系统计算占 %(auto)s，系统与专家结合占 %(mixed)s，手工评分占 %(hand)s。"
        ) % {
            "auto": held[How.AUTO],
            "mixed": held[How.MIXED],
            "hand": held[How.BY_HAND],
            "expert": self.weight_of(Method.EXPERT),
            "survey": self.weight_of(Method.SURVEY),
        }
        return [
            Heading(_("指标体系与办法")),
            Table(columns, rows, total=total),
            Paragraph(method),
            Definitions(self.rules()),
        ]

    def weight_of(self, method: str) -> Decimal:
        """Return the weight of the leaves with one source."""
        return sum((n.weight for n in self.tree if n.method == method), Decimal(0))

    def weight_by_how(self) -> dict[str, str]:
        """Return the share of the groups' weight scored in each way, in per cent."""
        rows = Score.objects.filter(
            assessment__cycle=self.cycle, assessment__group__isnull=False
        ).order_by()
        sums = dict(rows.values_list("how").annotate(weight=Sum("max_score")))
        whole = sum(sums.values(), Decimal(0)) or Decimal(1)
        return {how: f"{100 * sums.get(how, 0) / whole:.1f}%" for how in How.values}

    def rules(self) -> list[tuple[str, str]]:
        """Say the rules of totals and grades with the values in force."""
        first = self.field.results[0] if self.field.results else None
        if first is None:
            return []
        frozen = Result.objects.values_list("frozen__rules", flat=True).get(pk=first.pk)
        return [
            (
                _("总分"),
                _("100×实得分÷适用权重，适用权重不低于 %(minimum)s%%")
                % {"minimum": frozen["score.applicable_min"]},
            ),
            (
                _("等次"),
                _("优秀 %(a)s 分起，良好 %(b)s 分起，合格 %(c)s 分起")
                % {"a": first.a_min, "b": first.b_min, "c": first.c_min},
            ),
            (
                _("优秀比例"),
                _("每个区县不超过 %(quota)s%%，同分并列均通过")
                % {"quota": number(Decimal(frozen["grade.a_quota"]) * 100)},
            ),
            (
                _("一校不落"),
                _("成员校得分下降 %(drop)s 分及以上的集团不评优秀（BN-2.2）")
                % {"drop": frozen["no_member_left_behind.drop_max"]},
            ),
        ]

    def ranking(self) -> list[Block]:
        """Every group with place, score, change and grade."""
        columns = [
            Column(_("位次"), NUMBER),
            Column(_("集团")),
            Column(_("区县")),
            Column(_("得分"), NUMBER, decimals=2),
            Column(_("较上期")),
            Column(_("等次")),
            Column(_("等次限制")),
        ]
        rows = [
            (
                r.rank,
                r.assessment.label,
                r.assessment.county.name,
                r.score,
                NOT_APPLICABLE if r.change is None else f"{r.change:+}",
                str(Grade(r.grade).label),
                str(Limit(r.limited_by).label) if r.limited_by else "",
            )
            for r in self.field.groups
        ]
        return [Heading(_("各集团结果")), Table(columns, rows)]

    def distribution(self) -> list[Block]:
        """How many groups have each grade."""
        rows = self.field.groups
        if not rows:
            return []
        counts = [sum(r.grade == g for r in rows) for g in Grade.values]
        title = _("良好及以上的集团 %(good)d / %(all)d") % {
            "good": counts[0] + counts[1],
            "all": len(rows),
        }
        labels = [str(g.label) for g in Grade]
        return [
            Heading(_("等次分布")),
            Chart(BAR, title, labels, [Series(_("集团数"), counts)]),
        ]

    def dimensions(self) -> list[Block]:
        """Groups by dimension as a heat map with its table."""
        rows = self.field.groups
        if not rows:
            return []
        names = [d.name for d in dimensions_of(rows[0])]
        series = [
            Series(r.assessment.label, [d.score for d in dimensions_of(r)])
            for r in rows
            if len(dimensions_of(r)) == len(names)
        ]
        columns = [Column(_("集团")), *(Column(n, NUMBER, decimals=2) for n in names)]
        cells = [
            (s.name, *(NOT_APPLICABLE if v is None else v for v in s.values))
            for s in series
        ]
        chart = Chart(
            HEATMAP,
            _("各集团在各维度的得分（百分制）"),
            names,
            series,
            maximum=100,
            decimals=1,
        )
        return [Heading(_("各维度得分")), chart, Table(columns, cells)]

    def schools(self) -> list[Block]:
        """The scores of member schools, grouped under their groups (BN-2.2)."""
        rows = self.field.schools
        if not rows:
            return []
        columns = [
            Column(_("集团")),
            Column(_("学校")),
            Column(_("得分"), NUMBER, decimals=2),
            Column(_("较上期")),
            Column(_("等次")),
        ]
        cells = [
            (
                r.assessment.facts.get("group", ""),
                r.assessment.label,
                r.score,
                NOT_APPLICABLE if r.change is None else f"{r.change:+}",
                str(Grade(r.grade).label),
            )
            for r in sorted(
                rows, key=lambda r: (r.assessment.facts.get("group", ""), r.rank)
            )
        ]
        return [Heading(_("成员学校得分")), Table(columns, cells)]

    def limits(self) -> list[Block]:
        """Which grades were held down, and why."""
        told = [self.limit_words(r) for r in self.field.results if r.limited_by]
        if not told:
            return []
        return [Heading(_("等次限制与一票否决")), BulletList(told)]

    def limit_words(self, r: Result) -> str:
        """Say one limit."""
        words = f"{r.assessment.label}：{Limit(r.limited_by).label}"
        if r.limited_by == Limit.VETO:
            kind = Veto(r.assessment.veto_kind).label
            words += f"（{kind}，{r.assessment.veto_decision}）"
        if r.fallen_members:
            words += f"（{'、'.join(r.fallen_members)}）"
        return words

    def weak_leaves(self) -> list[Block]:
        """The leaves on which groups lost most."""
        lost: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
        rows = self.cycle.assessments.filter(result__isnull=False, group__isnull=False)
        scores = rows.filter(scores__is_na=False, scores__score__isnull=False)
        fields = ("scores__indicator__code", "scores__indicator__name_zh")
        values = ("scores__max_score", "scores__score")
        for code, name, most, score in scores.values_list(*fields, *values):
            lost[code, name].append((most - score) / most)
        mean = sorted(
            ((sum(v, Decimal(0)) / len(v), k) for k, v in lost.items()), reverse=True
        )[:MOST_LEAVES]
        if not mean:
            return []
        columns = [
            Column(_("代码")),
            Column(_("指标")),
            Column(_("平均失分率"), "percent", decimals=1),
        ]
        cells = [
            (code.rsplit("-", 1)[-1], name, round(m, 6)) for m, (code, name) in mean
        ]
        return [Heading(_("失分集中的指标")), Table(columns, cells)]

    def use(self) -> list[Block]:
        """What the results are for."""
        told = _(
            "结果作为集团动态调整、干部考核和奖补安排的依据，由主管部门逐项决定并记录理由。"
        )
        return [Heading(_("结果运用")), Paragraph(told)]

    def appendix(self) -> list[Block]:
        """The digest of each group's frozen result."""
        columns = [Column(_("考核对象")), Column(_("结果数据摘要 SHA-256"))]
        rows = [(r.assessment.label, in_groups(r.digest)) for r in self.field.results]
        return [Heading(_("结果数据摘要"), numbered=False), Table(columns, rows)]
