"""Grades and numbers of classes in the words of schools."""

import pytest

from schools.choices import Stage
from schools.imports.grades import GradeWord, read_grade, read_number


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("一年级", (Stage.PRIMARY, 1)),
        ("小学六年级", (Stage.PRIMARY, 6)),
        ("5", (Stage.PRIMARY, 5)),
        ("七年级", (Stage.JUNIOR, 7)),
        ("初中一年级", (Stage.JUNIOR, 7)),
        ("初三", (Stage.JUNIOR, 9)),
        ("9 年级", (Stage.JUNIOR, 9)),
        ("高一", (Stage.SENIOR, 10)),
        ("高中三年级", (Stage.SENIOR, 12)),
        ("十二年级", (Stage.SENIOR, 12)),
        ("职高二", (Stage.VOCATIONAL, 2)),
        ("中职三年级", (Stage.VOCATIONAL, 3)),
        ("托班", (Stage.KINDERGARTEN, 0)),
        ("小班", (Stage.KINDERGARTEN, 1)),
        ("幼儿园大班", (Stage.KINDERGARTEN, 3)),
    ],
)
def test_grade_is_understood_in_the_words_of_schools(
    said: str, place: tuple[str, int]
) -> None:
    word = read_grade(said)

    assert word is not None
    assert place in word.places


def test_year_of_entry_is_a_grade_too() -> None:
    assert read_grade("初中2025级") == GradeWord(stage=Stage.JUNIOR, entered=2025)
    assert read_grade("2024级") == GradeWord(entered=2024)


@pytest.mark.parametrize(
    "said", ["", "全校", "十五年级", "初九", "一一年级", "年级", "🎓"]
)
def test_nonsense_is_no_grade(said: str) -> None:
    assert read_grade(said) is None


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("3", 3),
        ("03", 3),
        ("3班", 3),
        ("（3）班", 3),
        ("三班", 3),
        ("十二班", 12),
        ("七年级(4)班", 4),
        ("2024级11班", 11),
        ("小二班", 2),
        ("高一", None),
        ("彩虹班", None),
        ("0", None),
    ],
)
def test_class_number_is_found_in_number_and_name(said: str, number: int) -> None:
    assert read_number(said) == number
