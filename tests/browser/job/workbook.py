"""A school list as bureaus really hold it: untidy, without codes."""

import io
from pathlib import Path

import openpyxl
from django.conf import settings

REAL = Path(settings.BASE_DIR).parent / "shared" / "data" / "ankang_schools.xlsx"
HEADS = ("序号", "学 校 名 称", "办学类型", "所在县区", "城乡类别", "备注")
ROWS = (
    ("云岭学院", "高等教育", "汉滨区"),
    ("\u3000青石高级中学 ", "高级中学", "汉滨区"),
    ("望江高级 中学", "高级中学", "汉滨区"),
    ("东坝高级中学", "高级中学", "汉滨区"),
    ("临河中学", "中学", "汉滨区"),
    ("松林镇 中学", "中学", "平利县"),
    ("石桥小学", "小学", "汉滨区"),
    ("南街小学 ", "小学", "汉滨区"),
    (" 柳湾小学", "小学", "汉滨区"),
    ("花园小学", "小学", "汉滨区"),
    ("新田小学", "小学", "旬阳县"),
    ("无类型学校", None, "汉阴县"),
    ("白鹭幼儿园", "幼儿园", "石泉县"),
)


def school_list() -> tuple[str, bytes]:
    """Return name and content of the list: the real one where it lies at hand."""
    if REAL.exists():
        return REAL.name, REAL.read_bytes()
    return "学校名录.xlsx", _made()


def _made() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "学校名录"
    sheet.append(["安康市中小学（幼儿园）名录"])
    sheet.merge_cells("A1:F1")
    sheet.append(["填报单位：", None, None, None, "填报日期："])
    sheet.append(list(HEADS))
    for number, row in enumerate(ROWS, start=1):
        sheet.append([number, *row])
        if number % 6 == 0:
            sheet.append([])
    sheet.append([])
    sheet.append(["合计", f"{len(ROWS)}所"])
    sheet.append(["注：本表由各县区教育局填报。"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
