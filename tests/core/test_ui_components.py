"""Pieces of pages: what they say, and that nothing said can break out of its place."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from core import tones
from core.charts import Chart, Series, Task, Threshold
from core.forms import Form as PageForm
from core.forms import Prefill, Section
from core.templatetags import formats
from core.transitions import Effects
from core.verdict import ALLOWED, Denied
from core.views.detail import MoveButton, arrange_moves
from core.views.styleguide import SampleForm

DAY = date(2025, 11, 22)


def draw(text: str, **context: object) -> str:
    return Template("{% load components formats i18n %}" + text).render(
        Context(context)
    )


def draw_file(name: str, **context: object) -> str:
    return render_to_string(f"components/{name}.html", context)


@pytest.mark.parametrize(
    ("state", "tone"),
    [
        ("DRAFT", "grey"),
        ("SUBMITTED", "blue"),
        ("ACTIVE", "green"),
        ("RETURNED", "amber"),
        ("REJECTED", "red"),
        ("UNHEARD_OF", "grey"),
    ],
)
def test_a_state_has_its_tone(state, tone):
    assert tones.tone_of(state) == tone


def test_a_model_may_have_its_own_tone_for_a_state():
    tones.register_tones("tests.thing", OPEN="amber")

    assert tones.tone_of("OPEN", "tests.Thing") == "amber"
    with pytest.raises(ValueError, match="no tone"):
        tones.register_tones("tests.thing", OPEN="pink")


def test_a_badge_has_colour_icon_and_word():
    html = draw_file("badge", tone="green", text="正式运行")

    assert "tone-green" in html
    assert "<svg" in html
    assert "正式运行" in html


def test_text_in_a_badge_is_escaped():
    obj = SimpleNamespace(
        state="DRAFT",
        get_state_display=lambda: "<b>草稿</b>",
        _meta=SimpleNamespace(label_lower="tests.thing"),
    )

    html = draw("{% state_badge obj %}", obj=obj)

    assert "&lt;b&gt;草稿" in html


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Decimal("1234.5"), "1,234.50"), (0, "0.00"), ("7", "7.00"), (-3, "-3.00")],
)
def test_money_is_shown_to_the_fen(value, shown):
    assert formats.money(value) == shown


@pytest.mark.parametrize("value", [None, "", "abc", float("nan")])
@pytest.mark.parametrize("write", [formats.money, formats.num, formats.percent])
def test_missing_is_said_and_is_not_zero(write, value):
    assert "未填" in write(value)


def test_ratio_is_shown_in_per_cent():
    assert formats.percent(Decimal("0.1234")) == "12.3\N{NO-BREAK SPACE}%"


@pytest.mark.parametrize(
    ("days", "words", "tone"),
    [
        (3, "还剩 3 天（11 月 25 日）", "amber"),
        (0, "今天截止（11 月 22 日）", "amber"),
        (-2, "已逾期 2 天（11 月 20 日）", "red"),
        (30, "还剩 30 天（12 月 22 日）", "grey"),
        (60, "还剩 60 天（2026 年 1 月 21 日）", "grey"),
    ],
)
def test_a_deadline_is_relative_and_absolute(days, words, tone):
    when = DAY + timedelta(days=days)

    assert formats.due_words(when, DAY) == words
    assert formats.due_tone(when, DAY) == tone


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (12, "12 B"),
        (1536, "1.5 KB"),
        (5 * 1024**2, "5.0 MB"),
        (3 * 1024**4, "3072.0 GB"),
    ],
)
def test_file_sizes_are_said_in_their_unit(size, words):
    assert formats.filesize(size) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "正在估算剩余时间"),
        (0.2, "约剩 1 秒"),
        (90, "约剩 2 分钟"),
        (7200, "约剩 2.0 小时"),
    ],
)
def test_time_left_is_said_as_a_person_would(seconds, words):
    assert formats.seconds_left(seconds) == words


def test_a_span_says_its_end_only_when_it_has_one():
    open_span = SimpleNamespace(valid_from=date(2023, 9, 1), valid_to=None)
    closed = SimpleNamespace(valid_from=date(2023, 9, 1), valid_to=date(2024, 9, 1))

    assert formats.span(open_span) == "2023-09-01 起"
    assert formats.span(closed) == "2023-09-01 至 2024-09-01（不含）"


def test_a_figure_without_value_says_so():
    html = draw_file("tile", label="满意度", value=None, unit="%")

    assert "未填" in html
    assert "%" not in html


def test_a_figure_names_source_and_day():
    html = draw_file(
        "tile", label="学校", value="42", source="名册", day=DAY, url="/x/"
    )

    assert "名册 · 2025-11-22" in html
    assert 'href="/x/"' in html


def test_a_refused_move_is_shown_with_reason_clause_and_remedy():
    denied = Denied("未能提交：缺少意见", "BN-4.3.9", "请先登记意见")
    moves = arrange_moves([MoveButton("submit", "提交", "primary", "/m/", denied)])

    html = draw_file("moves", moves=moves)

    assert "未能提交：缺少意见" in html
    assert "BN-4.3.9" in html
    assert "请先登记意见" in html
    assert 'href="/m/"' not in html


def test_one_move_leads_one_stands_beside_the_rest_in_a_menu():
    buttons = [
        MoveButton(name, name, tone, f"/{name}/", ALLOWED)
        for name, tone in [
            ("reject", "danger"),
            ("approve", "primary"),
            ("publish", "primary"),
            ("back", "secondary"),
        ]
    ]

    moves = arrange_moves(buttons)

    assert moves["primary"].name == "approve"
    assert [b.name for b in moves["beside"]] == ["publish"]
    assert [b.name for b in moves["rest"]] == ["back", "reject"]


def test_effects_are_told_in_plain_sentences():
    effects = Effects(["状态变为同意"], ["编办意见"], ["校长"], [("red", "低于下限")])

    html = draw_file("effects", effects=effects)

    for words in (
        "立即生效",
        "状态变为同意",
        "还需审批",
        "编办意见",
        "将通知",
        "校长",
        "低于下限",
        "tone-red",
    ):
        assert words in html


def test_a_chart_stands_as_a_table_and_carries_its_data():
    chart = Chart(
        "bar",
        "达标 1 / 2",
        ["甲", "乙"],
        [Series("比例", [12.5, None])],
        "%",
        [Threshold(10, "应达到 10%", "BN-5.2.4")],
    )

    html = draw_file("chart", chart=chart)

    assert "比例（%）" in html
    assert "12.5" in html
    assert "未填" in html
    assert 'type="application/json"' in html


def test_chart_data_cannot_close_its_script():
    chart = Chart("bar", "t", ["</script><script>alert(1)"], [Series("a", [1])])

    html = draw_file("chart", chart=chart)

    assert "</script><script>alert" not in html


@pytest.mark.parametrize(
    "kind", ["gantt", "sankey", "heat", "network", "radar", "waterfall", "trend"]
)
def test_every_kind_of_chart_has_rows_as_wide_as_its_heads(kind):
    chart = Chart(
        kind,
        "t",
        ["甲", "乙"],
        [Series("一", [1, 2]), Series("二", [3, 4.25])],
        tasks=[Task("章程", DAY, DAY)],
    )

    assert all(len(row) == len(chart.heads()) for row in chart.rows())


def test_an_unknown_or_crowded_chart_is_refused():
    with pytest.raises(ValueError, match="no kind"):
        Chart("pie", "t")
    with pytest.raises(ValueError, match="at most"):
        Chart("trend", "t", ["a"], [Series(str(n), [n]) for n in range(7)])


def test_blocks_wrap_their_content():
    html = draw(
        '{% card title="文件" %}<i>内容</i>{% endcard %}'
        '{% note tone="amber" title="注意" %}小心{% endnote %}'
    )

    assert "文件" in html
    assert "<i>内容</i>" in html
    assert "tone-amber" in html
    assert "小心" in html


def test_hidden_inputs_carry_the_query():
    request = RequestFactory().get("/?a=1&a=2&page=3&q=<x>")

    html = draw('{% query_hidden "page" %}', request=request)

    assert html.count('name="a"') == 2
    assert "page" not in html
    assert "&lt;x&gt;" in html


def test_a_field_has_label_help_clause_unit_source_and_error():
    prefill = Prefill("年度报表", DAY, 100)
    form = SampleForm({"area": "x"}, prefills={"area": prefill})

    html = form["area"].as_field_group()

    for words in (
        "校舍面积",
        "不含在建校舍",
        "BN-5.3.2",
        "平方米",
        "年度报表",
        "2025-11-22",
        "输入一个数字",
    ):
        assert words in html
    assert 'aria-invalid="true"' in html
    assert f'aria-describedby="{form["area"].auto_id}_helptext' in html


def test_errors_are_listed_on_top_with_links():
    form = SampleForm({})

    html = draw_file("error_summary", form=form)

    assert 'href="#id_name"' in html
    assert "学校全称：请填写" in html
    assert "所在区县：请选择" in html


def test_a_long_select_can_be_searched_and_keeps_its_name():
    html = str(SampleForm()["region"])

    assert "data-pick" in html
    assert 'aria-label="所在区县"' in html


def test_a_date_is_a_date_box_with_an_iso_value():
    html = str(SampleForm(initial={"opened_on": DAY})["opened_on"])

    assert 'type="date"' in html
    assert 'value="2025-11-22"' in html


def test_prefilled_values_are_first_values():
    form = SampleForm(
        prefills={"area": Prefill("年报", None, 5)}, initial={"name": "甲"}
    )

    assert form["area"].value() == 5
    assert form["name"].value() == "甲"


def test_sections_know_whether_they_are_complete():
    class Small(PageForm):
        class Meta:
            sections = (Section("一", ("a",)), Section("二", ("b",)))

        from django import forms as _forms

        a = _forms.CharField()
        b = _forms.CharField()
        c = _forms.CharField(required=False)

    drawn = list(Small(initial={"a": "有"}).drawn_sections())

    assert [(s.title, s.is_complete) for s in drawn] == [
        ("", False),
        ("一", True),
        ("二", False),
    ]
