"""Small documents for the tests of `core.documents`."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from core import documents as d

NASTY = "<b>粗</b> #set text(red) *x* $y$ =1+1 & 𠮷䶮"
FORMATS = ("html", "docx", "pdf", "xlsx")


def table(rows: int = 3, **fields: Any) -> d.Table:
    """Return a table with every kind of column."""
    columns = [
        d.Column("名称"),
        d.Column("人数", d.NUMBER),
        d.Column("金额（元）", d.MONEY),
        d.Column("比例", d.PERCENT),
        d.Column("日期", d.DATE),
    ]
    lines = [
        (f"第{i:03d}行", 1200 + i, 123456, Decimal("0.123"), date(2026, 2, 28))
        for i in range(rows)
    ]
    return d.Table(columns, lines, **{"caption": "各校情况", **fields})


def charts() -> list[d.Chart]:
    """Return one chart of each kind."""
    axes = ["党建引领", "治理能力", "教学质量"]
    one = [d.Series("本集团", [Decimal("80.5"), None, 92])]
    limit = d.Threshold(85, "不低于 85 分（BN-5.2.3）")
    return [
        d.Chart(d.BAR, "得分", axes, one, threshold=limit),
        d.Chart(d.TREND, "走势", axes, one, threshold=limit),
        d.Chart(d.RADAR, "雷达", axes, one, maximum=100),
        d.Chart(d.HEATMAP, "热图", axes, one),
    ]


def document(**fields: Any) -> d.Document:
    """Return a short report that uses every block."""
    usual: dict[str, Any] = {
        "title": "云洲区教育集团年度考核评价报告",
        "issuer": "云洲区教育局",
        "prepared_on": date(2026, 11, 22),
        "period": "2025—2026学年",
        "region": "云洲区",
        "sources": ["数据来源：学校年度报表，截至2026年10月31日。"],
        "blocks": [
            d.Heading("总体情况"),
            d.Paragraph("第一段。\n第二段。", lead="概述："),
            d.Heading("比较", 2),
            d.KeyFigures([d.KeyFigure("得分", Decimal("86.50"), unit="分", note="升")]),
            d.Heading("明细", 3),
            table(total=("合计", 3603, 370368, None, None), note="注：试算。"),
            d.BulletList(["其一", "其二"], ordered=True),
            d.Definitions([("差异系数", "标准差与平均数之比。")]),
            *charts(),
            d.PageBreak(),
            d.Paragraph("附记。", note=True),
        ],
        "appendix": [d.Paragraph("附件正文。")],
    }
    return d.Document(**{**usual, **fields})


def plain(**fields: Any) -> dict[str, Any]:
    """Freeze a document of one paragraph."""
    return d.to_data(document(**{"blocks": [d.Paragraph("正文。")], **fields}))


def data(**fields: Any) -> dict[str, Any]:
    """Freeze the short report."""
    return d.to_data(document(**fields))


def nasty() -> dict[str, Any]:
    """Freeze a document whose every text tries to be markup or a formula."""
    blocks = [
        d.Heading(NASTY),
        d.Paragraph(NASTY, lead=NASTY),
        d.KeyFigures([d.KeyFigure(NASTY, NASTY, d.TEXT, NASTY, NASTY)]),
        d.Table([d.Column(NASTY)], [(NASTY,), ("=1+1",)], NASTY, NASTY, (NASTY,)),
        d.BulletList([NASTY]),
        d.Definitions([(NASTY, NASTY)]),
        *(
            replace(
                chart,
                title=NASTY,
                categories=[NASTY] * 3,
                series=[replace(chart.series[0], name=NASTY)],
            )
            for chart in charts()
        ),
    ]
    return data(title=NASTY, issuer=NASTY, blocks=blocks, sources=[NASTY])
