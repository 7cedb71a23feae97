"""The pieces of pages side by side; only where the installation is being developed."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from core.charts import Chart, Link, Series, Task, Threshold
from core.days import today
from core.filters import Chip
from core.forms import Form, Prefill, Section
from core.tables import (
    Column,
    DateColumn,
    DueColumn,
    MoneyColumn,
    NameColumn,
    NumberColumn,
    PercentColumn,
    StateColumn,
    Table,
)
from core.timeline import Entry
from core.transitions import Effects
from core.verdict import ALLOWED, Denied
from core.views.detail import MoveButton, arrange_moves
from core.views.listing import Empty, ShownTab
from core.views.page import SIGNED_IN, Action, Crumb, Page


class SampleTable(Table):
    """One column of each kind."""

    name = NameColumn(sub="short_name", linkify=lambda record: "#", verbose_name="学校")
    region = Column(verbose_name="区县")
    headcount = NumberColumn(verbose_name="在校生")
    share = PercentColumn(verbose_name="大班额比例")
    amount = MoneyColumn(verbose_name="奖补（元）")
    opened_on = DateColumn(verbose_name="建校日期")
    state = StateColumn()
    due_on = DueColumn(verbose_name="截止")


class SampleForm(Form):
    """One field of each kind."""

    name = forms.CharField(
        label="学校全称", max_length=60, help_text="与事业单位法人证书一致。"
    )
    area = forms.DecimalField(label="校舍面积", help_text="不含在建校舍。")
    opened_on = forms.DateField(label="建校日期", widget=forms.DateInput)
    region = forms.ChoiceField(
        label="所在区县",
        choices=[("", "请选择"), *((str(n), f"云洲市第{n}区") for n in range(1, 20))],
    )
    stages = forms.MultipleChoiceField(
        label="办学学段",
        choices=[("P", "小学"), ("J", "初中"), ("S", "高中")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    report = forms.CharField(label="自评说明", widget=forms.Textarea(attrs={"rows": 4}))
    evidence = forms.FileField(label="佐证材料", required=False)
    is_legal = forms.BooleanField(label="独立法人", required=False)

    class Meta:
        units = {"area": "平方米"}
        clauses = {"area": "BN-5.3.2"}
        sections = (
            Section(
                "基本情况",
                ("name", "area", "opened_on", "region"),
                "用于核对办学条件。",
            ),
            Section("自评", ("stages", "report", "evidence", "is_legal")),
        )


def sample_rows() -> list["_Row"]:
    """Return rows of made-up schools."""
    states = ("DRAFT", "SUBMITTED", "APPROVED", "RETURNED", "REJECTED", "ACTIVE")
    words = ("草稿", "已提交", "已同意", "退回修改", "不同意", "正式运行")
    return [
        _Row(
            name=f"云洲市{place}{'小学' if n % 2 else '初级中学'}",
            short_name=f"{place}{'小学' if n % 2 else '初中'}",
            region=("东江区", "西岭区", "南浦县")[n % 3],
            headcount=312 + n * 187 if n != 4 else None,
            share=0.031 * n,
            amount=126_500.5 * (n + 1),
            opened_on=date(1998 + n, 9, 1),
            state=states[n % 6],
            word=words[n % 6],
            due_on=today() + timedelta(days=n * 4 - 6),
        )
        for n, place in enumerate(
            ("实验", "滨河", "育才", "望江", "青山", "湖滨", "新城", "朝阳")
        )
    ]


class _Row(SimpleNamespace):
    """A made-up row whose state has a word."""

    def get_state_display(self) -> str:
        """Return the state in words."""
        return str(self.word)


def sample_charts() -> list[Chart]:
    """Return one picture of each kind."""
    years = ["2021", "2022", "2023", "2024", "2025"]
    dims = ["学生发展", "教师发展", "学校发展", "社会认可", "发展潜能"]
    limit = Threshold(10, "应达到 10%", "BN-5.2.4")
    groups = ["实验教育集团", "滨河教育集团", "育才教育集团", "望江学校发展共同体"]
    return [
        Chart(
            "trend",
            "大班额比例四年下降 9 个百分点",
            years,
            [Series("大班额比例", [14.2, 11.8, 9, 6.4, 5.1])],
            "%",
            source="年度报表",
            day=date(2025, 9, 30),
        ),
        Chart(
            "bar",
            "交流比例达标的集团 2 / 4",
            groups,
            [Series("交流比例", [12.4, 9.1, 15, 6.8])],
            "%",
            [limit],
        ),
        Chart(
            "radar",
            "教师发展高于上年",
            dims,
            [
                Series("2024", [78, 70, 82, 75, 66]),
                Series("2025", [81, 83, 80, 79, 72]),
            ],
            maximum=100,
        ),
        Chart(
            "heat",
            "发展潜能普遍偏低",
            dims,
            [
                Series(g, [70 + i * 3, 82 - i, 75, 79 + i, 60 + i])
                for i, g in enumerate(groups)
            ],
            maximum=100,
            places=0,
        ),
        Chart(
            "sankey",
            "教师主要由龙头学校派出",
            links=[
                Link("实验小学", "滨河小学", 6),
                Link("实验小学", "青山小学", 4),
                Link("滨河小学 ", "实验小学 ", 3),
            ],
            unit="人",
        ),
        Chart(
            "network",
            "实验教育集团现有 5 所成员学校",
            links=[
                Link("实验小学", n)
                for n in ("滨河小学", "青山小学", "湖滨小学", "新城小学", "朝阳小学")
            ],
            centre="实验小学",
        ),
        Chart(
            "gantt",
            "本年度计划按期 3 / 4",
            tasks=[
                Task("章程修订", date(2025, 9, 1), date(2025, 10, 15), "green"),
                Task("联合教研", date(2025, 9, 20), date(2026, 6, 20)),
                Task("教师交流", date(2025, 10, 1), date(2026, 7, 1)),
                Task("年度自评", date(2026, 5, 1), date(2026, 6, 30), "amber"),
            ],
        ),
        Chart(
            "waterfall",
            "奖补经费结余 18.5 万元",
            ["预算", "追加", "首批拨付", "末批拨付"],
            [Series("金额", [120, 15, -80, -36.5])],
            "万元",
        ),
    ]


def sample_moves() -> dict[str, Any]:
    """Return moves of every standing."""
    refused = Denied(
        "未能提交：还有 1 所成员学校没有出具意见",
        "BN-4.3.9",
        "请提醒滨河小学登记意见后再提交",
    )
    return arrange_moves(
        [
            MoveButton("approve", "同意", "primary", "#", ALLOWED),
            MoveButton("return", "退回修改", "secondary", "#", ALLOWED),
            MoveButton("reject", "不同意", "danger", "#", ALLOWED),
            MoveButton("submit", "提交审批", "primary", "#", refused),
        ]
    )


class StyleGuide(Page):
    """All pieces on one page; ``?list`` draws them as a list page would."""

    permission = SIGNED_IN
    title = "云洲市实验教育集团"

    def get_crumbs(self) -> list[Crumb]:
        """Return a path of three steps."""
        return [Crumb("云洲市", "#"), Crumb("东江区", "#"), Crumb("教育集团", "#")]

    def get_actions(self) -> list[Action]:
        """Return two buttons."""
        return [
            Action("导入", "#", "file-import"),
            Action("新建集团", "#", "plus", primary=True),
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Draw the page."""
        messages.success(request, "已提交：实验教育集团组建方案")
        table = SampleTable(sample_rows(), order_by=request.GET.getlist("sort") or None)
        table.paginate(per_page=8)
        prefills = {"area": Prefill("2024—2025 学年年度报表", date(2025, 9, 30), 12450)}
        form = SampleForm(
            {"area": "x"} if "errors" in request.GET else None, prefills=prefills
        )
        context = self.get_context_data(
            table=table,
            page=table.page,
            page_numbers=[1, 2, 3, "…", 12],
            count=2345,
            unit="所",
            size=50,
            page_sizes=(20, 50, 100),
            form=form,
            charts=sample_charts(),
            moves=sample_moves(),
            effects=Effects(
                ["实验教育集团的状态变为“正式运行”"],
                ["区机构编制部门、区财政部门出具意见"],
                ["实验小学校长、滨河小学校长"],
                [
                    (
                        "amber",
                        "扩展后龙头学校骨干教师占比由 38 % 降至 31 %，接近下限 30 %。",
                    )
                ],
            ),
            refusal=Denied(
                "未能兼任：云洲初级中学所在集团为半紧密型，仅紧密型集团的龙头学校校长可以兼任",
                "BN-5.2.1b",
                "可先办理“调整紧密程度”",
            ),
            entries=[
                Entry(
                    timezone.now(),
                    "陈敏（区教委基教科）",
                    "同意",
                    "材料齐全，同意组建。",
                    "APPROVED",
                    "",
                ),
                Entry(
                    timezone.now() - timedelta(days=3),
                    "李卫（实验小学校长）",
                    "提交审批",
                    "",
                    "SUBMITTED",
                    "",
                ),
            ],
            chips=[Chip("区县", "东江区", "a=1"), Chip("状态", "正式运行", "b=1")],
            shown_tabs=[
                ShownTab("全部", "?", True),
                ShownTab("待确认学段", "?x=1", False),
            ],
            empty=Empty(
                "还没有学校",
                "从本局的学校名册导入，或逐所登记。",
                Action("导入名册", "#"),
            ),
        )
        return TemplateResponse(request, "generic/styleguide.html", context)


patterns = [path("styleguide/", StyleGuide.as_view(), name="styleguide")]
