"""How dates and times are written and read in Simplified Chinese."""

DATE_FORMAT = "Y 年 n 月 j 日"
SHORT_DATE_FORMAT = "Y-m-d"
MONTH_DAY_FORMAT = "n 月 j 日"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "Y-m-d H:i"
SHORT_DATETIME_FORMAT = "Y-m-d H:i"
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"]
DATETIME_INPUT_FORMATS = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S"]
