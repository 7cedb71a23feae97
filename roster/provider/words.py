"""Words and codes of the register in those of the standard, as SQL expressions."""

from bureau.choices import Level
from schools.choices import Stage
from schools.models.classes import GRADES, HAN, KINDER_GRADES

_ORG_TYPES = {
    Level.PROVINCE: "state",
    Level.CITY: "local",
    Level.COUNTY: "district",
    Level.FUNCTIONAL_ZONE: "district",
    Level.TOWN: "local",
}
LEVEL_TYPE = "CASE t.level {} END".format(
    " ".join(
        f"WHEN '{level.value}' THEN '{word}'" for level, word in _ORG_TYPES.items()
    )
)
"""The kind of organisation a level of administration is."""

_KINDER_CODES = ("IT", "PR", "PK", "KG")
_VOCATIONAL_CODES = ("10", "11", "12", "13", "PS")
GRADE_CODES: dict[tuple[str, int], str] = {
    **{(Stage.KINDERGARTEN, n): code for n, code in enumerate(_KINDER_CODES)},
    **{
        (stage, grade): f"{grade:02d}"
        for stage in (Stage.PRIMARY, Stage.JUNIOR, Stage.SENIOR)
        for grade in GRADES[stage]
    },
    **{(Stage.VOCATIONAL, n): code for n, code in enumerate(_VOCATIONAL_CODES, 1)},
}
"""Stage and grade → code of the list (CEDS) that consumers know."""


def _by_grade(words: dict[tuple[str, int], str]) -> str:
    rows = " ".join(
        f"WHEN t.stage = '{stage!s}' AND t.grade = {grade} THEN '{word}'"
        for (stage, grade), word in words.items()
    )
    return f"CASE {rows} END"


def _grade_words() -> dict[tuple[str, int], str]:
    kinder = {(str(Stage.KINDERGARTEN), n): str(w) for n, w in KINDER_NAMES.items()}
    senior = {(str(Stage.SENIOR), n): f"高{HAN[n - 10]}" for n in GRADES[Stage.SENIOR]}
    others = {
        (str(stage), grade): f"{HAN[grade - 1]}年级"
        for stage in (Stage.PRIMARY, Stage.JUNIOR, Stage.VOCATIONAL)
        for grade in GRADES[stage]
    }
    return kinder | senior | others


KINDER_NAMES = dict(zip(KINDER_GRADES, ("托班", "小班", "中班", "大班"), strict=True))
GRADE_CODE = _by_grade(GRADE_CODES)
_GRADE_WORD = _by_grade(_grade_words())
CLASS_TITLE = f"coalesce(nullif(t.name, ''), {_GRADE_WORD} || ' ' || t.number || ' 班')"
_STAGE_WORDS = {
    Stage.KINDERGARTEN: "学前教育",
    Stage.PRIMARY: "小学",
    Stage.JUNIOR: "初中",
    Stage.SENIOR: "普通高中",
    Stage.VOCATIONAL: "中等职业",
}
_STAGE_WORD = "CASE t.stage {} END".format(
    " ".join(
        f"WHEN '{stage.value}' THEN '{word}'" for stage, word in _STAGE_WORDS.items()
    )
)
COURSE_TITLE = f"{_STAGE_WORD} || ' ' || {_GRADE_WORD}"
GRADES_TAUGHT = ", ".join(
    f"('{stage!s}', {grade})" for stage, grades in GRADES.items() for grade in grades
)
TERM_TITLE = "y.code || CASE t.number WHEN 1 THEN ' 第一学期' ELSE ' 第二学期' END"
