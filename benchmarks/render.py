"""Render one group's annual booklet to PDF, DOCX and XLSX, against typst alone."""

from __future__ import annotations

import json
import os
import tempfile
from datetime import date
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

from benchmarks.harness import Report, run, timed

LEAVES = 42
AREAS = ("党建引领", "治理能力", "教学质量", "师资均衡", "办学特色")
FILES = ("pdf", "docx", "xlsx")
FRESH = count()


def booklet() -> dict[str, Any]:
    """Freeze a booklet of 42 leaves; each call differs, so that nothing is reused."""
    from core import documents as d

    turn = next(FRESH)
    scores = [Decimal(7000 + (turn * 37 + i * 211) % 3000) / 100 for i in range(5)]
    schools = [f"云洲区第{i}实验学校" for i in range(1, 8)]
    members = [d.Series(name, scores) for name in schools]
    names = [f"考核指标{i}第{turn}次" for i in range(LEAVES)]
    leaves = [
        (f"{i // 9 + 1}.{i % 9 + 1}", AREAS[i // 9], name, 2, 1, "自动")
        for i, name in enumerate(names)
    ]
    columns = [
        d.Column("编号"),
        d.Column("方面"),
        d.Column("指标"),
        d.Column("分值", d.NUMBER),
        d.Column("得分", d.NUMBER),
        d.Column("方式"),
    ]
    blocks = [
        d.Heading("总体情况"),
        d.Paragraph("本年度集团综合评价情况如下，各项数据均取自学校年度报表。" * 4),
        d.KeyFigures([d.KeyFigure(area, scores[0], unit="分") for area in AREAS]),
        d.Heading("一级指标得分"),
        d.Chart(d.RADAR, "五个方面得分", AREAS, [d.Series("本集团", scores)]),
        d.Chart(d.BAR, "各方面得分", AREAS, [d.Series("本集团", scores)]),
        d.Chart(d.HEATMAP, "成员校得分", AREAS, members),
        d.Heading("指标明细"),
        d.Table(columns, leaves, caption="指标得分"),
        d.Heading("问题与整改"),
        d.BulletList([f"第{i}项指标低于均值，限期整改。" for i in range(8)]),
    ]
    document = d.Document(
        "教育集团年度考核评价报告", "教育局", date(2026, 11, 22), blocks
    )
    return d.to_data(document)


def typst_alone() -> float:
    """Time the bare compile of the same pages from data that lie ready."""
    import typst

    from core.documents import pdf
    from core.documents.layout import lay_out

    source = (pdf.TEMPLATES / "report.typ").read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        compiler = typst.Compiler(root=folder, font_paths=pdf._fonts())
        target = Path(folder) / "data.json"
        layouts = (json.dumps(lay_out(booklet())) for _ in iter(int, 1))

        def ready() -> None:
            target.write_text(next(layouts))

        def compile_ready() -> None:
            compiler.compile(source, format="pdf")

        return timed_after(ready, compile_ready)


def timed_after(prepare: Any, work: Any, repeat: int = 9) -> float:
    """Return the median of work alone, with preparations outside the clock."""
    times = []
    for _ in range(repeat + 1):
        prepare()
        times += timed(work, repeat=1, warm_up=0).seconds
    return sorted(times[1:])[repeat // 2]


def bench(report: Report) -> None:
    """Measure the three files together and the PDF against typst alone."""
    from core.documents import render

    alone = typst_alone()
    pdf = timed(lambda: render(booklet(), "pdf"), repeat=9).median
    three = timed(
        lambda: [render(data, fmt) for data in [booklet()] for fmt in FILES], repeat=9
    ).median
    report.seconds("typst alone, same pages", alone)
    report.seconds("PDF from frozen data", pdf, ratio=pdf / alone, ratio_at_most=4)
    report.seconds("PDF + DOCX + XLSX of one group", three, at_most=0.6)


if __name__ == "__main__":
    run(bench, dataset=f"{LEAVES} leaves")
