"""The usual names of a region's departments, to be corrected where they differ."""

from bureau.choices import DepartmentKind, Level
from bureau.models import Region

MUNICIPALITIES = {"11", "12", "31", "50"}

USUAL: tuple[tuple[DepartmentKind, str], ...] = (
    (DepartmentKind.GOVERNMENT_OFFICE, "{name}人民政府办公室"),
    (DepartmentKind.ESTABLISHMENT, "中共{name}委机构编制委员会办公室"),
    (DepartmentKind.HR, "{name}人力资源和社会保障局"),
    (DepartmentKind.FINANCE, "{name}财政局"),
    (DepartmentKind.TAX, "国家税务总局{name}税务局"),
    (DepartmentKind.REFORM, "{name}发展和改革委员会"),
    (DepartmentKind.ORG, "中共{name}委组织部"),
    (DepartmentKind.SUPERVISION, "{name}人民政府教育督导室"),
    (DepartmentKind.TEACHER_TRAINING, "{name}教师进修学校"),
    (DepartmentKind.TEACHING_RESEARCH, "{name}教学研究室"),
)


def education_department(region: Region) -> str:
    """Return the usual name of the education authority."""
    if region.level == Level.FUNCTIONAL_ZONE:
        return f"{region.short_name}教育主管部门"
    if region.province_code in MUNICIPALITIES:
        return f"{region.name}教育委员会"
    return f"{region.name}教育局"


def department_names(region: Region) -> list[tuple[DepartmentKind, str]]:
    """Return kind and usual name of every department a region has.

    A functional zone has its own education authority; the rest is the city's.
    """
    education = [(DepartmentKind.EDU, education_department(region))]
    if region.level == Level.FUNCTIONAL_ZONE:
        return education
    return education + [(kind, name.format(name=region.name)) for kind, name in USUAL]
