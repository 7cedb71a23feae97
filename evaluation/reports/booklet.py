"""The annual booklet of one group (一集团一册)."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.documents import (
    BAR,
    DATE,
    NOT_APPLICABLE,
    NUMBER,
    RADAR,
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
from evaluation.choices import Grade, Limit, Veto
from evaluation.marks import marks_of_grades, told_in_report
from evaluation.models import Result
from evaluation.reading import (
    Leaf,
    by_points_lost,
    number,
    strengths,
    title_of,
    without_internal,
)
from evaluation.reports.figures import (
    Field,
    averages,
    dimensions_of,
    issuer_of,
    leaves_of,
    self_evaluation_of,
)
from groups.choices import Role

MOST_BARS = 12


def build_booklet(group: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Return the frozen document of one group's result in one cycle."""
    result = Result.objects.select_related(
        "assessment__cycle__region",
        "assessment__cycle__year",
        "assessment__cycle__framework",
        "assessment__county",
    ).get(assessment__cycle=params["cycle"], assessment__group=group)
    return to_data(Booklet(result).document())


class Booklet:
    """Writes the parts of one group's booklet."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.assessment = result.assessment
        self.cycle = result.assessment.cycle
        self.field = Field(self.cycle)
        self.leaves = leaves_of(result)

    def document(self) -> Document:
        """Return the whole booklet."""
        return Document(
            title=_("%(group)s%(year)s 学年考核评价报告")
            % {"group": self.assessment.label, "year": self.cycle.year.code},
            subtitle=_("一集团一册"),
            issuer=issuer_of(self.cycle.region),
            prepared_on=self.cycle.consolidated_on or self.cycle.reference_day,
            period=_("%(year)s 学年") % {"year": self.cycle.year.code},
            region=self.cycle.region.name,
            sources=self.sources(),
            blocks=[
                *self.overview(),
                *self.dimensions(),
                *self.strong_and_weak(),
                *self.members(),
                *self.leaf_table(),
                *self.own_words(),
                *self.method(),
            ],
            appendix=self.appendix(),
        )

    def sources(self) -> list[str]:
        """Say where the figures come from and of which day they are."""
        return [
            _("成员关系和学校登记：%(day)s")
            % {"day": f"{self.cycle.reference_day:%Y-%m-%d}"},
            _("年度数据：%(year)s 学年各校确认报表") % {"year": self.cycle.year.code},
            _("考核结果摘要：%(digest)s") % {"digest": self.result.digest},
            *told_in_report(marks_of_grades(self.cycle, self.keys())),
        ]

    def keys(self) -> set[str]:
        """Return the keys of the parameters that the scores were computed with."""
        return {key for leaf in self.leaves for key, _value in leaf.parameters}

    def overview(self) -> list[Block]:
        """The number, its grade, its place, and why the grade is what it is."""
        r = self.result
        figures = [
            KeyFigure(_("得分"), r.score, NUMBER, decimals=2, note=_("满分 100")),
            KeyFigure(_("等次"), str(Grade(r.grade).label), "text"),
            KeyFigure(
                _("位次"), f"{r.rank} / {r.of}", "text", note=_("本周期参评集团")
            ),
            KeyFigure(
                _("较上期"),
                NOT_APPLICABLE if r.change is None else f"{r.change:+}",
                "text",
            ),
        ]
        return [
            Heading(_("总体结果")),
            KeyFigures(figures),
            Paragraph(self.sum_words()),
            *self.limits(),
        ]

    def sum_words(self) -> str:
        """Say how the score came about."""
        r = self.result
        return _(
            "适用指标权重 %(applicable)s 分，实得 %(raw)s 分，"
            "按 100×实得÷适用权重折算为 %(score)s 分。"
        ) % {"applicable": r.applicable_weight, "raw": r.raw, "score": r.score}

    def limits(self) -> list[Block]:
        """Say what held the grade below the band of its score."""
        r = self.result
        if not r.limited_by:
            return []
        words = {
            Limit.QUOTA: _("所在区县优秀名额已满，按良好定等。"),
            Limit.MEMBER: _("成员校明显下滑（%(names)s），不能评为优秀（BN-2.2）。")
            % {"names": "、".join(r.fallen_members)},
            Limit.VETO: _("一票否决：%(kind)s（%(decision)s）。")
            % {
                "kind": Veto(self.assessment.veto_kind).label,
                "decision": self.assessment.veto_decision,
            },
        }
        band = _("按分数应为%(band)s。") % {"band": Grade(r.band).label}
        return [Paragraph(band + words[Limit(r.limited_by)], lead=_("等次说明"))]

    def dimensions(self) -> list[Block]:
        """The radar, beside the mean of groups of the same mode."""
        own = dimensions_of(self.result)
        like = self.field.like(self.result)
        mean = averages(like)
        blocks: list[Block] = [Heading(_("各维度得分"))]
        if len(own) > 2:
            blocks.append(
                Chart(
                    RADAR,
                    self.radar_title(own, mean),
                    [d.name for d in own],
                    [
                        Series(_("本集团"), [d.score for d in own]),
                        Series(_("同类集团平均"), [mean.get(d.code) for d in own]),
                    ],
                    maximum=100,
                    decimals=1,
                    note=_("同类集团 %(count)d 个；各维度按适用权重折算为百分制")
                    % {"count": len(like)},
                )
            )
        columns = [
            Column(_("维度")),
            Column(_("权重"), NUMBER, decimals=2),
            Column(_("得分"), NUMBER, decimals=2),
            Column(_("百分制"), NUMBER, decimals=2),
            Column(_("同类平均"), NUMBER, decimals=2),
        ]
        rows = [
            (
                d.name,
                d.weight,
                d.points,
                NOT_APPLICABLE if d.score is None else d.score,
                mean.get(d.code, NOT_APPLICABLE),
            )
            for d in own
        ]
        return [*blocks, Table(columns, rows)]

    def radar_title(self, own: Any, mean: dict[str, Decimal]) -> str:
        """Say the finding of the radar."""
        above = [d.name for d in own if d.score and d.score > mean.get(d.code, d.score)]
        if not above:
            return _("各维度均未高于同类集团平均")
        return _("%(names)s高于同类集团平均") % {"names": "、".join(above)}

    def strong_and_weak(self) -> list[Block]:
        """Strong points, weak points, and the points nearest to be had."""
        lost = by_points_lost(self.leaves)
        strong = [
            f"{x.code} {x.name}：{x.score} / {x.weight}" for x in strengths(self.leaves)
        ]
        blocks: list[Block] = [
            Heading(_("优势与短板")),
            Heading(_("优势指标"), 2),
            BulletList(strong or [_("本期没有得分率达到九成的指标")]),
            Heading(_("失分指标"), 2),
        ]
        if lost:
            blocks.append(self.lost_chart(lost[:MOST_BARS]))
        advice = [f"{x.code} {x.name}（失 {x.lost} 分）：{x.advice}" for x in lost[:5]]
        return [
            *blocks,
            Heading(_("如何提高"), 2),
            BulletList(advice or [_("全部适用指标均得满分")], ordered=bool(advice)),
        ]

    def lost_chart(self, lost: list[Leaf]) -> Chart:
        """Draw the points lost, the most first."""
        return Chart(
            BAR,
            _("失分最多的是“%(name)s”，失 %(lost)s 分")
            % {"name": lost[0].name, "lost": lost[0].lost},
            [f"{x.code} {x.name}" for x in lost],
            [Series(_("失分"), [x.lost for x in lost])],
            decimals=2,
        )

    def members(self) -> list[Block]:
        """The schools of the group on the reference day, with their own scores."""
        scored = self.field.by_school()
        rows = []
        for member in self.assessment.members:
            result = scored.get(member["school"])
            rows.append(
                (
                    member["name"],
                    str(Role(member["role"]).label),
                    member["since"],
                    result.score if result else NOT_APPLICABLE,
                    str(Grade(result.grade).label) if result else NOT_APPLICABLE,
                )
            )
        columns = [
            Column(_("学校")),
            Column(_("角色")),
            Column(_("加入日期"), DATE),
            Column(_("本校得分"), NUMBER, decimals=2),
            Column(_("本校等次")),
        ]
        return [Heading(_("成员学校")), Table(columns, rows)]

    def leaf_table(self) -> list[Block]:
        """Every leaf with weight, points, how it was scored, and its clause."""
        columns = [
            Column(_("代码")),
            Column(_("指标")),
            Column(_("权重"), NUMBER, decimals=2),
            Column(_("得分"), NUMBER, decimals=2),
            Column(_("失分"), NUMBER, decimals=2),
            Column(_("评分方式")),
            Column(_("依据")),
        ]
        rows = [
            (
                x.code,
                x.name,
                x.weight,
                NOT_APPLICABLE if x.is_na else x.score,
                NOT_APPLICABLE if x.is_na else x.lost,
                _("不适用") if x.is_na else x.how_words,
                x.clause,
            )
            for x in self.leaves
        ]
        total = (
            _("合计"),
            "",
            self.result.full_weight,
            self.result.raw,
            self.result.applicable_weight - self.result.raw,
            "",
            "",
        )
        return [Heading(_("指标得分")), Table(columns, rows, total=total)]

    def own_words(self) -> list[Block]:
        """What the group said of itself."""
        texts = self_evaluation_of(self.result)
        names = {d.code: d.name for d in dimensions_of(self.result)}
        told = [
            Paragraph(texts[code], lead=name)
            for code, name in names.items()
            if texts.get(code)
        ]
        return [Heading(_("集团自评")), *told] if told else []

    def method(self) -> list[Block]:
        """How each leaf was worked out: rule, then numbers."""
        items = []
        for leaf in self.leaves:
            lines = [
                "。".join(filter(None, (f"{p.title}：{p.rule}", p.public_formula)))
                for p in leaf.parts
            ]
            if leaf.is_na:
                lines = [
                    _("不适用：%(why)s") % {"why": leaf.comment or _("按规则不适用")}
                ]
            elif leaf.how != "AUTO":
                lines.append(_("手工评分：%(comment)s") % {"comment": leaf.comment})
            items.append((f"{leaf.code} {leaf.name}", "；".join(filter(None, lines))))
        return [Heading(_("计分过程")), Definitions(items)]

    def appendix(self) -> list[Block]:
        """The snapshot of the inputs, so that every score can be worked out again."""
        columns = [
            Column(_("代码")),
            Column(_("数据")),
            Column(_("分子")),
            Column(_("分母")),
            Column(_("数值")),
        ]
        rows = []
        for leaf in self.leaves:
            held = without_internal(leaf.snapshot)
            for name, figure in held["figures"].items():
                part = held["known"].get(name)
                rows.append(
                    (
                        leaf.code,
                        title_of(name),
                        _shown(figure["numerator"]),
                        _shown(figure["denominator"]),
                        _shown(part),
                    )
                )
        note = _("结果摘要 %(digest)s；同样的数据复算得到同样的摘要。") % {
            "digest": self.result.digest
        }
        return [Heading(_("数据快照"), numbered=False), Table(columns, rows, note=note)]


def _shown(value: str | None) -> str:
    return NOT_APPLICABLE if value is None else number(value, 6)
