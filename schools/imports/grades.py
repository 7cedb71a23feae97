"""The words for grades and classes that schools write in their lists."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from schools.choices import Stage
from schools.models.classes import GRADES

Place = tuple[str, int]
"""A stage and a grade within it."""
HAN = {word: n for n, word in enumerate("零一二三四五六七八九十")}
FIRST = {
    Stage.PRIMARY: 1,
    Stage.JUNIOR: 7,
    Stage.SENIOR: 10,
    Stage.VOCATIONAL: 1,
    Stage.KINDERGARTEN: 1,
}
"""The grade in which each stage begins."""
KINDER = {
    "托": 0,
    "托班": 0,
    "小": 1,
    "小班": 1,
    "中": 2,
    "中班": 2,
    "大": 3,
    "大班": 3,
}
STAGE_WORDS = (
    ("幼儿园", Stage.KINDERGARTEN),
    ("学前", Stage.KINDERGARTEN),
    ("普通小学", Stage.PRIMARY),
    ("小学", Stage.PRIMARY),
    ("普通初中", Stage.JUNIOR),
    ("初中", Stage.JUNIOR),
    ("普通高中", Stage.SENIOR),
    ("职业高中", Stage.VOCATIONAL),
    ("中等职业", Stage.VOCATIONAL),
    ("职高", Stage.VOCATIONAL),
    ("中职", Stage.VOCATIONAL),
    ("高中", Stage.SENIOR),
)
"""What a grade may begin with to say its stage."""
SHORT = {
    "初": ((Stage.JUNIOR, 6),),
    "高": ((Stage.SENIOR, 9), (Stage.VOCATIONAL, 0)),
    "职": ((Stage.VOCATIONAL, 0),),
}
"""初一 is the seventh grade, 高一 the tenth of a school or the first of training."""
COUNTED = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
GRADE = re.compile(rf"^({COUNTED})(?:年级|级)?$")
SHORT_GRADE = re.compile(rf"^([初高职])({COUNTED})(?:年级)?$")
ENTRY = re.compile(r"^(20\d\d)级?$")
CLASS = re.compile(rf"\(({COUNTED})\)班?$|({COUNTED})班$|^({COUNTED})$")
NOISE = re.compile(r"[\s·\-_—]+")


@dataclass(frozen=True)
class GradeWord:
    """What a grade could mean; ``entered`` is the year in which its pupils began."""

    places: tuple[Place, ...] = ()
    stage: str = ""
    entered: int = 0


def plain(text: str) -> str:
    """Return a word in narrow signs without blanks and dashes."""
    return NOISE.sub("", unicodedata.normalize("NFKC", text))


def count(word: str) -> int:
    """Return a number written in digits or in Chinese, up to 99; 0 for nonsense."""
    if word.isdigit():
        return int(word)
    tens, ten, ones = word.rpartition("十")
    if not ten:
        return HAN[word] if len(word) == 1 else 0
    if len(tens) > 1 or len(ones) > 1:
        return 0
    return HAN.get(tens, 1) * 10 + HAN.get(ones, 0)


def read_grade(text: str) -> GradeWord | None:
    """Return what 一年级, 七年级, 初一, 高一, 小班 or 2024级 may mean, or None."""
    word, stage = plain(text), ""
    for prefix, named in STAGE_WORDS:
        if word.startswith(prefix) and len(word) > len(prefix):
            word, stage = word.removeprefix(prefix), named
            break
    if entry := ENTRY.match(word):
        return GradeWord(stage=stage, entered=int(entry[1]))
    places = tuple(p for p in _places(word, stage) if not stage or p[0] == stage)
    return GradeWord(places, stage) if places else None


def _places(word: str, stage: str) -> Iterator[Place]:
    if word in KINDER:
        yield Stage.KINDERGARTEN, KINDER[word]
    if short := SHORT_GRADE.match(word):
        for named, before in SHORT[short[1]]:
            yield from _fitting(named, before + count(short[2]))
    if found := GRADE.match(word):
        grade = count(found[1])
        for named in GRADES:
            if named == Stage.KINDERGARTEN:
                continue
            yield from _fitting(named, grade)
            if named == stage and grade < FIRST[Stage(named)]:
                yield from _fitting(named, FIRST[Stage(named)] - 1 + grade)


def _fitting(stage: str, grade: int) -> Iterator[Place]:
    if grade in GRADES[stage]:
        yield stage, grade


def grade_entered(stage: str, entered: int, year: int) -> int | None:
    """Return the grade of those who began in one year, in the school year of another.

    None when they have left the stage by then, or have not begun.
    """
    grade = FIRST[Stage(stage)] + year - entered
    return grade if entered <= year and grade in GRADES[stage] else None


def read_number(text: str) -> int | None:
    """Return the class number of 1, 3班, （3）班, 三班 or 七年级（3）班, or None."""
    word = plain(text)
    if word.isdecimal():
        return int(word[:9]) or None
    found = CLASS.search(word)
    return (count(next(filter(None, found.groups()))) or None) if found else None
