"""Names spelled for sorting and searching."""

import pytest

from schools.names import spell


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("云洲第一小学", "yunzhoudiyixiaoxue", "yzdyxx"),
        ("重庆 第二十三中学", "chongqingdiershisanzhongxue", "cqdesszx"),
        ("云洲一中（NO.2 校区）", "yunzhouyizhong(no.2xiaoqu)", "yzyz(no.2xq)"),
        ("", "", ""),
    ],
)
def test_a_name_is_spelled_whole_and_by_first_letters(
    name: str, pinyin: str, initials: str
) -> None:
    assert spell(name) == (pinyin, initials)


def test_a_long_name_is_cut_to_the_length_of_its_columns() -> None:
    pinyin, initials = spell("学" * 150)

    assert (len(pinyin), len(initials)) == (200, 100)
