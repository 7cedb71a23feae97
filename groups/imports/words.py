"""The columns of a roll of groups and the words people write in them."""

from django.utils.translation import gettext_lazy

from core.imports import Column
from groups.choices import Closeness, FormationBasis, GroupType, JoinForm, Role
from groups.models import GroupMode

ROLES: dict[str, str] = {
    **{str(label): value for value, label in Role.choices},
    "龙头": Role.LEAD,
    "龙头校": Role.LEAD,
    "核心校": Role.LEAD,
    "核心学校": Role.LEAD,
    "牵头学校": Role.LEAD,
    "牵头校": Role.LEAD,
    "总校": Role.LEAD,
    "成员": Role.MEMBER,
    "成员校": Role.MEMBER,
    "加盟学校": Role.MEMBER,
    "加盟校": Role.MEMBER,
    "分校": Role.MEMBER,
    "参与校": Role.COOPERATING,
    "配合学校": Role.COOPERATING,
    "参与学校": Role.COOPERATING,
    "协作校": Role.COOPERATING,
}
TYPES: dict[str, str] = {
    **{str(label): value for value, label in GroupType.choices},
    "名校集团": GroupType.FAMOUS_SCHOOL_GROUP,
    "发展共同体": GroupType.SCHOOL_COMMUNITY,
    "共同体": GroupType.SCHOOL_COMMUNITY,
    "职业教育联盟": GroupType.VOCATIONAL_ALLIANCE,
    "产业教育联盟": GroupType.VOCATIONAL_ALLIANCE,
    "职教联盟": GroupType.VOCATIONAL_ALLIANCE,
    "教育集团": GroupType.BASIC_EDUCATION_GROUP,
    "连锁办园": GroupType.KINDERGARTEN_CHAIN,
}
FORMS: dict[str, str] = {
    **{str(label): value for value, label in JoinForm.choices},
    "结对": JoinForm.PAIRING,
    "教育联盟": JoinForm.ALLIANCE,
    "委托管理": JoinForm.ENTRUST,
    "名校托管": JoinForm.ENTRUST,
    "合并": JoinForm.MERGED,
}
CLOSENESS: dict[str, str] = {
    **{str(label): value for value, label in Closeness.choices},
    "紧密": Closeness.TIGHT,
    "半紧密": Closeness.SEMI_TIGHT,
    "松散": Closeness.LOOSE,
}
BASES: dict[str, str] = {
    **{str(label): value for value, label in FormationBasis.choices},
    "自主组合": FormationBasis.VOLUNTARY,
    "行政主导": FormationBasis.ADMIN_LED,
}


def mode_words() -> dict[str, str]:
    """Return the names and codes of the modes."""
    modes = GroupMode.objects.all()
    words = {mode.name: mode.pk for mode in modes}
    words.update({mode.pk: mode.pk for mode in modes})
    return words


COLUMNS = (
    Column(
        "group_name",
        gettext_lazy("集团名称"),
        aliases=("教育集团", "集团", "教育集团名称", "共同体名称", "联盟名称"),
        required=True,
        max_length=100,
        example="汉滨区培新小学教育集团",
    ),
    Column(
        "group_code", gettext_lazy("集团代码"), aliases=("集团编号",), max_length=30
    ),
    Column(
        "lead_name",
        gettext_lazy("龙头校"),
        aliases=("龙头学校", "核心校", "核心学校", "牵头学校", "牵头校"),
        max_length=100,
    ),
    Column(
        "school_name",
        gettext_lazy("成员校"),
        aliases=(
            "成员学校",
            "学校名称",
            "学校",
            "成员单位",
            "加盟学校",
            "成员校名称",
        ),
        max_length=100,
        example="汉滨区红旗小学",
    ),
    Column(
        "school_code",
        gettext_lazy("学校标识码"),
        aliases=("成员校标识码", "学校代码", "标识码"),
    ),
    Column("county", gettext_lazy("区县"), aliases=("县区", "所在区县")),
    Column(
        "role",
        gettext_lazy("角色"),
        aliases=("学校角色", "成员角色", "集团角色"),
        kind="choice",
        choices=ROLES,
        example="成员学校",
    ),
    Column(
        "group_type",
        gettext_lazy("集团类型"),
        aliases=("类型", "集团类别"),
        kind="choice",
        choices=TYPES,
    ),
    Column(
        "mode",
        gettext_lazy("模式"),
        aliases=("组建模式", "办学模式", "集团模式"),
        kind="choice",
        choices=mode_words,
        example="核心校+新校",
    ),
    Column(
        "join_form",
        gettext_lazy("加入方式"),
        aliases=("合作方式", "加盟方式", "办学形式"),
        kind="choice",
        choices=FORMS,
    ),
    Column(
        "closeness",
        gettext_lazy("紧密程度"),
        aliases=("紧密类型",),
        kind="choice",
        choices=CLOSENESS,
    ),
    Column(
        "formation_basis",
        gettext_lazy("组建方式"),
        kind="choice",
        choices=BASES,
    ),
    Column(
        "valid_from",
        gettext_lazy("加入日期"),
        aliases=("加入时间", "加盟时间", "加盟日期", "起始日期"),
        kind="date",
        example="2021-09-01",
    ),
    Column(
        "valid_to",
        gettext_lazy("退出日期"),
        aliases=("退出时间", "终止日期"),
        kind="date",
        help=gettext_lazy("这一天起不再是成员；仍在集团的不填"),
    ),
    Column(
        "ended_because",
        gettext_lazy("退出原因"),
        max_length=200,
    ),
    Column(
        "founded_on",
        gettext_lazy("建立日期"),
        aliases=("成立日期", "成立时间", "组建时间", "组建日期", "集团成立日期"),
        kind="date",
    ),
    Column(
        "document_number",
        gettext_lazy("批准文号"),
        aliases=("文号", "批文", "成立批文", "批准文件"),
        max_length=100,
    ),
)
