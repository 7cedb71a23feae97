"""Family and given names out of the one name that the register keeps.

The same rule is written twice: for Python and, from the same constants, for the
database. A test holds them together.
"""

COMPOUND = (
    *("欧阳", "太史", "端木", "上官", "司马", "东方", "独孤", "南宫", "万俟", "闻人"),
    *("夏侯", "诸葛", "尉迟", "公羊", "赫连", "澹台", "皇甫", "宗政", "濮阳", "公冶"),
    *("太叔", "申屠", "公孙", "慕容", "仲孙", "钟离", "长孙", "宇文", "司徒", "鲜于"),
    *("司空", "闾丘", "子车", "亓官", "司寇", "巫马", "公西", "颛孙", "壤驷", "公良"),
    *("漆雕", "乐正", "宰父", "谷梁", "拓跋", "夹谷", "轩辕", "令狐", "段干", "百里"),
    *("呼延", "东郭", "南门", "羊舌", "微生", "公户", "公玉", "梁丘", "左丘", "东门"),
    *("西门", "第五", "贺兰", "完颜", "耶律", "纳兰", "爱新", "叶赫", "欧陽", "東方"),
)
"""Family names of two characters."""

POINTS = "\u00b7\u2022\u2027\u30fb\uff65.\u3000"
"""What stands between the parts of a name, as different keyboards write it."""

_GAPS = str.maketrans(dict.fromkeys(POINTS, " "))


def split_name(name: str) -> tuple[str, str]:
    """Return family and given name; neither is ever empty.

    A name in parts (阿依古丽·买买提, Anna Smith) gives the first part as given and the
    rest as family name; a name of one character stands in both.
    """
    first, gap, rest = name.translate(_GAPS).partition(" ")
    if gap and first and rest.strip(" "):
        return name[len(first) + 1 :].strip(" "), name[: len(first)]
    size = 2 if name[:2] in COMPOUND and len(name) > 2 else 1
    return name[:size], name[size:] or name


def _split_sql(name: str) -> tuple[str, str, str]:
    gaps = f"translate({name}, '{POINTS}', '{' ' * len(POINTS)}')"
    at = f"strpos({gaps}, ' ')"
    rest = f"btrim(substr({name}, {at} + 1))"
    in_parts = f"{at} > 1 AND btrim(substr({gaps}, {at} + 1)) <> ''"
    return in_parts, at, rest


def _size_sql(name: str) -> str:
    compound = ",".join(COMPOUND)
    return (
        f"CASE WHEN length({name}) > 2"
        f" AND left({name}, 2) = ANY('{{{compound}}}'::text[]) THEN 2 ELSE 1 END"
    )


def family_sql(name: str) -> str:
    """Return the expression of the family name; ``name`` is a column."""
    in_parts, _at, rest = _split_sql(name)
    return f"CASE WHEN {in_parts} THEN {rest} ELSE left({name}, {_size_sql(name)}) END"


def given_sql(name: str) -> str:
    """Return the expression of the given name; ``name`` is a column."""
    in_parts, at, _rest = _split_sql(name)
    tail = f"coalesce(nullif(substr({name}, {_size_sql(name)} + 1), ''), {name})"
    return f"CASE WHEN {in_parts} THEN left({name}, {at} - 1) ELSE {tail} END"
