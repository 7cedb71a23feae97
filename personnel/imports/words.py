"""The columns of a list of teachers, and the words its cells may use."""

from django.utils.translation import gettext_lazy

from core.imports import Column, Preset
from personnel import identity
from personnel.choices import Degree, Employment, Sex, TeachingSubject
from schools.choices import Stage

EMPLOYMENTS: dict[str, str] = {
    **{str(label): value for value, label in Employment.choices},
    "在编": Employment.ESTABLISHMENT,
    "编内": Employment.ESTABLISHMENT,
    "编制": Employment.ESTABLISHMENT,
    "事业编": Employment.ESTABLISHMENT,
    "事业编制": Employment.ESTABLISHMENT,
    "合同": Employment.CONTRACT,
    "合同制": Employment.CONTRACT,
    "聘用": Employment.CONTRACT,
    "聘用制": Employment.CONTRACT,
    "编外": Employment.CONTRACT,
    "临聘": Employment.CONTRACT,
    "代课": Employment.CONTRACT,
    "特岗教师": Employment.SPECIAL_POST,
    "人事代理": Employment.CONTRACT,
    "派遣": Employment.DISPATCHED,
    "是": Employment.ESTABLISHMENT,
    "否": Employment.CONTRACT,
    "返聘": Employment.REHIRED,
}
SUBJECTS: dict[str, str] = {
    **{str(label): value for value, label in TeachingSubject.choices},
    "道德与法治": TeachingSubject.MORALITY,
    "思想政治": TeachingSubject.MORALITY,
    "政治": TeachingSubject.MORALITY,
    "思想品德": TeachingSubject.MORALITY,
    "品德": TeachingSubject.MORALITY,
    "外语": TeachingSubject.ENGLISH,
    "日语": TeachingSubject.OTHER_LANGUAGE,
    "俄语": TeachingSubject.OTHER_LANGUAGE,
    "生物学": TeachingSubject.BIOLOGY,
    "信息科技": TeachingSubject.IT,
    "信息技术": TeachingSubject.IT,
    "体育": TeachingSubject.SPORT,
    "劳动技术": TeachingSubject.LABOUR,
    "心理": TeachingSubject.MENTAL_HEALTH,
    "综合实践": TeachingSubject.PRACTICE,
    "幼儿": TeachingSubject.PRESCHOOL,
    "幼教": TeachingSubject.PRESCHOOL,
    "专业课": TeachingSubject.VOCATIONAL,
    "无": TeachingSubject.NONE,
}
STAGES: dict[str, str] = {
    **{str(label): value for value, label in Stage.choices},
    "幼儿园": Stage.KINDERGARTEN,
    "学前": Stage.KINDERGARTEN,
    "初级中学": Stage.JUNIOR,
    "高中": Stage.SENIOR,
    "中职": Stage.VOCATIONAL,
    "职业高中": Stage.VOCATIONAL,
}
DEGREES: dict[str, str] = {
    **{str(label): value for value, label in Degree.choices},
    "初中": Degree.BELOW,
    "高中": Degree.BELOW,
    "中专": Degree.BELOW,
    "中师": Degree.BELOW,
    "大专": Degree.COLLEGE,
    "大学专科": Degree.COLLEGE,
    "大学": Degree.BACHELOR,
    "大学本科": Degree.BACHELOR,
    "学士": Degree.BACHELOR,
    "硕士": Degree.MASTER,
    "研究生": Degree.MASTER,
    "博士": Degree.DOCTOR,
}
SEXES: dict[str, str] = {
    **{str(label): value for value, label in Sex.choices},
    "男性": Sex.MALE,
    "女性": Sex.FEMALE,
}
COLUMNS = (
    Column(
        "name",
        gettext_lazy("姓名"),
        aliases=("教师姓名", "教职工姓名"),
        required=True,
        max_length=60,
    ),
    Column(
        "school",
        gettext_lazy("任职学校"),
        aliases=("学校", "学校名称", "所在学校", "单位", "单位名称", "学校标识码"),
        required=True,
        help=gettext_lazy("学校全称、简称、标识码或临时编号"),
    ),
    Column(
        "county",
        gettext_lazy("区县"),
        aliases=("县区", "所在区县", "区（县）", "主管区县"),
        help=gettext_lazy("不同区县有同名学校时填写"),
    ),
    Column(
        "staff_no",
        gettext_lazy("工号"),
        aliases=("教职工号", "教工号", "职工号", "教师编号"),
        kind="code",
        max_length=40,
    ),
    Column(
        "identity",
        gettext_lazy("身份证号"),
        aliases=("身份证", "身份证号码", "身份证件号", "证件号码", "公民身份号码"),
        kind="code",
        max_length=40,
        help=gettext_lazy("18 位，单元格须为“文本”格式"),
    ),
    Column(
        "employment",
        gettext_lazy("用工形式"),
        aliases=("用人形式", "人员类别", "聘用形式", "编制类别", "编制情况"),
        kind="choice",
        choices=EMPLOYMENTS,
        required=True,
    ),
    Column("sex", gettext_lazy("性别"), kind="choice", choices=SEXES),
    Column(
        "birth_year",
        gettext_lazy("出生年份"),
        aliases=("出生年",),
        kind="int",
        minimum=identity.OLDEST,
        maximum=2100,
    ),
    Column(
        "born_on",
        gettext_lazy("出生日期"),
        aliases=("出生年月", "出生时间"),
        kind="date",
        help=gettext_lazy("只取年份；填了身份证号可以不填"),
    ),
    Column(
        "subject",
        gettext_lazy("任教学科"),
        aliases=("学科", "任教科目", "科目"),
        kind="choice",
        choices=SUBJECTS,
    ),
    Column(
        "stage",
        gettext_lazy("任教学段"),
        aliases=("学段",),
        kind="choice",
        choices=STAGES,
    ),
    Column(
        "degree",
        gettext_lazy("学历"),
        aliases=("最高学历", "文化程度"),
        kind="choice",
        choices=DEGREES,
    ),
    Column(
        "entered_on",
        gettext_lazy("入职日期"),
        aliases=(
            "进本校年月",
            "入职时间",
            "到校日期",
            "到校时间",
            "进入本校时间",
            "来校年月",
        ),
        kind="date",
    ),
)
PRESETS = (
    Preset(
        gettext_lazy("教师管理信息系统导出表"),
        {
            "name": "姓名",
            "identity": "身份证件号",
            "staff_no": "教职工号",
            "school": "所在学校",
            "employment": "用人形式",
        },
    ),
    Preset(
        gettext_lazy("全国教师管理信息系统：教职工基本信息"),
        {
            "school": "学校名称",
            "name": "姓名",
            "sex": "性别",
            "staff_no": "教职工号",
            "identity": "身份证件号",
            "born_on": "出生日期",
            "entered_on": "进本校年月",
            "employment": "是否在编",
        },
        gettext_lazy(
            "列名依公开的采集指标解释。“是否在编”只分在编和编外，"
            "特岗、派遣等请导入后修改；护照等其他证件的号码不能导入，请删去该格。"
        ),
    ),
)
